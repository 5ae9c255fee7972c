"""`argotui plan` as people see it: lines, JSON, YAML; nothing written."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import yaml

from argotui.cli.app import run
from argotui.cli.plan_lines import plan_lines
from argotui.forecast.rows import Forecast, Row

MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: demo-}
spec:
  entrypoint: main
  templates:
    - name: work
      container:
        image: busybox
        command: [echo, "{{workflow.name}}"]
        resources: {requests: {cpu: 500m}, limits: {cpu: "1", memory: 1Gi}}
    - name: main
      steps:
      - - {name: a, template: work, withSequence: {count: "10000"}}
      - - {name: b, template: work}
"""


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path / "state"))
    path = tmp_path / "wf.yaml"
    path.write_text(MANIFEST)
    return str(path)


def test_lines(manifest: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["plan", manifest]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "demo-*****: up to 10,001 pods, nothing started"
    assert "a ×10,000" in out
    assert "cpu 500m-1, memory 1Gi" in out
    assert "after a" in out
    assert "\x1b" not in out
    assert not (tmp_path / "state").exists()


def test_manifests(manifest: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", manifest, "-o", "yaml"]) == 0
    out = capsys.readouterr().out
    pods = list(yaml.safe_load_all(out))
    assert [pod["kind"] for pod in pods] == ["Pod", "Pod"]
    assert pods[0]["spec"]["containers"][0]["command"] == ["echo", "{{workflow.name}}"]
    assert "x10,000" in out


def test_json(manifest: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", manifest, "-o", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    loop = found["rows"][0]["children"][0]
    assert (loop["label"], loop["count"]) == ("a", 10_000)


def test_a_manifest_that_cannot_run_is_refused(
    manifest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(manifest).write_text(MANIFEST.replace("entrypoint: main", "entrypoint: nobody"))
    assert run(["plan", manifest]) == 2
    assert "nobody" in capsys.readouterr().err


def test_nothing_of_a_workflow_moves_the_cursor() -> None:
    bad = Row(name="x", label="a\x1b[2Jb\nc", role="entry", notes=("\x07",), images=("\x9b1m",))
    lines = list(plan_lines(Forecast(entry=bad, notes=("\x1b]0;t\x07",)), "\x1bc", io.StringIO()))
    assert all(char.isprintable() for line in lines for char in line)


def test_a_stream_without_unicode_gets_a_plain_tree() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    inner = Row(name="b", label="b", role="step")
    tree = Forecast(entry=Row(name="a", label="a", role="entry", children=(inner,)))
    assert any(line.startswith("`- b") for line in plan_lines(tree, "wf", stream))


def test_on_a_terminal_a_long_name_leaves_room_for_what_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    inner = Row(name="b", label="checkout-" * 9, role="step", after=("fan-out", "flaky"))
    tree = Forecast(entry=Row(name="a", label="a", role="entry", children=(inner,)))
    first, *_, line = plan_lines(tree, "long-" * 20, stream)
    assert first.startswith("long-")
    assert first.endswith("nothing started")
    assert max(len(first), len(line)) <= 80
    assert "after fan-out, flaky" in line


def test_secrets_stay_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path / "state"))
    path = tmp_path / "wf.yaml"
    env = "env: [{name: KEY, valueFrom: {secretKeyRef: {name: safe, key: key}}}]"
    path.write_text(
        "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec:\n"
        "  entrypoint: m\n  templates:\n"
        f"  - {{name: m, container: {{image: x, command: [y], {env}}}}}\n"
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: safe}\nstringData: {key: hush-hush}\n"
    )
    for form in ("text", "json", "yaml"):
        assert run(["plan", str(path), "-o", form]) == 0
        said = "".join(capsys.readouterr())
        assert "hush" not in said
        assert "aHVza" not in said
    assert "secretKeyRef" in said

"""`argotui graph`: files and runs, three formats, quoting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from argotui.cli.app import run
from argotui.graph.dot import dot
from argotui.graph.figure import Box, figure
from argotui.graph.mermaid import mermaid
from argotui.graph.running import run_figures
from tests.play import Play

MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: demo}
spec:
  entrypoint: main
  templates:
    - name: work
      container: {image: busybox, command: ["true"]}
    - name: inner
      steps:
      - - {name: p, template: work}
        - {name: q, template: work}
      - - {name: r, template: work}
    - name: main
      dag:
        tasks:
        - {name: A, template: work}
        - {name: B, template: work, depends: A, withItems: [1, 2, 3]}
        - {name: C, template: inner, depends: A.Failed}
"""


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path / "state"))
    path = tmp_path / "wf.yaml"
    path.write_text(MANIFEST)
    return str(path)


def test_text_draws_every_template(manifest: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", manifest]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "main (dag)",
        "[A]─┬──[B ×3]",
        "    └──[C]",
        "  C if A is Failed",
        "",
        "inner (steps)",
        "[p]─┬──[r]",
        "[q]─┘",
    ]


def test_one_template(manifest: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", manifest, "--template", "inner"]) == 0
    assert "main" not in capsys.readouterr().out
    assert run(["graph", manifest, "--template", "work"]) == 2
    assert "there is: main, inner" in capsys.readouterr().err


def test_mermaid(manifest: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", manifest, "--format", "mermaid"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "flowchart LR"
    assert '    n1["B ×3"]' in lines
    assert '  n0 -- "Failed" --> n2' in lines
    assert "  n2 -.-> g1" in lines


def test_dot(manifest: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", manifest, "--format", "dot"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "digraph workflow {"
    assert '  "0/A" -> "0/C" [label="Failed"];' in lines
    assert '  "0/C" -> "1/0.p" [style=dashed, lhead=cluster_1];' in lines


@pytest.mark.parametrize("text", ['a"]; b', "a\\", "`x`", "<b>", "end", "a#quot;b"])
def test_no_name_breaks_out_of_its_quotes(text: str) -> None:
    one = figure(text, "", [Box(key=text, text=text)], [])
    for line in mermaid([one]):
        assert line.count('"') in (0, 2)
        assert not re.search(r"[`<>\\]", line)
    for line in dot([one]):
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert '"' not in bare
        assert ";" not in bare.rstrip(";")[:-1] or "rankdir" in line


def test_a_run_shows_how_its_nodes_stand() -> None:
    play = Play(MANIFEST).start().report(".A").report(".B(0:1)").report(".B(1:2)", 1)
    found = run_figures(play.engine.state)
    assert [box.text for box in found[0].boxes] == [
        "A {Succeeded}",
        "B ×3 {Succeeded}1 {Failed}1 {Pending}1",
        "C {Omitted}",
    ]
    assert found[0].arrows == (("A", "B"), ("A", "C"))


def test_a_run_is_found_by_its_name(manifest: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "--runtime", "fake", "--plain", manifest]) == 0
    capsys.readouterr()
    assert run(["graph", "@latest"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "[A ✔]─┬──[B ×3 ✔3]"
    assert run(["graph", "nobody"]) == 2
    assert run(["graph", "no.yaml"]) == 2

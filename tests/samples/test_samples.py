"""Every sample workflow, run on this machine: outcome, tree, outputs and logs as in golden/.

A golden file begins with the command line after `argotui run`; `record` prints one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.samples.sampling import SAMPLES, argotui, golden, matches, options_of, run

GOLDEN = sorted(path.stem for path in golden("x").parent.glob("*.txt"))
MANIFESTS = sorted(path.relative_to(SAMPLES) for path in SAMPLES.rglob("*.yaml"))
LENIENT = "output-example.yaml"  # the one that the Argo controller would refuse


@pytest.mark.slow
@pytest.mark.parametrize("name", GOLDEN)
def test_a_sample_does_what_its_golden_file_says(name, tmp_path):
    expected = golden(name).read_text(encoding="utf-8")
    manifest, *options = options_of(expected)
    done = run(tmp_path / "s", SAMPLES / manifest, *options)
    text = expected.partition("\n")[0] + "\n" + done.text()
    assert matches(expected, text), _difference(expected, text) + done.stderr


@pytest.mark.slow
def test_the_random_number_is_handed_on(tmp_path):
    done = run(tmp_path / "s", SAMPLES / "gen-random-int.yaml")
    lines = dict(line.split(": ", 1) for line in done.logs.splitlines())
    assert lines["print"] == f"result was: {lines['generate']}"


@pytest.mark.slow
def test_the_coin_falls_on_one_side(tmp_path):
    done = run(tmp_path / "s", SAMPLES / "coinflip.yaml")
    sides = [f"coinflip-{side}" for side in ("heads", "tails")]
    texts = [golden(side).read_text(encoding="utf-8").partition("\n")[2] for side in sides]
    assert any(matches(text, done.text()) for text in texts), done.text()


def test_every_sample_has_a_golden_file():
    covered = {options_of(golden(name).read_text(encoding="utf-8"))[0] for name in GOLDEN}
    folders = {str(path.parent) for path in MANIFESTS if path.parent != Path()}
    files = {str(path) for path in MANIFESTS if str(path.parent) not in covered & folders}
    assert not files - covered


@pytest.mark.parametrize("manifest", MANIFESTS, ids=str)
def test_a_sample_says_what_it_shows_what_to_see_and_how_to_run_it(manifest):
    text = (SAMPLES / manifest).read_text(encoding="utf-8")
    comment = text.partition("apiVersion:")[0]
    assert comment.startswith("# ")
    assert "# Run:  argotui run " in comment
    assert "# See:" in comment or manifest.name == "template.yaml"
    assert f"sample_workflows/{manifest.parts[0]}" in comment


def test_argo_would_take_every_sample_but_one(tmp_path):
    valid = [str(SAMPLES / manifest) for manifest in MANIFESTS if manifest.name != LENIENT]
    done = argotui(tmp_path, "lint", "--strict", *valid)
    assert done.returncode == 0, done.stdout + done.stderr


def test_argo_would_refuse_the_output_example(tmp_path):
    done = argotui(tmp_path, "lint", "--strict", str(SAMPLES / LENIENT))
    assert done.returncode == 2
    assert "failed to resolve {{inputs.parameters.message}}" in done.stdout + done.stderr


def test_lenient_lint_takes_every_sample(tmp_path):
    done = argotui(tmp_path, "lint", str(SAMPLES))
    assert done.returncode == 0, done.stdout + done.stderr


def _difference(expected: str, text: str) -> str:
    import difflib

    lines = difflib.unified_diff(
        expected.splitlines(), text.splitlines(), "golden", "now", lineterm=""
    )
    return "\n" + "\n".join(lines) + "\n"

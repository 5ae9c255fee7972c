"""The concept document's own file, read where it lies: what it shows runs, as it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.samples.sampling import ROOT, SAMPLES, run

DOCUMENT = ROOT.parent / "shared" / "seed" / "core-concepts.ko.md"

pytestmark = pytest.mark.skipif(not DOCUMENT.is_file(), reason="the concept document is not here")


def blocks() -> list[str]:
    """Return the text of every YAML block."""
    if not DOCUMENT.is_file():
        return []
    parts = DOCUMENT.read_text(encoding="utf-8").split("```yaml\n")[1:]
    return [part.partition("```")[0] for part in parts]


def is_workflow(block: str) -> bool:
    document = yaml.safe_load(block)
    return isinstance(document, dict) and document.get("kind") == "Workflow"


WORKFLOWS = [block for block in blocks() if is_workflow(block)]
FRAGMENTS = [block for block in blocks() if not is_workflow(block)]


def test_all_blocks_were_found():
    assert (len(WORKFLOWS), len(FRAGMENTS)) == (2, 6)


def test_the_first_workflow_says_hello(tmp_path):
    done = run_block(WORKFLOWS[0], tmp_path)
    assert done.code == 0, done.stderr
    assert "< hello world >" in done.logs


def test_the_output_of_a_step_reaches_the_next_verbatim(tmp_path):
    done = run_block(WORKFLOWS[1], tmp_path)
    assert done.code == 0, done.stderr
    assert "step2: Received message: Hello, Argo!\n" in done.logs
    results = [node.get("outputs", {}).get("result") for node in nodes(done)]
    assert "Hello, Argo!" in results
    assert done.stderr.count("the Argo controller would") >= 2  # both deviations are told


@pytest.mark.parametrize("block", FRAGMENTS, ids=lambda block: block.split()[2])
def test_a_fragment_stands_in_a_sample_as_it_is_written(block):
    document = yaml.safe_load(block)
    for template in document["templates"] if isinstance(document, dict) else document:
        assert any(contains(known, template) for known in sample_templates()), template["name"]


@pytest.mark.parametrize(("number", "sample"), [(0, "hello-world"), (1, "output-example")])
def test_the_workflows_are_samples_too(number, sample):
    block = WORKFLOWS[number]
    assert yaml.safe_load((SAMPLES / f"{sample}.yaml").read_text()) == yaml.safe_load(block)


def run_block(block: str, folder: Path) -> Any:
    manifest = folder / "block.yaml"
    manifest.write_text(block, encoding="utf-8")
    return run(folder / "s", manifest)


def nodes(done: Any) -> list[dict[str, Any]]:
    return list(done.workflow["status"]["nodes"].values())


def sample_templates() -> list[dict[str, Any]]:
    documents = [yaml.safe_load(path.read_text()) for path in SAMPLES.rglob("*.yaml")]
    return [template for document in documents for template in document["spec"]["templates"]]


def contains(whole: Any, part: Any) -> bool:
    """Say whether a template has all that the document's has, under the same keys."""
    return all(whole.get(key) == value for key, value in part.items())

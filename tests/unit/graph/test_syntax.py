"""What is printed for Graphviz and Mermaid can be read, whatever names there are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argotui.graph.dot import dot
from argotui.graph.dot import quoted as dot_quoted
from argotui.graph.figure import Box, Figure, figure
from argotui.graph.mermaid import mermaid
from argotui.graph.workflow import figures
from argotui.manifest.load import load
from argotui.manifest.resolve import resolve
from argotui.model.errors import ManifestError

ROOT = Path(__file__).parents[3]
FILES = sorted(
    [*(ROOT / "sample_workflows").rglob("*.yaml"), *(ROOT / "tests/probes").glob("*.yaml")]
)
ODD = [
    'a"b',
    "a\\",
    "a\\n",
    "end",
    "subgraph",
    "--> x",
    "{{item}}",
    "<b>",
    "#35;",
    "ä 漢 🐳",
    "",
    ";",
]
EXE = shutil.which("dot")
MERMAID = re.compile(
    r'flowchart LR|  subgraph g\d+\["[^"\[\]<>]+"\]|    n\d+\["[^"\[\]<>]+"\](:::[a-z]+)?|  end'
    r'|  n\d+ (-->|-- "[^"\[\]<>]+" -->) n\d+|  n\d+ -\.-> g\d+|  classDef [a-z]+ fill:#[0-9a-f]+'
)


def odd_figures() -> list[Figure]:
    boxes = [Box(key=text, text=text, phase="Failed", calls="inner") for text in ODD]
    arrows = [(ODD[0], text) for text in ODD[1:]]
    labels = [((ODD[0], text), text) for text in ODD[1:]]
    return [
        figure("main", "dag", boxes, arrows, labels),
        figure("inner", '"', [Box(key="x", text="x")], []),
    ]


def drawn(path: Path) -> list[Figure]:
    loaded = load([(path.name, path.read_bytes())])
    try:
        return figures(resolve(loaded.workflows[0], loaded, strict=False))
    except (ManifestError, IndexError):
        pytest.skip("nothing to draw")


def read_by_graphviz(lines: list[str]) -> str:
    if EXE is None:
        pytest.skip("Graphviz is not installed: no dot on the path")
    done = subprocess.run(
        [EXE, "-Tplain"], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


def test_graphviz_reads_odd_names() -> None:
    out = read_by_graphviz(list(dot(odd_figures())))
    assert len(re.findall(r"^node ", out, re.MULTILINE)) == len(ODD) + 1


@pytest.mark.parametrize("path", FILES[::12], ids=lambda path: path.stem)
def test_graphviz_reads_workflows(path: Path) -> None:
    read_by_graphviz(list(dot(drawn(path))))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))
def test_a_text_of_dot_is_one_string(text: str) -> None:
    inner = dot_quoted(text)[1:-1]
    assert not re.search(r'(?<!\\)(\\\\)*"', inner)
    assert not re.search(r"(?<!\\)(\\\\)*\\$", inner)
    assert inner.replace('\\"', '"').replace("\\\\", "\\") == text or "\\" in text


def test_each_line_of_mermaid_is_of_a_known_form() -> None:
    assert [line for line in mermaid(odd_figures()) if not MERMAID.fullmatch(line)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_line_of_a_workflow_is_of_a_known_form(path: Path) -> None:
    assert [line for line in mermaid(drawn(path)) if not MERMAID.fullmatch(line)] == []

"""Long files and long functions are where engines go wrong: the tail is kept short by count."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "argotui"
FILE_LINES = 400
FUNCTION_LINES = 50
FILES = sorted(ROOT.rglob("*.py"))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield f"{node.name} (line {node.lineno})", node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_and_its_functions_stay_short(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= FILE_LINES, f"{lines} lines: part it by what it is about"
    long = [f"{name}: {count} lines" for name, count in functions(path) if count > FUNCTION_LINES]
    assert not long, "\n".join(long)


def test_the_count_is_taken(tmp_path):
    """So that the test above can fail."""
    body = "".join(f"    x = {number}\n" for number in range(FUNCTION_LINES))
    file = tmp_path / "long.py"
    file.write_text(f"def long():\n{body}")
    assert list(functions(file)) == [("long (line 1)", FUNCTION_LINES + 1)]

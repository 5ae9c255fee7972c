"""`plan` and `graph` of everything that validation takes: no fault, and no name twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from argotui.cli.app import run
from tests.unit.manifest.helpers import document

TAKEN = yaml.safe_load((Path(__file__).parents[1] / "manifest" / "taken.yaml").read_text())
# Arguments that only a run has; and a choice between two.
ASKS = ("a WorkflowTemplate alone, with", "a WorkflowTemplate without entrypoint")


def names(rows: list[dict]) -> list[str]:
    return [name for row in rows for name in (row["name"], *names(row.get("children", [])))]


@pytest.mark.parametrize("case", TAKEN, ids=[case["about"] for case in TAKEN])
def test_what_is_taken_can_be_planned_and_drawn(case, tmp_path, capsys):
    text = case.get("text") or document(case["spec"], kind=case.get("kind", "Workflow"))
    path = tmp_path / "w.yaml"
    path.write_text(text)
    wanted = 2 if case["about"].startswith(ASKS) else 0
    assert run(["plan", str(path), "-o", "json"]) == wanted
    planned = capsys.readouterr().out
    for command in (["plan", "-o", "yaml"], ["plan"], ["graph"], ["graph", "--format", "dot"]):
        assert run([*command, str(path)]) == wanted
        assert "unexpected" not in capsys.readouterr().err
    if wanted == 0:
        counted = Counter(names(json.loads(planned)["rows"]))
        assert max(counted.values()) == 1, counted.most_common(3)

"""What `runs` lists."""

from pathlib import Path

from argotui.cli.runs import _as_json, _row
from argotui.journal.index import Listed
from argotui.journal.summary import RunSummary
from argotui.model.status import RunPhase


def test_people_read_no_node_ids_and_programs_get_argos_text():
    said = "child 'wf-x7-123456' failed"
    summary = RunSummary(
        run_id="r-1", workflow_name="wf-x7", created=1.0, phase=RunPhase.FAILED, message=said
    )
    listed = Listed(folder=Path("r-1"), summary=summary)
    assert _row(listed)[-1] == "a step failed"
    assert _as_json(listed)["message"] == said

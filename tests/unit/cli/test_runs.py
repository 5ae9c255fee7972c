"""What `runs` lists."""

from dataclasses import replace
from pathlib import Path

from argotui.cli.runs import _aligned, _as_json, _print_table, _row
from argotui.journal.index import Listed
from argotui.journal.keeping import Keeping
from argotui.journal.summary import RunSummary
from argotui.model.status import RunPhase


def test_people_read_no_node_ids_and_programs_get_argos_text():
    said = "child 'wf-x7-123456' failed"
    summary = RunSummary(
        run_id="r-1", workflow_name="wf-x7", created=1.0, phase=RunPhase.FAILED, message=said
    )
    listed = Listed(folder=Path("r-1"), summary=summary)
    assert _row(listed, Keeping())[-1] == "a step failed"
    assert _as_json(listed, Keeping())["message"] == said


def test_when_a_run_goes_is_shown_where_one_does(capsys):
    summary = RunSummary(run_id="r-1", workflow_name="wf", created=1.0, phase=RunPhase.SUCCEEDED)
    leaving = replace(summary, finished_at=2.0, at_rest=True, expires_at=1e10)
    stays = Listed(folder=Path("r-1"), summary=summary)
    goes = Listed(folder=Path("r-2"), summary=leaving)
    _print_table([stays], Keeping())
    assert "GOES" not in capsys.readouterr().out
    _print_table([stays, goes], Keeping())
    head, _, row = capsys.readouterr().out.splitlines()
    assert "GOES" in head
    assert "  in " in row
    assert _as_json(goes, Keeping())["expiresAt"].startswith("2286")
    assert _as_json(goes, Keeping(forever=True))["expiresAt"] is None


def test_on_a_terminal_no_line_is_wider_than_it():
    rows = [
        ("RUN", "WORKFLOW", "STATUS", "AGE", "DURATION", "WHERE", "MESSAGE"),
        ("f2pt959", "long-" * 12 + "x7", "✖ Failed", "3m", "3m", "local", "m" * 60),
        ("z8kpw2k", "short", "✔ Succeeded", "17m07s", "17m07s", "local (no sandbox)", ""),
    ]
    head, long, short = _aligned(rows, 80)
    assert max(len(head), len(long), len(short)) == 80
    assert long.startswith("f2pt959  long-lon…long-x7  ")
    assert long.endswith("mmmm…")
    assert long.index("✖") == short.index("✔") == head.index("STATUS")
    assert "long-" * 12 in list(_aligned(rows, None))[1]

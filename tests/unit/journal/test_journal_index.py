"""Lists of runs, the run that a user means, and deleting one."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from argotui.journal.header import RunHeader
from argotui.journal.index import delete_run, find_run, list_runs, once_left
from argotui.journal.places import runs_folder
from argotui.journal.store import Journal, create
from argotui.journal.summary import summarize, write_summary
from argotui.model.changes import RunPatched, Step
from argotui.model.errors import RuntimeFault, UsageError
from argotui.model.fold import fold
from argotui.model.status import RunPhase


def made(runs: Path, run_id: str, name: str, created: float, phase: RunPhase) -> Journal:
    """Return the open journal of a run that came as far as this phase."""
    journal = create(runs, RunHeader(run_id=run_id, workflow_name=name, created=created))
    changes = (RunPatched(fields={"name": name, "phase": phase}),)
    journal.append([Step(at=created, changes=changes)])
    summary = summarize(journal.header, fold(changes), size=journal.size, waiting=0)
    write_summary(journal.folder, summary)
    return journal


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    made(tmp_path, "abc1", "hello", 10.0, RunPhase.SUCCEEDED).close()
    made(tmp_path, "abd2", "hello", 30.0, RunPhase.FAILED).close()
    made(tmp_path, "xyz3", "build", 20.0, RunPhase.RUNNING).close()
    return tmp_path


def ids(runs: Path) -> list[str]:
    return [run.summary.run_id for run in list_runs(runs)]


def test_newest_first(runs: Path):
    assert ids(runs) == ["abd2", "xyz3", "abc1"]


def test_no_runs_yet(tmp_path: Path):
    assert list_runs(tmp_path / "none") == []
    with pytest.raises(UsageError, match="no runs yet"):
        find_run(tmp_path, "x")


def test_a_summary_that_knows_less_than_the_journal_is_made_anew(runs: Path):
    journal = made(runs, "new4", "late", 40.0, RunPhase.RUNNING)
    journal.append([Step(at=41.0, changes=(RunPatched(fields={"phase": RunPhase.ERROR}),))])
    assert list_runs(runs)[0].summary.phase is RunPhase.RUNNING  # its driver will say
    assert list_runs(runs)[0].driven
    journal.close()  # as if killed
    assert list_runs(runs)[0].summary.phase is RunPhase.ERROR
    assert not list_runs(runs)[0].driven
    (runs / "new4" / "summary.json").write_text("{torn")
    assert list_runs(runs)[0].summary.phase is RunPhase.ERROR


def test_a_run_that_cannot_be_read_is_listed_with_the_reason(runs: Path):
    (runs / "abc1" / "summary.json").unlink()
    (runs / "abc1" / "header.json").write_text("")
    broken = next(run for run in list_runs(runs) if run.folder.name == "abc1")
    assert "header.json cannot be read" in broken.problem


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("abc1", "abc1"),
        ("abd", "abd2"),
        ("x", "xyz3"),
        ("hello", "abd2"),
        ("build", "xyz3"),
        ("@latest", "abd2"),
    ],
)
def test_the_run_that_is_meant(runs: Path, wanted: str, found: str):
    assert find_run(runs, wanted).summary.run_id == found


def test_an_id_counts_before_a_name(runs: Path):
    made(runs, "qq9", "abc1", 50.0, RunPhase.RUNNING).close()
    assert find_run(runs, "abc1").summary.run_id == "abc1"


def test_who_is_unclear_is_told_the_candidates(runs: Path):
    with pytest.raises(UsageError, match=r"several runs: abd2 \(hello\), abc1 \(hello\)"):
        find_run(runs, "ab")
    with pytest.raises(UsageError, match=r"no run 'zzz'.*abd2 \(hello\), xyz3 \(build\)"):
        find_run(runs, "zzz")
    with pytest.raises(UsageError, match=r"no run 'hell'; known are: abd2 \(hello\), abc1"):
        find_run(runs, "hell")
    with pytest.raises(UsageError, match="no run ''"):
        find_run(runs, "")


def test_a_deleted_run_is_gone_whatever_it_left(runs: Path):
    work = runs / "abc1" / "work" / "locked" / "inner"
    work.mkdir(parents=True)
    (work / "file").write_text("x")
    os.symlink("/", work / "root")
    work.chmod(0o000)
    work.parent.chmod(0o500)
    delete_run(runs / "abc1")
    assert ids(runs) == ["abd2", "xyz3"]
    assert sorted(path.name for path in runs.iterdir()) == ["abd2", "xyz3"]


def test_a_run_that_is_driven_is_not_deleted(runs: Path):
    journal = made(runs, "new4", "late", 40.0, RunPhase.RUNNING)
    with pytest.raises(RuntimeFault, match=r"already driven.*argotui stop new4"):
        delete_run(journal.folder)
    journal.close()
    delete_run(journal.folder)
    with pytest.raises(RuntimeFault, match="there is no run new4"):
        delete_run(journal.folder)


def test_where_runs_live_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path))
    assert runs_folder() == tmp_path / "runs"
    monkeypatch.delenv("ARGOTUI_STATE_DIR")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert runs_folder().name == "runs"
    assert runs_folder().parent.name == "argotui"


def test_a_long_list_is_cheap(runs: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "argotui.journal.store.read_state", lambda _: pytest.fail("folded for a list")
    )
    assert len(list_runs(runs)) == 3


@pytest.mark.parametrize("phase", [RunPhase.SUCCEEDED, RunPhase.RUNNING])
def test_a_driver_that_has_nothing_left_to_do_is_waited_for_and_no_other(
    tmp_path: Path, phase: RunPhase
):
    journal = made(tmp_path, "abc1", "hello", 10.0, phase)
    known = find_run(tmp_path, "abc1")
    assert known.driven
    if phase is RunPhase.RUNNING:
        assert once_left(known).driven
        journal.close()
        return
    closing = threading.Timer(0.1, journal.close)
    closing.start()
    assert not once_left(known).driven
    closing.join()
    assert once_left(known, seconds=0.0).driven  # it is not waited for for ever

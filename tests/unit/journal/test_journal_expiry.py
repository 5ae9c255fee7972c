"""Runs that go by themselves: when, and what holds them where they are."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest

from argotui.journal.expiry import looked_at, sweep
from argotui.journal.header import RunHeader
from argotui.journal.keeping import Keeping
from argotui.journal.lock import take_lock
from argotui.journal.places import LOCK
from argotui.journal.store import create
from argotui.journal.summary import read_summary, summarize, write_summary
from argotui.model.changes import RunPatched, Step
from argotui.model.fold import fold
from argotui.model.status import RunPhase
from argotui.model.ttl import expires_at

EACH = {"secondsAfterCompletion": 10, "secondsAfterSuccess": 20, "secondsAfterFailure": 30}


@pytest.mark.parametrize(
    ("strategy", "phase", "expected"),
    [
        (EACH, "Succeeded", 120),
        (EACH, "Failed", 130),
        (EACH, "Error", 110),  # Argo: 4.13, failure is the phase Failed only
        ({"secondsAfterFailure": 30}, "Error", None),
        ({"secondsAfterFailure": 30}, "Succeeded", None),
        ({"secondsAfterCompletion": 0}, "Failed", 100),
        (EACH, "Running", None),
        ({}, "Succeeded", None),
        ({"secondsAfterSuccess": 10**18}, "Succeeded", 100 + 2**31 - 1),
        (None, "Succeeded", None),
        ({"secondsAfterCompletion": "soon"}, "Succeeded", None),
    ],
)
def test_when_a_run_expires(strategy, phase, expected):
    assert expires_at(strategy, RunPhase(phase), 100.0) == expected


def ended(
    runs: Path,
    name: str = "run1",
    *,
    phase: RunPhase = RunPhase.SUCCEEDED,
    closed: bool = True,
    runtime: str = "local",
    fault: str = "",
    ttl: int | None = 10,
    **fields: object,
) -> Path:
    """Return the folder of a run that ended at 100."""
    spec = {} if ttl is None else {"ttlStrategy": {"secondsAfterCompletion": ttl}}
    header = RunHeader(
        run_id=name, workflow_name="w", created=1.0, source={"spec": spec}, runtime=runtime
    )
    journal = create(runs, header)
    done = {"phase": phase, "finished_at": 100.0, **fields}
    changes = (RunPatched(fields=done),)
    journal.append([Step(at=100.0, changes=changes)])
    summary = summarize(
        header, fold(changes), size=journal.size, waiting=0, closed=closed, fault=fault
    )
    write_summary(journal.folder, summary)
    journal.close()
    return journal.folder


def left(runs: Path) -> list[str]:
    return sorted(path.name for path in runs.iterdir())


def test_a_run_goes_when_its_time_is_over_and_not_before(tmp_path):
    ended(tmp_path)
    assert sweep(tmp_path, Keeping(), now=109.9) == []
    assert sweep(tmp_path, Keeping(), now=110.0) == ["run1"]
    assert left(tmp_path) == []
    assert sweep(tmp_path / "none", Keeping(), now=1e9) == []


def test_logs_kept_sandboxes_and_what_is_elsewhere_go_too(tmp_path):
    folder = ended(tmp_path)
    kept = folder / "work" / "local" / "a.1" / "root"
    kept.mkdir(parents=True)
    (kept / "file").write_text("x")
    kept.chmod(stat.S_IRUSR)  # as a step may leave it
    forgotten = []
    sweep(tmp_path, Keeping(), now=1e9, forget=forgotten.append)
    assert forgotten == [folder]
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    "held",
    [
        {"closed": False},
        {"fault": "the runtime did not close"},
        {"phase": RunPhase.RUNNING},
        {"ttl": None},
        {"runtime": "kubernetes", "extra": {"claims": [{"name": "data"}]}},
    ],
)
def test_a_run_that_is_not_at_rest_stays(tmp_path, held):
    ended(tmp_path, **held)
    assert sweep(tmp_path, Keeping(), now=1e9) == []
    assert left(tmp_path) == ["run1"]


def test_a_run_that_somebody_looks_at_stays_until_nobody_does(tmp_path):
    folder = ended(tmp_path)
    with looked_at(folder), looked_at(folder):
        assert sweep(tmp_path, Keeping(), now=1e9) == []
    assert sweep(tmp_path, Keeping(), now=1e9) == ["run1"]


def test_a_run_that_is_driven_or_supervised_stays(tmp_path):
    folder = ended(tmp_path)
    lock = take_lock(folder / LOCK)
    assert sweep(tmp_path, Keeping(), now=1e9) == []
    lock.release()
    (folder / "work" / "local").mkdir()
    lock = take_lock(folder / "work" / "local" / "supervisor.lock")
    assert sweep(tmp_path, Keeping(), now=1e9) == []
    lock.release()
    assert sweep(tmp_path, Keeping(), now=1e9) == ["run1"]


def test_a_journal_that_knows_more_than_the_summary_stays(tmp_path):
    folder = ended(tmp_path)
    with (folder / "journal.jsonl").open("a") as journal:
        journal.write("more")
    assert sweep(tmp_path, Keeping(), now=1e9) == []


def test_the_user_has_the_last_word(tmp_path):
    ended(tmp_path, "says")
    ended(tmp_path, "silent", ttl=None)
    assert sweep(tmp_path, Keeping(forever=True), now=1e9) == []
    assert sweep(tmp_path, Keeping(default=50.0), now=149.0) == ["says"]
    assert sweep(tmp_path, Keeping(default=50.0), now=150.0) == ["silent"]


def test_what_takes_long_is_left_for_the_next_time(tmp_path):
    for number in range(3):
        ended(tmp_path, f"run{number}")
    assert sweep(tmp_path, Keeping(), now=1e9, moment=-1.0) == []
    assert len(left(tmp_path)) == 3
    assert len(sweep(tmp_path, Keeping(), now=1e9)) == 3


def test_what_a_deletion_that_died_has_left_goes_and_what_one_at_work_holds_stays(tmp_path):
    (tmp_path / f".deleted-a-{2**22 + 1}").mkdir()  # no process has that number
    mine = tmp_path / f".deleted-b-{os.getpid()}"
    mine.mkdir()
    sweep(tmp_path, Keeping(), now=1e9)
    assert left(tmp_path) == [mine.name]


def test_a_thousand_runs_are_looked_through_in_no_time(tmp_path):
    first = ended(tmp_path, "run0", ttl=None)
    summary = read_summary(first)
    for number in range(1, 1000):
        (tmp_path / f"run{number}").mkdir()
        write_summary(tmp_path / f"run{number}", replace(summary, run_id=f"run{number}"))
    began = time.process_time()
    assert sweep(tmp_path, Keeping(default=1e10), now=1e9) == []
    assert time.process_time() - began < 1.0

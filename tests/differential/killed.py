"""Drivers of the real program, killed at a moment of chance and recovered, on the local runtime.

Used by the tests and `__main__` of this room.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

from argotui.journal.lock import is_locked, lock_owner
from argotui.journal.store import LOCK, read_state
from argotui.logs.spool import log_path
from argotui.model.work import WorkRef
from tests.differential.acting import Acting, act, text_of
from tests.differential.author import Written
from tests.differential.checks import is_hasty
from tests.differential.stage import acted, made_ready
from tests.differential.trees import differing, tree_of, unsound
from tests.differential.writing import as_json
from tests.e2e.conftest import Program
from tests.waiting import until_sync

ENDED = ("Succeeded", "Failed", "Error")


def as_recovered(work: Written, folder: Path) -> list[str]:
    """Kill the driver of a run with -9, have it recovered; return what is other than acted."""
    text = as_json(work.documents)
    first = acted(made_ready(text), folder / "acted", work.seed)
    program, manifest = Program(folder), folder / "wf.yaml"
    manifest.write_text(text, encoding="utf-8")
    try:
        run = program.run("--strict", "--detach", str(manifest)).out.strip()
        place = folder / "state" / "runs" / run
        size = first.read.seq and (first.folder / "journal.jsonl").stat().st_size
        _killed(place, Random(work.seed).randrange(size))
        program("recover", run)
        until_sync(lambda: program.runs()[0]["status"] in ENDED, "the run to end", 120)
        state = read_state(place).state
        told = program("get", run, "-o", "json").out
    finally:
        program.end()
    found = unsound(state)
    if is_hasty(first.live) or is_hasty(state):
        return found
    found += differing(tree_of(first.json), tree_of(json.loads(told)))
    return found + list(_said_twice(first.stage, place))


def _killed(place: Path, at: int) -> None:
    """Kill the driver once the journal has about that size, unless the run has ended before."""
    journal = place / "journal.jsonl"

    def has_come() -> bool:
        return journal.stat().st_size >= at or not is_locked(place / LOCK)

    until_sync(has_come, "the journal to grow", 60)
    if is_locked(place / LOCK):
        with suppress(ProcessLookupError, KeyError):  # it may just have ended by itself
            os.kill(lock_owner(place / LOCK)["pid"], signal.SIGKILL)
    until_sync(lambda: not is_locked(place / LOCK), "the lock to be dropped")


def _said_twice(stage: Acting, place: Path) -> Iterator[str]:
    """Yield the pods whose main printed other than what it prints when it is run once."""
    for ref, work in stage.works.items():
        wanted = _printed(stage, ref)
        path = log_path(place / "logs", ref.key, "main")
        if wanted is None or work.daemon or not path.exists():
            continue
        lines = path.read_text(encoding="utf-8").split("\n")
        if sorted(lines) != sorted(wanted.split("\n")):
            yield f"{ref.node_name} printed {lines}"


def _printed(stage: Acting, ref: WorkRef) -> str | None:
    work = stage.works[ref]
    for container in work.pod["spec"]["containers"]:
        if container["name"] == "main":
            done = act(text_of(work, container), {})
            return done.out + done.aside
    return None

"""What must hold of every workflow of author.py, however it is written, paced, broken or performed.

Each check returns sentences about what is wrong; `all_of` is what the tests and `__main__` ask for.
Not compared where time decides (`is_hasty`): a child that cannot be started ends its group at once,
whatever stands beside it (Argo: 1.6), and what is left open in the tree of an ended run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from argotui import bootstrap
from argotui.cli.lint import problems_of
from argotui.forecast.walk import forecast
from argotui.journal.files import read_json
from argotui.manifest.load import load
from argotui.model.fold import RunState
from argotui.submit.request import Where
from tests.differential.acting import LATE
from tests.differential.author import Written
from tests.differential.exported import misread
from tests.differential.stage import Ended, acted, made_ready, performed
from tests.differential.trees import differing, tree_of, unsound
from tests.differential.writing import as_json, otherwise, referred
from tests.probes.trees import normal_form
from tests.unit.plan.names import strangers

HOW = ("before", "torn", "after")
Check = Callable[[Written, Ended], Iterator[str]]


def all_of(work: Written) -> list[str]:
    """Act the workflow in all its forms; return what is wrong."""
    with TemporaryDirectory() as folder:
        first = _act(work, as_json(work.documents), Path(folder, "first"))
        checks: list[Check] = [sound, rewritten, lost_drivers]
        found = [each for check in checks for each in check(work, first)]
        return found + list(paced(work, first))


def _act(
    work: Written,
    text: str,
    runs: Path,
    *,
    seed: int | None = None,
    crashes: tuple[tuple[int, str], ...] = (),
) -> Ended:
    pace = work.seed if seed is None else seed
    return acted(made_ready(text), runs, pace, commands=work.commands, crashes=crashes)


def is_hasty(state: RunState) -> bool:
    """Say whether time decided what became of the run."""
    if any(not node.has_ended for node in state.nodes.values()):
        return True
    hard = ("deemed errored", "error in entry template", "failed to resolve references")
    return any(word in node.message for node in state.nodes.values() for word in hard)


def sound(work: Written, first: Ended) -> Iterator[str]:
    """Lint, plan, state, journal, locks, what was begun, and the export."""
    text = as_json(work.documents)
    for problem in problems_of(load([("wf.yaml", text)], strict=True), strict=True):
        if problem.severity == "error":
            yield f"lint: {problem}"
    yield from _not_planned(first)
    yield from unsound(first.live)
    for part in ("nodes", "children", "run", "metrics", "memory", "work"):
        if getattr(first.live, part) != getattr(first.read.state, part):
            yield f"the journal folds to other {part}"
    yield from begun_twice(first)
    yield from locks_left(first.folder.parent / ".shared" / "locks")
    yield from misread(json.loads(json.dumps(first.json)))
    again = load([("export.json", json.dumps(first.json))], strict=True)
    yield from (f"export: {p}" for p in again.problems if p.severity == "error")


def _not_planned(first: Ended) -> Iterator[str]:
    planned = forecast(first.prepared.resolved, name="$WF")
    if planned.cut:
        return
    form = normal_form(first.json)
    nodes = [{"name": name, "type": row["type"]} for name, row in form["nodes"].items()]
    yield from (f"not planned: {name}" for name in sorted(strangers(planned, {"nodes": nodes})))


def begun_twice(ended: Ended) -> Iterator[str]:
    for key, count in ended.stage.starts.items():
        if count != 1:
            yield f"{key} was begun {count} times"


def locks_left(folder: Path) -> Iterator[str]:
    """An entry counts while its driver lives, that is while the driver's own file is there."""
    table = folder / "table.json"
    for entry in read_json(table).get("entries") or () if table.exists() else ():
        if (folder / "owners" / entry["owner"]).exists():
            yield f"a lock is left: {entry}"


def rewritten(work: Written, first: Ended) -> Iterator[str]:
    """The same workflow in other words: YAML in another order, and its spec in a template."""
    forms = {
        "in another order": otherwise(work.documents, Random(work.seed)),
        "by reference": as_json(referred(work.documents)),
    }
    for name, text in forms.items():
        other = _act(work, text, first.folder.parent.parent / name.replace(" ", "-"))
        yield from _other_tree(name, first, other)


def lost_drivers(work: Written, first: Ended) -> Iterator[str]:
    """Drivers that die at writes of chance: nothing is begun twice, and the tree is the same."""
    dice = Random(work.seed)
    lives = range(dice.choice([1, 1, 2, 3]))
    crashes = tuple((dice.randrange(1, first.writes + 1), dice.choice(HOW)) for _ in lives)
    other = _act(
        work, as_json(work.documents), first.folder.parent.parent / "lost", crashes=crashes
    )
    yield from begun_twice(other)
    yield from unsound(other.live)
    yield from locks_left(other.folder.parent / ".shared" / "locks")
    if other.live.nodes != other.read.state.nodes or other.live.run != other.read.state.run:
        yield f"{crashes}: the journal folds to another state"
    if work.steady and not is_hasty(first.live) and not is_hasty(other.live):
        yield from _other_tree(f"lost at {crashes}", first, other)


def paced(work: Written, first: Ended) -> Iterator[str]:
    """Pods that take other times: only the workflow decides what becomes of it."""
    if not work.steady or is_hasty(first.live):
        return
    runs = first.folder.parent.parent / "paced"
    other = _act(work, as_json(work.documents), runs, seed=work.seed + 1)
    if not is_hasty(other.live):
        yield from _other_tree("at another pace", first, other)


def _other_tree(what: str, first: Ended, other: Ended) -> Iterator[str]:
    yield from (f"{what}: {each}" for each in differing(tree_of(first.json), tree_of(other.json)))


def as_performed(work: Written, place: bootstrap.Place, *, limit: float) -> list[str]:
    """Perform on a real runtime what was acted; return what differs. Needs ARGOTUI_STATE_DIR."""
    text = as_json(work.documents)
    with TemporaryDirectory() as folder:
        first = acted(made_ready(text), Path(folder), work.seed)
        state, workflow, _ = performed(made_ready(text), place, limit=limit)
    found = unsound(state)
    # a kubelet may call a pod late before it tells how its containers ended
    late = any(LATE in node.message for node in state.nodes.values())
    if is_hasty(first.live) or is_hasty(state) or (late and place.runtime is Where.KUBERNETES):
        return found
    return found + differing(tree_of(first.json), tree_of(workflow))

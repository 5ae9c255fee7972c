"""A run as lines: what `get` prints. The rows are those of the terminal UI, none folded."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from argotui.cli.text import duration, glyph, run_word, safe
from argotui.driver.port import Snapshot
from argotui.model.status import RunStatus
from argotui.tui import draw, tree
from argotui.tui.look import UNICODE, State
from argotui.tui.presenter import Presenter
from argotui.tui.rows import Row
from argotui.tui.truth import named, truth

_LEAST_WIDTH, _PIPE_WIDTH = 60, 120
_VALUE_WIDTH = 100


def tree_lines(seen: Snapshot, *, alive: bool) -> Iterator[str]:
    """Yield the header, the tree and the outputs of a run; glyphs in Unicode."""
    presenter = Presenter()
    presenter.reset(seen)
    yield from _header(seen, presenter, alive=alive)
    now = seen.state.run.finished_at or time.time()
    width = _width()
    for root in presenter.roots:
        for row in tree.emitted(root, set(tree.subtree(root))):
            yield _row_line(row, presenter, now, width)
    yield from _values("outputs", _parameters(seen.state.run.outputs))


def _header(seen: Snapshot, presenter: Presenter, *, alive: bool) -> Iterator[str]:
    run, info = seen.state.run, seen.info
    word = run_word(run.phase, parked=run.parked, alive=alive)
    done, count = presenter.progress
    parts = [
        f"{glyph(word)} {safe(info.workflow_name)}",
        word.lower(),
        _took(run),
        f"{done:,}/{count:,}",
    ]
    yield "  ".join(part for part in parts if part) + f"   ({safe(info.where)})"
    yield f"  run       {info.run_id}"
    yield f"  manifest  {safe(info.manifest)}"
    if run.message:
        yield f"  message   {safe(named(run.message, seen.state))}"
    if run.metrics_error:
        yield f"  metrics   not measured: {safe(run.metrics_error)}"
    yield from _values("parameters", run.parameters)
    for text in info.deviations:
        yield f"  deviates  {safe(text)}"
    yield ""


def _took(run: RunStatus) -> str:
    if run.started_at is None:
        return ""
    return duration((run.finished_at or time.time()) - run.started_at)


def _width() -> int:
    if not sys.stdout.isatty():
        return _PIPE_WIDTH
    return max(_LEAST_WIDTH, shutil.get_terminal_size().columns)


def _row_line(row: Row, presenter: Presenter, now: float, width: int) -> str:
    columns = draw.Columns.of(width)
    pieces = draw.row_pieces(row, presenter, columns, now=now, glyphs=UNICODE)
    line = "".join(text for text, _ in pieces)[1:].rstrip()
    if row.state is State.WAITING:
        # No keys here: say what waits, not which key to press.
        keys = "".join(text for text, _ in truth(row, presenter, now, UNICODE))
        line = line.replace(keys[: columns.truth], "waits for approval".ljust(len(keys)))
    return line.rstrip()


def _parameters(section: Mapping[str, object]) -> dict[str, str]:
    found = section.get("parameters")
    if not isinstance(found, Sequence):
        return {}
    return {str(each["name"]): str(each.get("value", "")) for each in found}


def _values(title: str, values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        shown = safe(value)
        short = shown if len(shown) <= _VALUE_WIDTH else f"{shown[:_VALUE_WIDTH]}…"
        yield f"  {title:<9} {safe(name)} = {short}"
        title = ""

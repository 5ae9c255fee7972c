"""The two lines at the top, and the texts of loading, empty and lost. Pure."""

from __future__ import annotations

from argotui.model.status import RunStatus, Shutdown
from argotui.tui import draw, text
from argotui.tui.look import BAD, STYLES, WORDS, Glyphs, State, run_state
from argotui.tui.presenter import Presenter
from argotui.tui.show import Hint
from argotui.tui.truth import Piece, full_name, named

_LEAST_NAME, _SHORT_NAME, _LEAST_WHERE = 8, 12, 6  # cells
_NARROW = 72  # columns below which words are saved
_RECOVER = "argotui recover"
PATIENCE = 0.3  # seconds before a wait is spoken of


def lines(
    presenter: Presenter, hint: Hint, width: int, *, now: float, glyphs: Glyphs, gone: bool = False
) -> list[list[Piece]]:
    """Return the header: name, state, age, what is done, who is waited for, where; and the bar."""
    run = presenter.state.run
    left = _left(presenter, run, hint, now, glyphs, width, gone)
    where = text.safe(presenter.info.where if presenter.info is not None else hint.where)
    free = min(width - sum(text.width(part) for part, _ in left) - 3, width // 3)
    where = (
        text.middle(where, free, glyphs.ellipsis)
        if free >= min(text.width(where), _LEAST_WHERE)
        else ""
    )
    blank = max(0, width - sum(text.width(part) for part, _ in left) - text.width(where) - 1)
    first = [*left, (" " * blank, ""), (where, "dim"), (" ", "")]
    bar = draw.bar(presenter.counts, width - 2, glyphs)
    return [draw.fit(first, width, glyphs.ellipsis), [(" ", ""), *bar, (" ", "")]]


def _left(
    presenter: Presenter,
    run: RunStatus,
    hint: Hint,
    now: float,
    glyphs: Glyphs,
    width: int,
    gone: bool,
) -> list[Piece]:
    """The name gives way to all that is behind it, down to what can still be recognised."""
    name = text.safe(run.name or hint.name or hint.manifest)
    said = _said(presenter, run, now, glyphs, width, gone) if presenter.info is not None else []
    free = width - sum(text.width(part) for part, _ in said) - 4
    room = max(_LEAST_NAME, min(free, max(_SHORT_NAME, width // 3)))
    return [(" ", ""), (text.middle(name, room, glyphs.ellipsis), "bold"), ("  ", ""), *said]


def _said(
    presenter: Presenter, run: RunStatus, now: float, glyphs: Glyphs, width: int, gone: bool
) -> list[Piece]:
    state = run_state(run.phase)
    word = state_word(run, gone)
    pieces = [(f"{glyphs.of(state)} {word}", STYLES[state] if not gone else "magenta")]
    age = run_age(run, now)
    pieces += [(f" {text.brief(age)}", "")] if age is not None else []
    total = presenter.counts
    if total:
        done, count = presenter.progress
        pieces += [(f"  {done:,}/{count:,}", "")]
        failed = sum(total[state] for state in BAD)
        pieces += [(f"  {glyphs.of(State.FAILED)} {failed:,}", "red")] if failed else []
    waiting = len(presenter.waiting)
    if waiting and not gone:
        word = "waits" if waiting == 1 else "wait"
        word += " for you" if width >= _NARROW else ""
        sign = glyphs.of(State.WAITING)
        pieces += [("   ", ""), (f"{sign} {waiting:,} {word}", "yellow reverse")]
    return pieces


def state_word(run: RunStatus, gone: bool = False) -> str:
    """Return one word or two for where the run is, in Argo's words as far as it has them."""
    if run.phase.is_completed:
        return str(run.phase)
    if gone:
        return f"last seen {WORDS[run_state(run.phase)]}"
    if run.shutdown is Shutdown.STOP:
        return "Stopping"
    if run.shutdown is Shutdown.TERMINATE:
        return "Terminating"
    if run.parked:
        return "Parked"
    return "Suspended" if run.suspended else WORDS[run_state(run.phase)]


def run_age(run: RunStatus, now: float) -> float | None:
    """Return for how long the run has been going, or went."""
    started = run.started_at if run.started_at is not None else run.created_at
    if started is None:
        return None
    return (run.finished_at if run.finished_at is not None else now) - started


def placeholder(presenter: Presenter, gone: str | None, waited: float, glyphs: Glyphs) -> str:
    """Return what the tree says while it has no rows."""
    if gone is not None:
        return ""
    if presenter.info is None:
        dots = "..." if glyphs.is_ascii else "…"
        return f"connecting to the driver{dots} {text.brief(waited)}" if waited > PATIENCE else ""
    run = presenter.state.run
    if run.phase.is_completed:
        return text.safe(named(run.message, presenter.state)) or "ended without a step"
    return text.safe(run.message or run.waiting_lock) or "nothing has started yet"


def failure(presenter: Presenter, glyphs: Glyphs) -> str:
    """Return the one line above all of a run that failed: which step, and what it said."""
    from argotui.tui.tree import first_failed

    row = first_failed(presenter.roots)
    run = presenter.state.run
    node = row.stands_for if row is not None else None
    sign = glyphs.of(run_state(run.phase))
    if row is None or node is None:
        said = text.safe(text.first_line(named(run.message, presenter.state)))
        return f"{sign} {said or 'failed'}"
    said = text.safe(text.first_line(named(node.message, presenter.state)))
    return f"{sign} {full_name(row)}: {said}" if said else f"{sign} {full_name(row)}"


def lost(presenter: Presenter, hint: Hint, why: str) -> str:
    """Return what to do when the driver does not answer."""
    run = presenter.info.run_id if presenter.info is not None else hint.name
    reason = text.safe(text.first_line(why))
    if _RECOVER in reason:
        return reason  # it says already what to do: once is enough for one line
    told = f" ({reason})" if reason else ""
    return f"driver gone{told}; {_RECOVER} {text.safe(run)}"

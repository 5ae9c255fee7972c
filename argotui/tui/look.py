"""States as a person sees them: glyph, word and colour, which always agree.

Used by every pane and by the summary; knows nothing of Textual.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from argotui.model.status import Node, NodePhase, RunPhase


class State(IntEnum):
    """In the order in which a fold shows its worst one."""

    FAILED = 0
    ERROR = 1
    WAITING = 2
    RUNNING = 3
    PENDING = 4
    SUCCEEDED = 5
    SKIPPED = 6
    TO_COME = 7


STATES = len(State)
BAD = (State.FAILED, State.ERROR)
OPEN = (State.WAITING, State.RUNNING, State.PENDING)
ENDED = (State.FAILED, State.ERROR, State.SUCCEEDED, State.SKIPPED)

# The order in which the states stand in a bar and in a count: done first, to come last.
READING_ORDER = (
    State.SUCCEEDED,
    State.SKIPPED,
    State.FAILED,
    State.ERROR,
    State.RUNNING,
    State.WAITING,
    State.PENDING,
    State.TO_COME,
)

_PHASES: Mapping[NodePhase, State] = {
    NodePhase.PENDING: State.PENDING,
    NodePhase.RUNNING: State.RUNNING,
    NodePhase.SUCCEEDED: State.SUCCEEDED,
    NodePhase.SKIPPED: State.SKIPPED,
    NodePhase.OMITTED: State.SKIPPED,
    NodePhase.FAILED: State.FAILED,
    NodePhase.ERROR: State.ERROR,
}
_RUN_PHASES: Mapping[RunPhase, State] = {
    RunPhase.NEW: State.PENDING,
    RunPhase.PENDING: State.PENDING,
    RunPhase.RUNNING: State.RUNNING,
    RunPhase.SUCCEEDED: State.SUCCEEDED,
    RunPhase.FAILED: State.FAILED,
    RunPhase.ERROR: State.ERROR,
}
WORDS: Mapping[State, str] = {
    State.FAILED: "Failed",
    State.ERROR: "Error",
    State.WAITING: "Waiting",
    State.RUNNING: "Running",
    State.PENDING: "Pending",
    State.SUCCEEDED: "Succeeded",
    State.SKIPPED: "Skipped",
    State.TO_COME: "To come",
}
# Rich style texts in the terminal's own sixteen colours.
STYLES: Mapping[State, str] = {
    State.FAILED: "red",
    State.ERROR: "magenta",
    State.WAITING: "yellow reverse",
    State.RUNNING: "blue",
    State.PENDING: "yellow",
    State.SUCCEEDED: "green",
    State.SKIPPED: "dim",
    State.TO_COME: "dim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """Every sign that argotui draws. Two sets: Unicode, and ASCII of the same widths."""

    states: tuple[str, ...]
    branch: str
    corner: str
    pipe: str
    thin: str
    heavy: str
    wall: str
    tee: str
    cursor: str
    folded: str
    ellipsis: str
    chosen: str
    free: str
    gap: str
    is_ascii: bool

    def of(self, state: State) -> str:
        return self.states[state]


UNICODE = Glyphs(
    states=("✖", "⚠", "‖", "●", "◷", "✔", "○", "○"),
    branch="├ ",
    corner="└ ",
    pipe="│  ",
    thin="─",
    heavy="━",
    wall="│",
    tee="├",
    cursor="▌",
    folded="▸",
    ellipsis="…",
    chosen="(•)",
    free="( )",
    gap="·",
    is_ascii=False,
)
ASCII = Glyphs(
    states=("x", "!", "=", "*", ".", "+", "o", "o"),
    branch="| ",
    corner="` ",
    pipe="|  ",
    thin="-",
    heavy="=",
    wall="|",
    tee="|",
    cursor=">",
    folded=">",
    ellipsis="~",
    chosen="(*)",
    free="( )",
    gap=".",
    is_ascii=True,
)


def state_of(node: Node) -> State:
    """Return how a node is shown; a suspend node that needs a person is a state of its own."""
    if node.waits_for_person:
        return State.WAITING
    return _PHASES[node.phase]


def word_of(node: Node) -> str:
    """Return Argo's word for the node's phase, "Waiting for you" where a person is needed."""
    return "Waiting for you" if node.waits_for_person else str(node.phase)


def run_state(phase: RunPhase) -> State:
    return _RUN_PHASES[phase]


def glyphs_for(environment: Mapping[str, str] | None = None, *, plain: bool = False) -> Glyphs:
    """Return the set that the terminal of `environment` can show; `plain` asks for ASCII."""
    where = os.environ if environment is None else environment
    locale = where.get("LC_ALL") or where.get("LC_CTYPE") or where.get("LANG") or ""
    speaks_utf8 = "utf-8" in locale.lower() or "utf8" in locale.lower()
    if plain or where.get("TERM") in ("dumb", "linux", "vt100") or not speaks_utf8:
        return ASCII
    return UNICODE

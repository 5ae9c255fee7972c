"""The one registry of actions: keys, label, place. Footer, palette, help and bindings come from it.

An action that is not here does not exist; one whose feature is not built is not here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from argotui.tui.look import BAD, State

TREE, LOG, NODE, RUN, ANYWHERE = "tree", "log", "node", "run", "anywhere"
PLACES = {
    TREE: "On the tree",
    LOG: "In a log",
    NODE: "On a node",
    RUN: "The run",
    ANYWHERE: "Anywhere",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """`keys` are Textual's names; the first one is shown. `about` is the help's line."""

    id: str
    label: str
    about: str
    place: str
    keys: tuple[str, ...] = ()


def _action(place: str, name: str, keys: str, label: str, about: str) -> Action:
    return Action(id=name, label=label, about=about, place=place, keys=tuple(keys.split()))


_MOVES = (
    ("down", "j down", "down", "a line down, up"),
    ("up", "k up", "up", "a line down, up"),
    ("half_down", "ctrl+d", "half a page down", "half a page down, up"),
    ("half_up", "ctrl+u", "half a page up", "half a page down, up"),
    ("page_down", "pagedown ctrl+f", "page down", "a page down, up"),
    ("page_up", "pageup ctrl+b", "page up", "a page down, up"),
    ("top", "g home", "top", "to the top, to the end"),
    ("bottom", "G end", "bottom", "to the top, to the end"),
)

_FOLDING = "fold, then up a level; unfold, a retry too"
MOVE_IDS = frozenset(move[0] for move in _MOVES)

ACTIONS: tuple[Action, ...] = (
    *(_action(TREE, *move) for move in _MOVES),
    _action(TREE, "fold", "left", "fold", _FOLDING),
    _action(TREE, "unfold", "right", "unfold", _FOLDING),
    _action(TREE, "fold_toggle", "space", "fold", "fold or unfold"),
    _action(TREE, "open", "enter", "details", "open the node"),
    _action(TREE, "logs", "l", "logs", "the node's log"),
    _action(TREE, "approve", "a", "approve", "approve the step that waits for you"),
    _action(TREE, "reject", "x", "reject", "reject it, with a reason"),
    _action(TREE, "next_waiting", "w", "next waiting", "to the next step that waits for you"),
    _action(TREE, "next_failed", "F", "next failed", "to the next failed step"),
    *(_action(LOG, *move) for move in _MOVES),
    _action(LOG, "wrap", "w", "wrap", "wrap long lines"),
    _action(LOG, "time", "t", "time", "show when each line came"),
    _action(LOG, "left", "left", "left", "along long lines"),
    _action(LOG, "right", "right", "right", "along long lines"),
    _action(NODE, "tab_1", "1", "summary", "what it is and how it goes"),
    _action(NODE, "tab_2", "2", "in/out", "inputs, outputs, result"),
    _action(NODE, "tab_3", "3", "log", "its log"),
    _action(NODE, "tab_4", "4", "manifest", "its template, and the pod made of it"),
    _action(
        NODE, "attempt_before", "left_square_bracket", "try before", "the try before, the try after"
    ),
    _action(
        NODE, "attempt_after", "right_square_bracket", "try after", "the try before, the try after"
    ),
    _action(ANYWHERE, "find", "slash", "find", "find; esc ends it"),
    _action(ANYWHERE, "find_next", "n", "next", "the next one found, the one before"),
    _action(ANYWHERE, "find_before", "N", "before", "the next one found, the one before"),
    _action(ANYWHERE, "keep", "ampersand", "keep only", "keep only what matches; empty: all"),
    _action(ANYWHERE, "leave_out", "exclamation_mark", "leave out", "leave out what matches"),
    _action(ANYWHERE, "follow", "f", "follow", "follow what happens; moving up ends it"),
    _action(ANYWHERE, "zoom", "z", "zoom", "one pane over the whole screen, and back"),
    _action(ANYWHERE, "next_pane", "tab", "next pane", "the next pane, the one before"),
    _action(ANYWHERE, "pane_before", "shift+tab", "pane before", "the next pane, the one before"),
    _action(ANYWHERE, "metrics", "M", "metrics", "what the workflow measures, in numbers"),
    _action(ANYWHERE, "back", "escape", "back", "back; never leaves the program"),
    _action(ANYWHERE, "quit", "q", "back, detach", "back; on the tree: detach, the run goes on"),
    _action(ANYWHERE, "palette", "colon ctrl+p", "palette", "everything that can be done"),
    _action(ANYWHERE, "help", "question_mark", "keys", "this page"),
    _action(ANYWHERE, "interrupt", "ctrl+c", "leave", "asks: detach, stop, terminate, stay"),
    _action(ANYWHERE, "reconnect", "ctrl+r", "reconnect", "ask the driver for the run anew"),
    _action(ANYWHERE, "rerun", "R", "rerun", "run the changed manifest anew"),
    _action(RUN, "detach", "", "detach", "leave; the run goes on"),
    _action(RUN, "stop", "", "stop", "end running steps; exit handlers run"),
    _action(RUN, "terminate", "", "terminate", "end everything at once, without exit handlers"),
    _action(RUN, "suspend", "", "suspend run", "start nothing new; what runs goes on"),
    _action(RUN, "resume", "", "resume run", "go on after suspend; approves nothing"),
)
_BY_ID = {(action.place, action.id): action for action in ACTIONS}

_NAMES = {
    "slash": "/",
    "ampersand": "&",
    "exclamation_mark": "!",
    "question_mark": "?",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
}
_PLAIN_NAMES = {"up": "up", "down": "down", "left": "left", "right": "right"}


def key_name(key: str, *, ascii_only: bool = False) -> str:
    """Return a key as people write it."""
    if ascii_only and key in _PLAIN_NAMES:
        return _PLAIN_NAMES[key]
    return _NAMES.get(key, key.replace("ctrl+", "ctrl-").replace("shift+", "shift-"))


def at(place: str) -> tuple[Action, ...]:
    """Return the actions of a place, in their order."""
    return tuple(action for action in ACTIONS if action.place == place)


def named(name: str, *places: str) -> Action:
    """Return an action by its id, from the first of `places` that has it."""
    for place in places or PLACES:
        if (place, name) in _BY_ID:
            return _BY_ID[place, name]
    raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the footer and the palette go by: where the cursor is and what it is on."""

    place: str = TREE
    state: State | None = None
    can_fold: bool = False
    has_log: bool = False
    attempts: int = 0
    waiting: int = 0
    failed: int = 0
    run_open: bool = True
    suspended: bool = False
    driver_gone: bool = False
    can_rerun: bool = False
    narrow: bool = False


def footer(on: Situation) -> tuple[Action, ...]:
    """Return the five actions that matter most just now, keys of this place last."""
    chosen = [named(name, on.place, ANYWHERE, NODE) for name in _wanted(on)]
    unique = list(dict.fromkeys(chosen))[:4]
    return (*unique, named("help"))


def _wanted(on: Situation) -> Iterable[str]:
    if on.driver_gone:
        yield from ("reconnect", "quit")
    if on.can_rerun:
        yield "rerun"
    if on.place == TREE:
        yield from _wanted_on_tree(on)
    elif on.place == LOG:
        if on.attempts > 1:
            yield "attempt_before"
        yield from ("find", "keep", "wrap", "quit")
    else:
        yield from ("tab_2", "tab_4", "zoom", "quit")


def _wanted_on_tree(on: Situation) -> Iterable[str]:
    if on.state is State.WAITING and not on.driver_gone:
        yield from ("approve", "reject")
    elif on.waiting and on.state is not State.WAITING:
        yield "next_waiting"
    elif on.failed and on.state not in BAD:
        yield "next_failed"
    if on.can_fold:
        yield "fold_toggle"
    if on.narrow:
        yield "open"
    if on.has_log:
        yield "logs"
    yield from ("find", "open", "quit", "follow")


def offered(on: Situation) -> tuple[Action, ...]:
    """Return what the palette lists: all that can be done now and means something there."""
    hidden = {"palette", "help", "back", "tab_1", "interrupt"} | MOVE_IDS
    hidden |= {"left", "right", "fold", "unfold", "quit", "next_pane", "pane_before"}
    hidden |= {"find_next", "find_before"}
    hidden |= set(_impossible(on))
    order = (RUN, TREE, NODE, LOG, ANYWHERE)
    here = [action for place in order for action in at(place) if action.id not in hidden]
    return tuple(sorted(here, key=lambda action: action.id not in ("approve", "reject")))


def _impossible(on: Situation) -> Iterable[str]:
    if not on.waiting:
        yield from ("approve", "reject", "next_waiting")
    if not on.failed:
        yield "next_failed"
    if not on.run_open or on.driver_gone:
        yield from ("stop", "terminate", "suspend", "resume", "approve", "reject")
    yield "resume" if not on.suspended else "suspend"
    if not on.driver_gone:
        yield "reconnect"
    if not on.can_rerun:
        yield "rerun"

"""The keys, as a page made from the registry: those of the place at hand first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from textual.app import ComposeResult
from textual.screen import ModalScreen

from argotui.tui import keys, text
from argotui.tui.keys import Action
from argotui.tui.look import READING_ORDER, STYLES, WORDS, Glyphs, State
from argotui.tui.screens.sheets import keys_line
from argotui.tui.widgets import paint
from argotui.tui.widgets.lines import Line, Lines, Page

_KEYS = 24  # cells of the column of keys


class HelpScreen(ModalScreen[None]):
    """Leaves with esc, q or ?."""

    BINDINGS = paint.bound(("escape,q,question_mark,enter", "back"))

    def __init__(self, place: str, glyphs: Glyphs) -> None:
        super().__init__()
        self.place = place
        self.glyphs = glyphs
        self.page = Page(glyphs, id="help-page")
        self.top = Lines(glyphs, id="help-title")
        self.foot = Lines(glyphs, id="help-foot")

    def compose(self) -> ComposeResult:
        yield self.top
        yield self.page
        yield self.foot

    def on_mount(self) -> None:
        self.top.say([(" Keys", "bold underline cyan")])
        self.foot.say(keys_line([("j k", "scroll"), ("esc", "back")]))
        self.page.focus()

    def on_resize(self) -> None:
        self.page.say(page(self.place, self.app.size.width - 2, self.glyphs))

    def action_back(self) -> None:
        self.dismiss(None)


def page(place: str, width: int, glyphs: Glyphs) -> list[Line]:
    """Return the page: one column, or two where there is room."""
    order = [place, *(other for other in keys.PLACES if other != place)]
    blocks = [list(_block(where, glyphs)) for where in order]
    blocks.append(list(_legend(glyphs)))
    if width < 100:
        return [line for block in blocks for line in (*block, [])]
    half = width // 2
    left = [line for block in blocks[:2] for line in (*block, [])]
    right = [line for block in blocks[2:] for line in (*block, [])]
    return list(_beside(left, right, half))


def _block(place: str, glyphs: Glyphs) -> Iterator[Line]:
    """Actions with one sentence between them share a line."""
    yield [(keys.PLACES[place], "bold")]
    for about, group in groupby(keys.at(place), key=lambda action: action.about):
        yield _line(_keys_of(list(group), glyphs), about)


def _keys_of(actions: list[Action], glyphs: Glyphs) -> str:
    if not any(action.keys for action in actions):
        return f": {actions[0].label}"
    most = max(len(action.keys) for action in actions)
    rounds = [action.keys[at] for at in range(most) for action in actions if at < len(action.keys)]
    return " ".join(keys.key_name(key, ascii_only=glyphs.is_ascii) for key in rounds)


def _line(left: str, right: str) -> Line:
    return [(f"  {left:<{_KEYS}}  ", "cyan"), (right, "")]


def _legend(glyphs: Glyphs) -> Iterator[Line]:
    yield [("States", "bold")]
    for state in READING_ORDER:
        word = "Waiting for you" if state is State.WAITING else WORDS[state]
        word = "Skipped, omitted" if state is State.SKIPPED else word
        yield [("  ", ""), (f"{glyphs.of(state)} {word}", STYLES[state])]


def _beside(left: list[Line], right: list[Line], half: int) -> Iterator[Line]:
    for at in range(max(len(left), len(right))):
        one = left[at] if at < len(left) else []
        two = right[at] if at < len(right) else []
        used = sum(text.width(part) for part, _ in one)
        yield [*one, (" " * max(1, half - used), ""), *two]

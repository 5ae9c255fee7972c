"""The keys, as a page made from the registry: those of the place at hand first."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.screen import ModalScreen

from argotui.tui import keys, text
from argotui.tui.keys import Action
from argotui.tui.look import READING_ORDER, STYLES, WORDS, Glyphs, State
from argotui.tui.screens.sheets import keys_line, shown_keys
from argotui.tui.widgets import paint
from argotui.tui.widgets.lines import Line, Lines, Page

_KEYS = 18  # cells of the column of keys


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
    yield [(keys.PLACES[place], "bold")]
    moves = [action for action in keys.at(place) if action.id in keys.MOVE_IDS]
    if moves:
        names = [keys.key_name(key, ascii_only=glyphs.is_ascii) for key in keys.MOVE_KEYS]
        yield _line(" ".join(names[:4]), "one line; by hand, so following ends")
        yield _line(" ".join(names[4:]), "half a page; g to the top, G to the end")
    for action in keys.at(place):
        if action not in moves:
            yield _line(_keys_of(action, glyphs), action.about)


def _keys_of(action: Action, glyphs: Glyphs) -> str:
    return shown_keys(action, ascii_only=glyphs.is_ascii) or f": {action.label}"


def _line(left: str, right: str) -> Line:
    return [(f"  {left:<{_KEYS}}", "cyan"), (right, "")]


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

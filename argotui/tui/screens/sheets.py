"""Sheets from the bottom: the tree stays in sight above them. Each is dismissed with an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.widgets import Input

from argotui.tui import keys
from argotui.tui.keys import Action
from argotui.tui.look import Glyphs
from argotui.tui.widgets import paint
from argotui.tui.widgets.lines import Line, Lines, Rule

_MOST_OFFERED = 10


def keys_line(pairs: Sequence[tuple[str, str]]) -> Line:
    """Return a line of help: each key bright, its label dim."""
    line: Line = []
    for key, label in pairs:
        line += [(" ", ""), (key, "bold"), (f" {label} ", "dim")]
    return line


def still(line: Input) -> Input:
    """Nothing blinks here."""
    line.cursor_blink = False
    return line


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer: the key for it, its name, what it does."""

    key: str
    answer: str
    label: str
    about: str


class AskSheet(ModalScreen[str]):
    """A question with a key for each answer; esc is always "back"."""

    BINDINGS = paint.bound(("escape", "back"))

    def __init__(self, title: str, choices: Sequence[Choice], glyphs: Glyphs) -> None:
        super().__init__()
        self.title_text = title
        self.choices = tuple(choices)
        self.glyphs = glyphs
        self.at = 0
        self.body = Lines(glyphs, id="ask-body")

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Rule(self.glyphs)
            yield self.body

    def on_mount(self) -> None:
        self.body.styles.height = len(self.choices) + 3
        self._say()

    def _say(self) -> None:
        lines: list[Line] = [[(f" {self.title_text}", "bold")]]
        for at, choice in enumerate(self.choices):
            here = at == self.at
            mark = self.glyphs.cursor if here else " "
            lines.append(
                [
                    (f" {mark} ", "cyan"),
                    (f"{choice.key}  ", "bold"),
                    (f"{choice.label:<12}", "bold" if here else ""),
                    (choice.about, "dim"),
                ]
            )
        self.body.say(*lines, [], keys_line([("enter", "choose"), ("esc", "back")]))

    def on_key(self, event: Key) -> None:
        if event.key in ("down", "j", "up", "k", "tab"):
            self.at = (self.at + (-1 if event.key in ("up", "k") else 1)) % len(self.choices)
            self._say()
        elif event.key == "enter":
            self.dismiss(self.choices[self.at].answer)
        else:
            chosen = [choice for choice in self.choices if choice.key == event.key]
            if not chosen:
                return
            self.dismiss(chosen[0].answer)
        event.stop()

    def action_back(self) -> None:
        self.dismiss("")


class ReasonSheet(ModalScreen[str | None]):
    """Asks for the reason of a rejection; None: not rejected after all."""

    BINDINGS = paint.bound(("escape", "back"))

    def __init__(self, name: str, glyphs: Glyphs, said: str = "") -> None:
        super().__init__()
        self.node_title = name
        self.said = said
        self.glyphs = glyphs
        self.body = Lines(glyphs, id="reason-title")
        self.foot = Lines(glyphs, id="reason-foot")

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Rule(self.glyphs)
            yield self.body
            yield still(Input(placeholder="why? (may be empty)", compact=True, id="reason"))
            yield self.foot

    def on_mount(self) -> None:
        self.body.styles.height = 2 if self.said else 1
        title: Line = [(f" {self.glyphs.states[0]} reject ", "red"), (self.node_title, "bold")]
        self.body.say(title, *([[(f" {self.said}", "red")]] if self.said else []))
        self.foot.say([], keys_line([("enter", "reject"), ("esc", "back")]))

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    def action_back(self) -> None:
        self.dismiss(None)


class PaletteSheet(ModalScreen[Action]):
    """Everything that can be done here; typing narrows it."""

    BINDINGS = paint.bound(("escape", "back"))

    def __init__(self, actions: Sequence[Action], glyphs: Glyphs) -> None:
        super().__init__()
        self.actions = tuple(actions)
        self.glyphs = glyphs
        self.found: tuple[Action, ...] = self.actions
        self.at = 0
        self.room = _MOST_OFFERED
        self.body = Lines(glyphs, id="palette-body")

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Rule(self.glyphs)
            yield still(Input(placeholder="what to do", compact=True, id="palette"))
            yield self.body

    def on_mount(self) -> None:
        self.room = min(_MOST_OFFERED, max(1, self.app.size.height - 10))
        self.body.styles.height = self.room + 1
        self._say()

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        self.found, self.at = ranked(event.value, self.actions), 0
        self._say()

    @on(Input.Submitted)
    def take(self) -> None:
        if self.found:
            self.dismiss(self.found[self.at])
        else:
            self.app.bell()

    def on_key(self, event: Key) -> None:
        steps = {"down": 1, "ctrl+n": 1, "tab": 1, "up": -1, "ctrl+p": -1}
        if event.key in steps and self.found:
            self.at = (self.at + steps[event.key]) % len(self.found)
            self._say()
            event.stop()
            event.prevent_default()

    def _say(self) -> None:
        height = self.room
        first = max(0, min(self.at - height + 1, len(self.found) - height))
        lines = [
            self._line(action, at == self.at)
            for at, action in enumerate(self.found[first : first + height], first)
        ]
        more = len(self.found) - first - height
        tail: Line = [(f"   {self.glyphs.ellipsis} {more} more below", "dim")] if more > 0 else []
        self.body.say(*(lines or [[("   nothing of that name", "dim")]]), tail)

    def _line(self, action: Action, here: bool) -> Line:
        key = keys.key_name(action.keys[0], ascii_only=self.glyphs.is_ascii) if action.keys else ""
        return [
            (f" {self.glyphs.cursor if here else ' '} ", "cyan"),
            (f"{action.label:<16}", "bold" if here else ""),
            (f"{key:<8}", "dim"),
            (action.about, "dim"),
        ]

    def action_back(self) -> None:
        self.dismiss(None)


def ranked(typed: str, actions: Sequence[Action]) -> tuple[Action, ...]:
    """Return the actions whose name or sentence what was typed may mean, the likeliest first."""
    if not typed.strip():
        return tuple(actions)
    matcher = Matcher(typed)
    scores = [(matcher.match(one.label), typed.lower() in one.about) for one in actions]
    kept = [(-label, at) for at, (label, told) in enumerate(scores) if label or told]
    return tuple(actions[at] for _, at in sorted(kept))

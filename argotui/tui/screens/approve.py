"""The approve sheet: what the step asks, a typed form, what comes then. Nothing is approved
without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from argotui.tui import forms, text
from argotui.tui.forms import Field, Form
from argotui.tui.look import STYLES, Glyphs, State
from argotui.tui.screens.sheets import keys_line
from argotui.tui.truth import Piece
from argotui.tui.widgets import paint
from argotui.tui.widgets.lines import Line, Lines, Rule
from argotui.tui.wrap import folded

_MOST_WORDS = 6
_TICK = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`rejects`: the person wants to give a reason for a no."""

    node: str
    values: Mapping[str, str]
    rejects: bool = False


class Choices(Widget, can_focus=True):
    """`( ) staging  (•) production`: one of a few, with the arrows or space."""

    BINDINGS = paint.bound(
        ("left,h", "by(-1)"),
        ("right,l,space", "by(1)"),
        ("x", "screen.reject"),
    )

    def __init__(self, field: Field, glyphs: Glyphs) -> None:
        super().__init__(classes="field")
        self.field = field
        self.glyphs = glyphs
        self.at = field.choices.index(field.value) if field.value in field.choices else -1

    @property
    def value(self) -> str:
        return self.field.choices[self.at] if self.at >= 0 else ""

    def action_by(self, step: int) -> None:
        self.at = (self.at + step) % len(self.field.choices) if self.at >= 0 else 0
        self.refresh()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        shown: list[list[Piece]] = []
        for at, choice in enumerate(self.field.choices):
            chosen = at == self.at
            sign = self.glyphs.chosen if chosen else self.glyphs.free
            look = "bold" if chosen else ""
            if chosen and self.has_focus:
                look = "bold underline"
            shown.append(
                [(f"{sign} ", "cyan" if chosen else "dim"), (text.safe(choice), look), ("   ", "")]
            )
        return paint.strip(self._from_chosen(shown), self.size.width, self.glyphs.ellipsis)

    def _from_chosen(self, shown: list[list[Piece]]) -> list[Piece]:
        """Where not all fit, begin so that the chosen one is seen."""
        sizes = [sum(text.width(part) for part, _ in pieces) for pieces in shown]
        first = 0
        while first < self.at and sum(sizes[first : self.at + 1]) > self.size.width - 2:
            first += 1
        more: list[Piece] = [(f"{self.glyphs.ellipsis} ", "dim")] if first else []
        about: Piece = (self.field.description, "dim")
        return [*more, *(piece for pieces in shown[first:] for piece in pieces), about]


class Blank(Input):
    """A line to write on: the rest of it is ruled, so that it is seen to be one."""

    def __init__(self, field: Field) -> None:
        hint = field.description or "needs a value"
        super().__init__(value=field.value, placeholder=hint, compact=True, classes="field")
        self.cursor_blink = False

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        written = len(strip.text.rstrip())
        end = max(written + 1, text.width(self.value) + 1)
        ruled = Segment("_" * max(0, self.size.width - end), paint.style("dim"))
        return Strip([*strip.crop(0, end), ruled])


class ApproveSheet(ModalScreen[Answer | None]):
    """Dismissed with an Answer, or None for back."""

    BINDINGS = paint.bound(
        ("enter", "approve"),
        ("x,ctrl+x", "reject"),
        ("escape,q", "back"),
        ("tab,down", "app.focus_next"),
        ("shift+tab,up", "app.focus_previous"),
    )

    def __init__(
        self, form: Form, glyphs: Glyphs, waited: Callable[[], str], said: str = ""
    ) -> None:
        super().__init__()
        self.form = form
        self.glyphs = glyphs
        self.waited = waited
        self.said = said
        self.top = Lines(glyphs, id="approve-top")
        self.trouble = Lines(glyphs, id="approve-trouble")
        self.foot = Lines(glyphs, id="approve-foot")
        self.inputs: dict[str, Blank | Choices] = {}

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Rule(self.glyphs)
            yield self.top
            for field in self.form.fields:
                yield from self._field(field)
            yield self.trouble
            yield self.foot

    def _field(self, field: Field) -> ComposeResult:
        with Horizontal(classes="field-row"):
            label = Lines(self.glyphs)
            label.add_class("field-label")
            name = text.middle(text.safe(field.name), 16, self.glyphs.ellipsis)
            label.say([(f"   {name}", "")])
            yield label
            control = Choices(field, self.glyphs) if field.choices else Blank(field)
            self.inputs[field.name] = control
            yield control

    def on_mount(self) -> None:
        self._say_top()
        self.set_interval(_TICK, self._say_top)
        self._say_trouble(self.said)
        self._say_foot()
        first = next(iter(self.inputs.values()), None)
        if first is not None:
            first.focus()

    def on_resize(self) -> None:
        self._say_top()

    def _say_top(self) -> None:
        width = self.app.size.width
        title: Line = [
            (" ", ""),
            (f"{self.glyphs.of(State.WAITING)} {self.form.title}", STYLES[State.WAITING]),
        ]
        right: Line = [(f"waiting for {self.waited()} ", "dim")]
        lines = [paint.spread(title, right, width, self.glyphs.ellipsis)]
        rows = (folded([("   ", ""), (word, "")], width - 1) for word in self.form.words)
        words = [row for each in rows for row in each]
        lines += words[:_MOST_WORDS]
        if len(words) > _MOST_WORDS:
            lines.append([(f"   {self.glyphs.ellipsis} the rest: esc, then 2", "dim")])
        lines += [[(f"   {name:<17}", "dim"), (value, "")] for name, value in self.form.shows[:4]]
        self.top.styles.height = len(lines)
        self.top.say(*lines)

    def _say_trouble(self, said: str) -> None:
        self.trouble.display = bool(said)
        self.trouble.say([(f"   {self.glyphs.states[0]} {text.safe(said)}", "red")])

    def _say_foot(self) -> None:
        then: Line = [
            (f"   {'Then':<17}", "dim"),
            (self.form.then or "nothing else waits for it", ""),
        ]
        pairs = [("enter", "approve"), ("x" if not self._is_typing() else "ctrl-x", "reject")]
        pairs += [("tab", "next field")] if len(self.form.fields) > 1 else []
        self.foot.say(then, [], keys_line([*pairs, ("esc", "back")]))

    def _is_typing(self) -> bool:
        return isinstance(self.focused, Input)

    def on_descendant_focus(self) -> None:
        self._say_foot()

    def values(self) -> dict[str, str]:
        return {name: control.value for name, control in self.inputs.items()}

    @on(Input.Submitted)
    def action_approve(self) -> None:
        """Approve, unless a value that the template needs is missing."""
        values = self.values()
        absent = forms.missing(self.form, values)
        if absent:
            verb = "needs" if len(absent) == 1 else "need"
            self._say_trouble(f"{', '.join(absent)} {verb} a value")
            self.inputs[absent[0]].focus()
            return
        self.dismiss(Answer(node=self.form.node, values=values))

    def action_reject(self) -> None:
        self.dismiss(Answer(node=self.form.node, values={}, rejects=True))

    def action_back(self) -> None:
        self.dismiss(None)

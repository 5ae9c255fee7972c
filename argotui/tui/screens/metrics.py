"""The run's metrics over the whole screen, read again every second. Opened with `M`."""

from __future__ import annotations

from collections.abc import Callable

from textual import events, on
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Input

from argotui.tui import measured
from argotui.tui.look import Glyphs
from argotui.tui.presenter import Presenter
from argotui.tui.screens.sheets import keys_line, still
from argotui.tui.widgets import paint
from argotui.tui.widgets.lines import Lines, Page

_EVERY_SECONDS = 1.0


class MetricsScreen(ModalScreen[None]):
    """Leaves with esc, q or M; esc first ends the filter."""

    BINDINGS = paint.bound(("escape", "back"), ("q,M", "leave"), ("slash,ampersand", "keep"))

    def __init__(self, presenter: Presenter, now: Callable[[], float], glyphs: Glyphs) -> None:
        super().__init__()
        self.presenter = presenter
        self.now = now
        self.glyphs = glyphs
        self.wanted = ""
        self.page = Page(glyphs, id="metrics-page")
        self.top = Lines(glyphs, id="metrics-title")
        self.prompt = still(Input(compact=True, id="metrics-prompt"))
        self.foot = Lines(glyphs, id="metrics-foot")

    def compose(self) -> ComposeResult:
        yield self.top
        yield self.page
        yield self.prompt
        yield self.foot

    def on_mount(self) -> None:
        self.prompt.display = False
        self.prompt.placeholder = "& keep only what has this in its name, help or labels"
        self.foot.say(keys_line([("j k", "scroll"), ("/", "keep only"), ("esc", "back")]))
        self.page.focus()
        self.set_interval(_EVERY_SECONDS, self.say)

    def on_resize(self, event: events.Resize) -> None:
        self.say()

    def say(self) -> None:
        """Show the metrics as they stand now."""
        width, state = self.app.size.width, self.presenter.state
        left = [(" Metrics", "bold underline cyan")]
        if self.wanted:
            left += [(f"   &{self.wanted}", "yellow"), ("  esc shows all", "dim")]
        right = [(f"{measured.counted(state, self.now())} ", "dim")]
        self.top.say(paint.spread(left, right, width, self.glyphs.ellipsis))
        source = self.presenter.info.source if self.presenter.info is not None else {}
        self.page.say(
            measured.lines(
                state, source, width, now=self.now(), glyphs=self.glyphs, wanted=self.wanted
            )
        )

    @on(Input.Changed, "#metrics-prompt")
    def narrow(self, event: Input.Changed) -> None:
        self.wanted = event.value
        self.say()

    @on(Input.Submitted, "#metrics-prompt")
    def narrowed(self) -> None:
        self._end_prompt()

    def action_keep(self) -> None:
        self.prompt.display, self.foot.display = True, False
        self.prompt.value = self.wanted
        self.prompt.focus()

    def action_back(self) -> None:
        """End the filter, else leave."""
        if self.wanted or self.prompt.display:
            self.wanted = self.prompt.value = ""
            self._end_prompt()
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)

    def _end_prompt(self) -> None:
        self.prompt.display, self.foot.display = False, True
        self.page.focus()
        self.say()

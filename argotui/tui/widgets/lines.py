"""Lines of pieces on the screen: header, banners, titles, footer; and a scrolling page of them."""

from __future__ import annotations

from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from argotui.tui import draw
from argotui.tui.look import Glyphs
from argotui.tui.truth import Piece
from argotui.tui.widgets import paint
from argotui.tui.wrap import folded

Line = list[Piece]


class Lines(Widget):
    """As many lines as it is given; repaints only when they differ."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.glyphs = glyphs
        self._lines: list[Line] = []

    def say(self, *lines: Line) -> None:
        fresh = [draw.printable(line, self.glyphs) for line in lines]
        if fresh != self._lines:
            self._lines = fresh
            self.refresh()

    def render_line(self, y: int) -> Strip:
        if y >= len(self._lines):
            return Strip.blank(self.size.width)
        return paint.strip(self._lines[y], self.size.width, self.glyphs.ellipsis)


class Page(ScrollView, can_focus=True):
    """A page that is scrolled with the keys of a log; what is wider than it goes on below."""

    BINDINGS = paint.bound(
        ("j,down", "by(1)"),
        ("k,up", "by(-1)"),
        ("ctrl+d,pagedown,space", "by(10)"),
        ("ctrl+u,pageup", "by(-10)"),
        ("g,home", "by(-1000000)"),
        ("G,end", "by(1000000)"),
    )

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.glyphs = glyphs
        self.lines: list[Line] = []
        self._most = 0
        self._rows: list[Line] = []

    def say(self, lines: list[Line], *, from_top: bool = False, most: int = 0) -> None:
        """Show other lines; `from_top` for another node. `most`: rows that one line may take."""
        if from_top:
            self.scroll_to(y=0, animate=False, immediate=True)
        if lines == self.lines and most == self._most:
            return
        self.lines, self._most = lines, most
        self._fit()
        self.refresh(layout=self.styles.auto_dimensions)

    def _fit(self) -> None:
        width = self.size.width
        self._rows = self._folded(width)
        self.virtual_size = Size(width, len(self._rows))

    def _folded(self, width: int) -> list[Line]:
        sign = self.glyphs.ellipsis
        return [
            row
            for line in self.lines
            for row in folded(
                draw.printable(line, self.glyphs), width - 2, most=self._most, ellipsis=sign
            )
        ]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, len(self._folded(width)))

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def action_by(self, lines: int) -> None:
        top = max(0, min(self.scroll_offset.y + lines, len(self._rows) - self.size.height))
        self.scroll_to(y=top, animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        at = self.scroll_offset.y + y
        width = self.size.width
        if at >= len(self._rows):
            return Strip.blank(width)
        return paint.strip([(" ", ""), *self._rows[at]], width, self.glyphs.ellipsis)


class Wall(Widget):
    """The thin line between panes; `tee` is the line of the screen where another one begins."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="wall")
        self.glyphs = glyphs
        self._tee = -1

    def set_tee(self, y: int) -> None:
        if y != self._tee:
            self._tee = y
            self.refresh()

    def render_line(self, y: int) -> Strip:
        sign = self.glyphs.tee if y == self._tee else self.glyphs.wall
        return paint.strip([(sign, "dim")], self.size.width)


class Rule(Widget):
    """A thin line across a pane."""

    def __init__(self, glyphs: Glyphs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.glyphs = glyphs

    def render_line(self, y: int) -> Strip:
        return paint.strip([(self.glyphs.thin * self.size.width, "dim")], self.size.width)

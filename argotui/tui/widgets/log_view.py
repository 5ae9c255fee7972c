"""The log of one attempt: reads only the lines on the screen, follows, finds, filters, wraps.

Looks at the spool a few times a second and repaints only if there is more.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from argotui.tui import ansi, keys, text
from argotui.tui.log_source import LogSource, Search, expression
from argotui.tui.look import Glyphs
from argotui.tui.tree import pattern
from argotui.tui.widgets import paint

LOOK_EVERY = 0.15  # seconds between two looks at the spool: at most seven repaints a second
_LABELS = ("cyan", "green", "yellow", "magenta", "blue", "bright_cyan", "bright_green")
_MARK = Style.parse("black on yellow")
_SHIFT = 20  # cells of one step to the side
_LABEL_WIDTH = 18


class LogView(ScrollView, can_focus=True):
    """Lines of a LogSource. `following` keeps the last line in sight."""

    BINDINGS = paint.bindings(keys.LOG)

    class Changed(Message):
        """The status line reads differently now."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="log")
        self.glyphs = glyphs
        self.source: LogSource | None = None
        self.following = True
        self.wrapped = False
        self.timed = True
        self.is_over = False
        self.search: Search | None = None  # what was found with /
        self.filter: Search | None = None  # what is kept (&) or left out (!)
        self.keeps = True
        self.found_text = ""
        self.filter_text = ""
        self.at_hit = -1
        self._left_out: Sequence[int] = ()
        self._shift = 0
        self._screen: list[Strip] | None = None

    # --- what is shown -------------------------------------------------------------------------

    def open(self, source: LogSource | None, *, is_over: bool) -> None:
        """Show another log, from its end."""
        if self.source is not None:
            self.source.close()
        self.source, self.is_over = source, is_over
        self.following, self._shift = True, 0
        if source is not None:
            source.refresh()
        self._search_again()
        self._changed()

    def look(self) -> None:
        """See whether there is more; draw it if so. Nothing happens otherwise."""
        if self.source is None or not self.display:
            return
        spools = len(self.source.spools)
        if not self.source.refresh():
            return
        if len(self.source.spools) != spools:
            self._search_again()
        elif self._searches():
            self._run_searches()
        self._changed()

    @property
    def rows(self) -> int:
        """Lines to be scrolled over: those of the source, or what the filter leaves."""
        if self.filter is not None:
            return len(self.filter.hits) if self.keeps else len(self._left_out)
        return len(self.source) if self.source is not None else 0

    def number_of(self, row: int) -> int:
        """Return the number of the line that stands in `row`."""
        if self.filter is None:
            return row
        numbers = self.filter.hits if self.keeps else self._left_out
        return numbers[row] if row < len(numbers) else -1

    def _row_of(self, number: int) -> int:
        if self.filter is None:
            return number
        return bisect_left(self.filter.hits if self.keeps else self._left_out, number)

    def _changed(self) -> None:
        self._screen = None
        if self.filter is not None and not self.keeps and self.source is not None:
            hits = set(self.filter.hits)
            self._left_out = [at for at in range(len(self.source)) if at not in hits]
        self.virtual_size = Size(self.size.width, max(self.rows, 1))
        if self.following:
            self.scroll_to(y=self._last_top(), animate=False, immediate=True)
        self.refresh()
        self.post_message(self.Changed())

    def _last_top(self) -> int:
        """Return the first row on the screen when the last one is at its end."""
        if not self.wrapped:
            return max(0, self.rows - self.size.height)
        top, lines = self.rows, 0
        while top > 0:
            lines += len(self._lines_of(top - 1))
            if lines > self.size.height and top < self.rows:
                break
            top -= 1
        return top

    # --- drawing -------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        if self._screen is None:
            self._screen = self._paint()
        return self._screen[y] if y < len(self._screen) else Strip.blank(self.size.width)

    def _paint(self) -> list[Strip]:
        """Draw the screen once; every line of it is handed out from here."""
        height, top = self.size.height, self.scroll_offset.y
        lines: list[Strip] = []
        for row in range(top, min(self.rows, top + height)):
            lines.extend(self._lines_of(row))
            if len(lines) >= height:
                break
        if self.wrapped and self.following and len(lines) > height:
            return lines[-height:]
        return lines[:height]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        self._screen = None
        super().watch_scroll_y(old_value, new_value)

    def _lines_of(self, row: int) -> list[Strip]:
        """Return a line of the log as the lines of the screen that it takes."""
        number = self.number_of(row)
        found = self.source.line(number) if self.source is not None else None
        width = self.size.width
        if found is None:
            return [Strip.blank(width)]
        line, label = found
        gutter = self._gutter(line.at, label, line.stderr)
        runs = ansi.parse(line.text)
        if self.glyphs.is_ascii:
            runs = [(text.safe(run, ascii_only=True), look) for run, look in runs]
        for wanted in self._wanted_marks():
            runs = ansi.marked(runs, wanted, _MARK)
        return self._laid_out(gutter, runs, width, number)

    def _laid_out(
        self, gutter: list[Segment], runs: list[ansi.Run], width: int, number: int
    ) -> list[Strip]:
        lead = Strip(gutter)
        room = max(1, width - lead.cell_length)
        body = Strip([Segment(run, look) for run, look in runs if run])
        if not self.wrapped:
            end: list[Segment] = []
            if body.cell_length > self._shift + room:
                end = [Segment(self.glyphs.ellipsis, paint.style("dim"))]
                room = max(1, room - text.width(self.glyphs.ellipsis))
            shown = body.crop(self._shift, self._shift + room).adjust_cell_length(room)
            return [Strip([*lead, *shown, *end]).simplify()]
        parts = max(1, -(-body.cell_length // room))
        blank = Segment(" " * lead.cell_length)
        return [
            Strip(
                [
                    *(lead if part == 0 else [blank]),
                    *body.crop(part * room, (part + 1) * room).adjust_cell_length(room),
                ]
            )
            for part in range(min(parts, max(1, self.size.height)))
        ]

    def _gutter(self, at: float, label: str, stderr: bool) -> list[Segment]:
        pieces = [Segment(" ")]
        if self.timed:
            pieces.append(Segment(f"{text.clock(at)} ", paint.style("dim")))
        if self.source is not None and len(self.source.spools) > 1:
            colour = _LABELS[self._source_number(label) % len(_LABELS)]
            width = self._label_width()
            shown = text.pad(text.middle(label, width, self.glyphs.ellipsis), width)
            pieces.append(Segment(f"{shown} ", paint.style(colour)))
        if stderr:
            pieces.append(Segment("!" if self.glyphs.is_ascii else "▏", paint.style("red")))
        else:
            pieces.append(Segment(" "))
        return pieces

    def _label_width(self) -> int:
        assert self.source is not None
        widest = max(text.width(spool.label) for spool in self.source.spools)
        return min(widest, _LABEL_WIDTH, max(4, self.size.width // 4))

    def _source_number(self, label: str) -> int:
        assert self.source is not None
        labels = [spool.label for spool in self.source.spools]
        return labels.index(label) if label in labels else 0

    def on_resize(self, event: events.Resize) -> None:
        self._changed()

    # --- finding -------------------------------------------------------------------------------

    def find(self, wanted: str) -> None:
        """Search for what a person typed; the nearest hit at or below the screen's top is shown
        as soon as it is known."""
        self.found_text, self.at_hit = wanted, -1
        self.search = self._new_search(wanted)
        self._run_searches()
        self._changed()

    def keep(self, wanted: str, *, keeps: bool) -> None:
        """Show only the lines that match, or only the others; "" shows all again."""
        self.filter_text, self.keeps = wanted, keeps
        self.filter = self._new_search(wanted)
        self.following = True if not wanted else self.following
        self._run_searches()
        self._changed()

    def _new_search(self, wanted: str) -> Search | None:
        if not wanted or self.source is None:
            return None
        return Search(self.source, expression(wanted))

    def _search_again(self) -> None:
        self.search = self._new_search(self.found_text)
        self.filter = self._new_search(self.filter_text)
        self.at_hit = -1
        self._run_searches()

    def _searches(self) -> list[Search]:
        both = [search for search in (self.search, self.filter) if search is not None]
        return [search for search in both if not search.is_done]

    def _run_searches(self) -> None:
        """Look through the first slice at once, through the rest beside the screen."""
        for search in self._searches():
            search.advance()
        self._show_first_hit()
        if self._searches():
            self._search_on()

    @work(exclusive=True, group="search")
    async def _search_on(self) -> None:
        """Slice by slice, in a thread each, so that keys are never held up."""
        import asyncio

        while pending := self._searches():
            for search in pending:
                await asyncio.to_thread(search.advance)
            self._show_first_hit()
            self._changed()

    def _show_first_hit(self) -> None:
        if self.search is None or self.at_hit >= 0 or not len(self.search.hits):
            return
        top = self.number_of(self.scroll_offset.y) if self.rows else 0
        at = bisect_left(self.search.hits, top)
        if at < len(self.search.hits):
            self._go_to_hit(at)
        elif self.search.is_done:
            self._go_to_hit(len(self.search.hits) - 1)

    def next_hit(self, by: int) -> None:
        """Go to the hit after or before this one."""
        hits = self.search.hits if self.search is not None else ()
        if not len(hits):
            self.app.bell()
            return
        if self.at_hit < 0:
            self.at_hit = bisect_right(hits, self.number_of(self.scroll_offset.y)) - 1
        self._go_to_hit((self.at_hit + by) % len(hits))

    def _go_to_hit(self, at: int) -> None:
        assert self.search is not None
        self.at_hit = at
        self.following = False
        row = self._row_of(self.search.hits[at])
        top = self.scroll_offset.y
        if not top <= row < top + self.size.height - 1:
            self._to(row - self.size.height // 3)
        self._changed()

    def _wanted_marks(self) -> list[re.Pattern[str]]:
        kept = self.filter_text if self.keeps else ""
        return [pattern(wanted) for wanted in (self.found_text, kept) if wanted]

    # --- keys ----------------------------------------------------------------------------------

    def _to(self, row: int) -> None:
        self._screen = None
        row = max(0, min(row, max(0, self.rows - 1 if self.wrapped else self._last_top())))
        self.scroll_to(y=row, animate=False, immediate=True)

    def _by(self, rows: int) -> None:
        if rows < 0 and self.following:
            self.following = False
        self._to(self.scroll_offset.y + rows)
        self.refresh()
        self.post_message(self.Changed())

    def set_following(self, following: bool) -> None:
        self.following = following
        self._changed()

    def action_down(self) -> None:
        self._by(1)

    def action_up(self) -> None:
        self._by(-1)

    def action_half_down(self) -> None:
        self._by(max(1, self.size.height // 2))

    def action_half_up(self) -> None:
        self._by(-max(1, self.size.height // 2))

    def action_page_down(self) -> None:
        self._by(max(1, self.size.height - 1))

    def action_page_up(self) -> None:
        self._by(-max(1, self.size.height - 1))

    def action_top(self) -> None:
        self._by(-self.rows)

    def action_bottom(self) -> None:
        self.set_following(True)

    def action_wrap(self) -> None:
        self.wrapped, self._shift = not self.wrapped, 0
        self._changed()

    def action_time(self) -> None:
        self.timed = not self.timed
        self._changed()

    def action_left(self) -> None:
        self._shift = max(0, self._shift - _SHIFT)
        self._changed()

    def action_right(self) -> None:
        self._shift += 0 if self.wrapped else _SHIFT
        self._changed()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._by(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._by(3)

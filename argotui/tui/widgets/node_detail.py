"""The node pane: title with tabs, facts, and the log of the row that the cursor is on."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from textual.app import ComposeResult
from textual.containers import Vertical

from argotui.tui import facts, text
from argotui.tui.log_places import Attempt, attempts_of
from argotui.tui.log_source import LogSource
from argotui.tui.look import STYLES, Glyphs
from argotui.tui.presenter import Presenter
from argotui.tui.rows import Row
from argotui.tui.truth import Piece, full_name
from argotui.tui.widgets import paint
from argotui.tui.widgets.lines import Line, Lines, Page, Rule
from argotui.tui.widgets.log_view import LOOK_EVERY, LogView


class Tab(Enum):
    SUMMARY = "Summary"
    VALUES = "In/Out"
    LOG = "Log"
    MANIFEST = "Manifest"


_TABS = tuple(Tab)
_ABOVE_A_LOG = 3


class NodeDetail(Vertical):
    """Speaks of one row at a time; `show` changes which."""

    def __init__(self, presenter: Presenter, now: Callable[[], float], glyphs: Glyphs) -> None:
        super().__init__(id="node")
        self.presenter = presenter
        self.now = now
        self.glyphs = glyphs
        self.row: Row | None = None
        self.tab = Tab.SUMMARY
        self.attempts: list[Attempt] = []
        self.attempt = -1  # -1: the latest, whichever that is
        self._opened: Attempt | None = None
        self.log_view = LogView(glyphs)
        self.page = Page(glyphs, id="facts")
        self.title = Lines(glyphs, id="node-title")
        self.rule = Rule(glyphs, id="node-rule")
        self.log_status = Lines(glyphs, id="log-status")

    def compose(self) -> ComposeResult:
        yield self.title
        yield self.page
        yield self.rule
        yield self.log_view
        yield self.log_status

    def on_mount(self) -> None:
        self._arrange()
        self.set_interval(LOOK_EVERY, self._look)

    # --- what is shown -------------------------------------------------------------------------

    def show(self, row: Row | None) -> None:
        """Speak of another row."""
        if row is self.row:
            return
        self.row, self.attempt = row, -1
        self.page.scroll_to(y=0, animate=False, immediate=True)
        self.say_again()

    def say_again(self) -> None:
        """The row reads differently, or time has passed."""
        if self.row is not None and self.presenter.rows.get(self.row.key) is not self.row:
            self.row = self.presenter.rows.get(self.row.key)
        self.page.say(self._lines(), most=self._most_rows())
        self._open_log()
        self._say_title()
        self._say_status()

    def _lines(self) -> list[Line]:
        if self.row is None:
            return []
        if self.tab is Tab.VALUES:
            return facts.in_out(self.row)
        if self.tab is Tab.MANIFEST:
            return facts.manifest(self.row, self.presenter)
        return facts.summary(self.row, self.presenter, self.now(), self.glyphs)

    def _most_rows(self) -> int:
        """Of one line: above a log there is little room, a page of its own has all of it."""
        return _ABOVE_A_LOG if self.tab is Tab.SUMMARY and self.attempts else 0

    def _open_log(self) -> None:
        info = self.presenter.info
        self.attempts = attempts_of(self.row, info.logs) if self.row and info else []
        wanted = self.attempts[self.attempt] if self._has_attempt() else None
        self.set_class(wanted is None, "-no-log")
        opened = self._opened
        if wanted is not None and opened is not None and wanted.folders == opened.folders:
            self.log_view.is_over, self._opened = wanted.is_over, wanted
            return
        if wanted != self._opened:
            self._opened = wanted
            source = LogSource(wanted.folders) if wanted is not None else None
            self.log_view.open(source, is_over=wanted is None or wanted.is_over)

    def _has_attempt(self) -> bool:
        return bool(self.attempts) and -len(self.attempts) <= self.attempt < len(self.attempts)

    def _look(self) -> None:
        if self.display and self.log_view.display:
            self.log_view.look()

    # --- titles --------------------------------------------------------------------------------

    def _say_title(self) -> None:
        width = self.title.size.width
        if self.row is None:
            self.title.say([])
            return
        state = self.row.shown_state
        tabs = self._tab_pieces()
        room = width - sum(text.width(part) for part, _ in tabs) - 2
        said = facts.heading(self.row, state, self.now())
        left: list[Piece] = [
            (" ", ""),
            (
                text.middle(
                    full_name(self.row), max(8, room - text.width(said) - 6), self.glyphs.ellipsis
                ),
                "bold underline cyan" if self.has_focus_within else "bold",
            ),
            ("  ", ""),
            (f"{self.glyphs.of(state)} {said}", STYLES[state]),
        ]
        self.title.say(paint.spread(left, tabs, width, self.glyphs.ellipsis))

    def _tab_pieces(self) -> list[Piece]:
        pieces: list[Piece] = []
        for number, tab in enumerate(_TABS, 1):
            look = "bold" if tab is self.tab else "dim"
            pieces += [(f" {number} ", "dim"), (tab.value, look)]
        return [*pieces, (" ", "")]

    def _say_status(self) -> None:
        self.log_status.say(self._status_line())

    def _status_line(self) -> Line:
        view = self.log_view
        left: Line = [(" ", "")]
        if view.found_text:
            hits = len(view.search.hits) if view.search is not None else 0
            more = "+" if view.search is not None and not view.search.is_done else ""
            place = f"{view.at_hit + 1:,} of " if view.at_hit >= 0 else ""
            left += [(f"/{text.safe(view.found_text)}  {place}{hits:,}{more}   ", "")]
        if view.filter_text:
            sign = "&" if view.keeps else "!"
            left += [(f"{sign}{text.safe(view.filter_text)}  {view.rows:,} lines   ", "yellow")]
        if self._opened is not None and self._opened.name:
            left += [(self._opened.name, "dim")]
        right: Line = [(self._log_end(), "dim"), (" ", "")]
        return paint.spread(left, right, self.log_status.size.width, self.glyphs.ellipsis)

    def _log_end(self) -> str:
        source = self.log_view.source
        if source is None:
            return "no log" if self.row is not None else ""
        lines = text.plural(len(source), "line")
        if self.log_view.is_over:
            return lines if len(source) else "no output"
        if not len(source):
            return "no output yet"
        return f"follow {'on' if self.log_view.following else 'off'}  {lines}"

    def on_log_view_changed(self) -> None:
        self._say_status()

    def on_descendant_focus(self) -> None:
        self._say_title()

    def on_descendant_blur(self) -> None:
        self._say_title()

    def on_resize(self) -> None:
        self.say_again()

    # --- tabs and attempts ---------------------------------------------------------------------

    def choose_number(self, number: int) -> None:
        self.choose(_TABS[number - 1])

    def choose(self, tab: Tab) -> None:
        self.tab = tab
        self._arrange()
        self.page.say(self._lines(), from_top=True, most=self._most_rows())
        self._say_title()

    def _arrange(self) -> None:
        """Summary stands above the log; every other tab has the pane for itself."""
        for tab in _TABS:
            self.set_class(tab is self.tab, f"-{tab.name.lower()}")

    def focus_inside(self) -> None:
        """Put the keys to what the tab is about."""
        on_page = self.tab in (Tab.VALUES, Tab.MANIFEST) or not self.attempts
        (self.page if on_page else self.log_view).focus()

    def other_attempt(self, by: int) -> None:
        at = self.attempt % len(self.attempts) + by if self.attempts else -1
        if not 0 <= at < len(self.attempts):
            self.app.bell()
            return
        self.attempt = -1 if at == len(self.attempts) - 1 else at
        self.say_again()

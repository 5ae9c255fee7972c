"""The tree of the run: draws the presenter's rows that are on the screen, and moves the cursor.

The cursor sits on a row, not on a line: what comes or goes above it never moves it.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from argotui.tui import draw, heading, keys, tree
from argotui.tui.look import ENDED, OPEN, Glyphs, State
from argotui.tui.presenter import Edits, Presenter
from argotui.tui.rows import Row
from argotui.tui.tails import Tails
from argotui.tui.widgets import paint


class RunTree(ScrollView, can_focus=True):
    """Lines of `presenter.shown`. `following` moves the cursor to where something happens."""

    BINDINGS = paint.bindings(keys.TREE)

    class Moved(Message):
        """The cursor is on another row. `by_hand`: a person moved it."""

        def __init__(self, row: Row | None, by_hand: bool) -> None:
            super().__init__()
            self.row = row
            self.by_hand = by_hand

    class Wanted(Message):
        """A key was pressed that is about the node under the cursor."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, presenter: Presenter, now: Callable[[], float], glyphs: Glyphs) -> None:
        super().__init__(id="tree")
        self.presenter = presenter
        self.now = now
        self.glyphs = glyphs
        self.cursor: Row | None = None
        self.following = True
        self.gone: str | None = None
        self.waited = 0.0  # seconds since the driver was asked for
        self._tails = Tails()
        presenter.tails = self._tails.lines
        self._columns = draw.Columns.of(80)

    # --- drawing -------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        index = self.scroll_offset.y + y
        if not len(self.presenter.shown):
            return self._placeholder(y, width)
        if not 0 <= index < len(self.presenter.shown):
            return Strip.blank(width)
        row = self.presenter.shown[index]
        pieces = draw.row_pieces(
            row,
            self.presenter,
            self._columns,
            now=self.now(),
            glyphs=self.glyphs,
            at_cursor=row is self.cursor,
            focused=self.has_focus,
        )
        return paint.strip(pieces, width, self.glyphs.ellipsis)

    def _placeholder(self, y: int, width: int) -> Strip:
        """Loading, empty and lost: one line where the first row would be."""
        if y != 1:
            return Strip.blank(width)
        said = heading.placeholder(self.presenter, self.gone, self.waited, self.glyphs)
        return paint.strip([(f"   {said}", "dim")], width, self.glyphs.ellipsis)

    def on_resize(self, event: events.Resize) -> None:
        self._columns = draw.Columns.of(event.size.width)
        self._fit()
        self._keep_in_sight()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def tick(self, *, is_over: bool) -> None:
        """A second has passed: only rows that are still open tell a new time."""
        if not len(self.presenter.shown) and not is_over:
            self.refresh()
        rows = self.presenter.shown.window(self.scroll_offset.y, self.size.height)
        new = self.look_at_tails()
        for line, row in enumerate(rows):
            if row in new or (row.state in OPEN and not is_over):
                self.refresh_line(self.scroll_offset.y + line)

    def look_at_tails(self, among: set[Row] | None = None) -> set[Row]:
        """Read what the steps on the screen printed last; `among` these, if any are given."""
        if self.presenter.info is None:
            return set()
        rows = self.presenter.shown.window(self.scroll_offset.y, self.size.height)
        wanted = [row for row in rows if among is None or row in among]
        return self._tails.look(wanted, self.presenter.info.logs)

    # --- what the presenter did ----------------------------------------------------------------

    def before_edits(self) -> int:
        """Return the screen line of the cursor; to be handed to `show_edits`."""
        return self._line_of_cursor()

    def show_edits(self, edits: Edits, line: int) -> None:
        """Draw what a batch changed, the cursor's row where it was. What has just ended is asked
        for its last words at once: it is drawn with them."""
        if any(row.state in ENDED for row in edits.changed):
            edits.changed |= self.look_at_tails(edits.changed)
        if edits.spliced:
            self._settle_cursor(line)
        else:
            self._redraw(edits.changed)
        if self.following:
            self._follow()

    def _redraw(self, changed: set[Row]) -> None:
        top = self.scroll_offset.y
        for line, row in enumerate(self.presenter.shown.window(top, self.size.height)):
            if row in changed:
                self.refresh_line(top + line)

    def _settle_cursor(self, line: int) -> None:
        """Rows came or went: hold the cursor's row on its line of the screen."""
        row = self.presenter.in_view(self.cursor)
        if row is not self.cursor:
            self._put(row, by_hand=False)
        at = self.presenter.shown.index(row) if row is not None else 0
        top = max(0, at - max(0, line))
        self._fit(slack=top + self.size.height)
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()

    def _line_of_cursor(self) -> int:
        if self.cursor is None:
            return 0
        at = self.presenter.shown.index(self.cursor)
        return at - self.scroll_offset.y if at >= 0 else 0

    def _fit(self, slack: int = 0) -> None:
        """Make room for all rows; `slack` lines at least, so that a row need not move."""
        height = max(len(self.presenter.shown), slack)
        self.virtual_size = Size(self.size.width, height)

    # --- the cursor ----------------------------------------------------------------------------

    def go(self, row: Row | None, *, by_hand: bool = True) -> None:
        """Put the cursor on a row, unfolding what hides it."""
        if row is None:
            self.app.bell()
            return
        if row.block is None:
            self.presenter.reveal(row)
            self._fit()
            self.refresh()
        if by_hand:
            self.stop_following()
        self._put(row, by_hand=by_hand)
        self._keep_in_sight()

    def _put(self, row: Row | None, *, by_hand: bool) -> None:
        if row is self.cursor:
            return
        before, self.cursor = self.cursor, row
        for one in (before, row):
            at = self.presenter.shown.index(one) if one is not None else -1
            if at >= 0:
                self.refresh_line(at)
        self.post_message(self.Moved(row, by_hand))

    def _keep_in_sight(self) -> None:
        """Scroll as little as shows the cursor with two rows around it."""
        at = self.presenter.shown.index(self.cursor) if self.cursor is not None else -1
        height = self.size.height
        if at < 0 or height <= 0:
            return
        top = self.scroll_offset.y
        margin = min(2, max(0, (height - 1) // 2))
        highest, lowest = at - height + 1 + margin, at - margin
        wanted = max(min(top, lowest), highest)
        wanted = max(0, min(wanted, max(0, len(self.presenter.shown) - height)))
        self._fit()
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True)

    def step(self, by: int) -> None:
        """Move by hand, `by` rows."""
        shown = self.presenter.shown
        if not len(shown):
            return
        at = shown.index(self.cursor) if self.cursor is not None else 0
        self.go(shown[max(0, min(len(shown) - 1, at + by))])

    def _follow(self) -> None:
        waiting = next(iter(self.presenter.waiting.values()), None)
        if waiting is not None and self.cursor is waiting:
            return
        row = waiting or tree.newest_open(self.presenter.roots)
        if row is not None and self.cursor is not None and self._still_worth(row):
            return
        shown = self.presenter.in_view(row) if row is not None else None
        if shown is not None:
            self.go(shown, by_hand=False)

    def _still_worth(self, row: Row) -> bool:
        """A follower stays with an open leaf until it ends, unless a person is needed."""
        assert self.cursor is not None
        return (
            row.state is not State.WAITING
            and self.cursor.state not in ENDED
            and not self.cursor.inner
            and self.cursor.node is not None
        )

    def set_following(self, following: bool) -> None:
        self.following = following
        if following:
            self._follow()

    def stop_following(self) -> None:
        if self.following:
            self.following = False
            self.post_message(self.Wanted("follow_changed"))

    # --- keys ----------------------------------------------------------------------------------

    def action_down(self) -> None:
        self.step(1)

    def action_up(self) -> None:
        self.step(-1)

    def action_half_down(self) -> None:
        self.step(max(1, self.size.height // 2))

    def action_half_up(self) -> None:
        self.step(-max(1, self.size.height // 2))

    def action_page_down(self) -> None:
        self.step(max(1, self.size.height - 1))

    def action_page_up(self) -> None:
        self.step(-max(1, self.size.height - 1))

    def action_top(self) -> None:
        self.step(-len(self.presenter.shown))

    def action_bottom(self) -> None:
        self.step(len(self.presenter.shown))

    def action_unfold(self) -> None:
        self._fold(False)

    def action_fold(self) -> None:
        if self.cursor is not None and not self._fold(True):
            above = self.presenter.in_view(self.cursor.parent)
            if self.cursor.parent is not None:
                self.go(above)

    def action_fold_toggle(self) -> None:
        if self.cursor is not None and not self._fold(not self.cursor.is_folded):
            self.app.bell()

    def _fold(self, folded: bool) -> bool:
        if self.cursor is None:
            return False
        line = self._line_of_cursor()
        if not self.presenter.set_fold(self.cursor, folded):
            return False
        self.stop_following()
        self._settle_cursor(line)
        return True

    def action_open(self) -> None:
        self.post_message(self.Wanted("open"))

    def action_logs(self) -> None:
        self.post_message(self.Wanted("logs"))

    def action_approve(self) -> None:
        self.post_message(self.Wanted("approve"))

    def action_reject(self) -> None:
        self.post_message(self.Wanted("reject"))

    def action_next_waiting(self) -> None:
        self.go(tree.next_with(self.presenter.roots, self.cursor, (State.WAITING,)))

    def action_next_failed(self) -> None:
        failed = (State.FAILED, State.ERROR)
        self.go(tree.next_with(self.presenter.roots, self.cursor, failed))

    # --- the mouse -----------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        index = self.scroll_offset.y + event.y
        if not 0 <= index < len(self.presenter.shown):
            return
        row = self.presenter.shown[index]
        if row is self.cursor and event.chain == 2:
            self.action_open()
        else:
            self.go(row)

"""The run screen: header, tree, node pane, footer. Lays them out, and passes keys on.

Decides nothing about the run: what a person asks for goes to `Steering`. Screens that are opened
with a key are imported when they are: the first frame does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from argotui.tui import heading, keys
from argotui.tui.keys import Situation
from argotui.tui.log_places import has_log
from argotui.tui.look import BAD, Glyphs
from argotui.tui.presenter import Edits, Presenter
from argotui.tui.screens.seeking import Seeking
from argotui.tui.show import Hint
from argotui.tui.steering import Steering
from argotui.tui.truth import Piece
from argotui.tui.widgets import paint
from argotui.tui.widgets.footer import footer_line
from argotui.tui.widgets.lines import Lines, Wall
from argotui.tui.widgets.log_view import LogView
from argotui.tui.widgets.node_detail import NodeDetail, Tab
from argotui.tui.widgets.run_tree import RunTree
from argotui.tui.wrap import folded

WIDE = 110  # columns from which tree and node stand side by side
_BANNER_ROWS = 3  # of what went wrong, or was noticed
_MANY = 99  # rows from which their number is shown


class RunScreen(Screen[None]):
    """Narrow: one pane at a time (`-on-node` says which). Wide: both, unless one is zoomed."""

    BINDINGS = paint.bindings(keys.ANYWHERE, keys.NODE)
    AUTO_FOCUS = "#tree"

    def __init__(
        self, presenter: Presenter, hint: Hint, now: Callable[[], float], glyphs: Glyphs
    ) -> None:
        super().__init__()
        self.presenter = presenter
        self.hint = hint
        self.now = now
        self.glyphs = glyphs
        self.steering: Steering
        self.gone: str | None = None
        self.saying = ""
        self._banner_height = -1
        self.seeking = Seeking(self)
        self.header = Lines(glyphs, id="header")
        self.banner = Lines(glyphs, id="banner")
        self.tree_title = Lines(glyphs, id="tree-title")
        self.run_tree = RunTree(presenter, now, glyphs)
        self.wall = Wall(glyphs)
        self.detail = NodeDetail(presenter, now, glyphs)
        self.prompt = Input(compact=True, id="prompt")
        self.foot = Lines(glyphs, id="footer")

    def compose(self) -> ComposeResult:
        yield self.header
        yield self.banner
        with Horizontal(id="body"):
            with Vertical(id="tree-pane"):
                yield self.tree_title
                yield self.run_tree
            yield self.wall
            yield self.detail
        yield self.prompt
        yield self.foot

    def on_mount(self) -> None:
        self.prompt.display = self.prompt.cursor_blink = False
        self.say_all()

    # --- layout --------------------------------------------------------------------------------

    @property
    def is_wide(self) -> bool:
        return self.size.width >= WIDE

    @property
    def node_alone(self) -> bool:
        """Only the node pane is on the screen."""
        return self.has_class("-on-node") and (not self.is_wide or self.has_class("-zoom"))

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= WIDE, "-wide")
        self.call_after_refresh(self.say_all)

    def open_node(self, tab: Tab | None = None) -> None:
        """Turn to the node pane; alone on a narrow screen."""
        self.add_class("-on-node")
        self.detail.show(self.run_tree.cursor)
        self.detail.choose(tab or self.detail.tab)
        self.call_after_refresh(self._focus_detail)

    def _focus_detail(self) -> None:
        self.detail.focus_inside()
        self.say_again()

    def close_node(self) -> None:
        self.remove_class("-on-node")
        self.run_tree.focus()
        self.call_after_refresh(self.say_again)

    # --- what is said --------------------------------------------------------------------------

    def say_all(self) -> None:
        self.detail.show(self.run_tree.cursor)
        self.detail.say_again()
        self.say_again()

    def say_again(self) -> None:
        """Header, banner, titles and footer as things stand."""
        gone = self.gone is not None
        self.header.say(
            *heading.lines(
                self.presenter,
                self.hint,
                self.size.width,
                now=self.now(),
                glyphs=self.glyphs,
                gone=gone,
            )
        )
        self._say_banner()
        self.tree_title.say(self._title_line())
        self.call_after_refresh(self._say_tee)
        self.foot.say(
            footer_line(
                self.situation(),
                self.size.width,
                self.glyphs,
                said=self.saying,
                right=self._right_end(),
            )
        )

    @on(LogView.Changed)
    def _say_tee(self) -> None:
        """Join the wall to the rule, wherever the layout has put that."""
        shown = self.detail.rule.display and self.detail.rule.region.height
        self.wall.set_tee(self.detail.rule.region.y - self.wall.region.y if shown else -1)

    def _title_line(self) -> list[Piece]:
        """The tree's title, for the wide screen; a narrow one says the same in its footer."""
        look = "bold underline cyan" if self.run_tree.has_focus else "dim"
        left = [("   ", ""), ("Tree", look), *self._filter_pieces()]
        right = [(f"{self._tree_end()} ", "dim")]
        return paint.spread(left, right, self.tree_title.size.width, self.glyphs.ellipsis)

    def _filter_pieces(self) -> list[Piece]:
        wanted = self.presenter.filter
        if wanted is None:
            return []
        sign = "&" if wanted.keeps else "!"
        return [(f"   {sign}{wanted.text}", "yellow"), ("  esc shows all", "dim")]

    def _say_banner(self) -> None:
        width, sign = self.size.width - 1, self.glyphs.ellipsis
        lines = [
            row
            for line in self.steering.banner_lines()
            for row in folded(line, width, most=_BANNER_ROWS, ellipsis=sign)
        ]
        if len(lines) != self._banner_height:
            self._banner_height = self.banner.styles.height = len(lines)
            self.banner.display = bool(lines)
        self.banner.say(*lines)

    def _right_end(self) -> str:
        if self.is_wide or self.situation().place != keys.TREE:
            return ""
        wanted = self.presenter.filter
        if wanted is None:
            return self._tree_end()
        return f"{'&' if wanted.keeps else '!'}{wanted.text}  esc shows all"

    def _tree_end(self) -> str:
        """Where in a long tree the cursor is, and whether it follows."""
        count = len(self.presenter.shown)
        at = self.presenter.shown.index(self.run_tree.cursor) + 1 if self.run_tree.cursor else 0
        place = f"{at:,}/{count:,}" if count > _MANY else ""
        if self.presenter.state.run.phase.is_completed or self.gone is not None or not count:
            return place
        return f"{place}  follow {'on' if self.run_tree.following else 'off'}".strip()

    def situation(self) -> Situation:
        """Return where the keys go, for footer and palette."""
        row, run = self.run_tree.cursor, self.presenter.state.run
        place = keys.TREE
        if self.detail.has_focus_within or self.node_alone:
            place = keys.NODE if self.detail.page.has_focus else keys.LOG
        counts = self.presenter.counts
        return Situation(
            place=place,
            state=row.state if row is not None and row.key not in self.presenter.asked else None,
            attempts=len(self.detail.attempts),
            can_fold=row is not None and row.can_fold,
            has_log=row is not None and has_log(row),
            waiting=len(self.presenter.waiting),
            failed=sum(counts[state] for state in BAD) if counts else 0,
            run_open=not run.phase.is_completed,
            suspended=run.suspended,
            driver_gone=self.gone is not None,
            can_rerun=self.steering.can_rerun,
            narrow=not self.is_wide,
        )

    def say(self, words: str) -> None:
        """Put a line into the footer's place for a few seconds."""
        self.saying = words
        self.say_again()
        self.set_timer(4, self._unsay)

    def _unsay(self) -> None:
        self.saying = ""
        self._banner_height = -1
        self.say_again()

    def show_edits(self, edits: Edits, line: int) -> None:
        """Draw what a batch changed."""
        self.run_tree.show_edits(edits, line)
        if self.detail.row in edits.changed or edits.spliced or self.detail.row is None:
            self.detail.show(self.run_tree.cursor)
            self.detail.say_again()
        self.say_again()

    def tick(self) -> None:
        """A second has passed."""
        is_over = self.presenter.state.run.phase.is_completed or self.gone is not None
        self.run_tree.tick(is_over=is_over)
        if not is_over:
            self.detail.say_again()
            self.say_again()

    @on(RunTree.Moved)
    def follow_cursor(self) -> None:
        self.detail.show(self.run_tree.cursor)
        self.say_again()

    @on(RunTree.Wanted)
    def tree_wanted(self, message: RunTree.Wanted) -> None:
        match message.what:
            case "open":
                self.open_node(Tab.SUMMARY)
            case "logs":
                self.open_node(Tab.SUMMARY if self.is_wide else Tab.LOG)
            case "approve":
                self.steering.approve()
            case "reject":
                self.steering.reject()
        self.say_again()

    def on_descendant_focus(self) -> None:
        self.say_again()

    @on(Input.Submitted, "#prompt")
    def sought(self, event: Input.Submitted) -> None:
        self.seeking.take(event.value)

    # --- keys ----------------------------------------------------------------------------------

    def action_find(self) -> None:
        self.seeking.ask("find")

    def action_keep(self) -> None:
        self.seeking.ask("keep")

    def action_leave_out(self) -> None:
        self.seeking.ask("leave_out")

    def action_find_next(self) -> None:
        self.seeking.find_on(1)

    def action_find_before(self) -> None:
        self.seeking.find_on(-1)

    def action_follow(self) -> None:
        if self.situation().place == keys.LOG:
            self.detail.log_view.set_following(not self.detail.log_view.following)
        else:
            self.run_tree.set_following(not self.run_tree.following)
        self.say_again()

    def action_zoom(self) -> None:
        if self.is_wide:
            self.set_class(self.situation().place != keys.TREE, "-on-node")
            self.toggle_class("-zoom")
        elif self.has_class("-on-node"):
            self.close_node()
        else:
            self.open_node()
        self.call_after_refresh(self.say_all)

    def action_next_pane(self) -> None:
        if self.prompt.display:
            self.seeking.end()
        elif self.run_tree.has_focus:
            self.open_node()
        elif self.detail.page.has_focus and self.detail.tab is Tab.SUMMARY:
            self.detail.log_view.focus()
        else:
            self.close_node()

    def action_pane_before(self) -> None:
        self.action_next_pane()

    def action_tab(self, number: int) -> None:
        self.detail.choose_number(number)
        self.open_node()

    def action_tab_1(self) -> None:
        self.action_tab(1)

    def action_tab_2(self) -> None:
        self.action_tab(2)

    def action_tab_3(self) -> None:
        self.action_tab(3)

    def action_tab_4(self) -> None:
        self.action_tab(4)

    def action_attempt_before(self) -> None:
        self.detail.other_attempt(-1)

    def action_attempt_after(self) -> None:
        self.detail.other_attempt(1)

    def action_back(self) -> None:
        """One step back; never out of the program."""
        view = self.detail.log_view
        if self.prompt.display:
            self.seeking.end()
        elif view.has_focus and (view.found_text or view.filter_text):
            view.find("")
            view.keep("", keeps=True)
        elif self.has_class("-zoom"):
            self.action_zoom()
        elif not self.run_tree.has_focus or self.has_class("-on-node"):
            self.close_node()
        elif self.presenter.filter is not None:
            self.seeking.filter_tree(None)
        self.say_again()

    def action_quit(self) -> None:
        if self.has_class("-zoom") or self.has_class("-on-node") or not self.run_tree.has_focus:
            if self.has_class("-zoom"):
                self.action_zoom()
            else:
                self.close_node()
        else:
            self.steering.leave()

    def action_help(self) -> None:
        from argotui.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.situation().place, self.glyphs))

    def action_metrics(self) -> None:
        from argotui.tui.screens.metrics import MetricsScreen

        self.app.push_screen(MetricsScreen(self.presenter, self.now, self.glyphs))

    def action_palette(self) -> None:
        self.steering.palette()

    def action_interrupt(self) -> None:
        self.steering.ask_to_leave()

    def action_reconnect(self) -> None:
        self.steering.reconnect()

    def action_rerun(self) -> None:
        self.steering.rerun()

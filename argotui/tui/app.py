"""The app: theme, feed, clock, and the way out. Everything to be seen is in screens and widgets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from textual import on, work
from textual.app import App

from argotui.driver.port import RunPort
from argotui.model.errors import RuntimeFault
from argotui.model.events import Request
from argotui.model.status import RunPhase
from argotui.tui import tree
from argotui.tui.feed import Connected, Gone, News, feed
from argotui.tui.log_places import has_log
from argotui.tui.look import ASCII, BAD, glyphs_for, run_state
from argotui.tui.presenter import Edits, Presenter
from argotui.tui.screens.run import RunScreen
from argotui.tui.show import Connect, Hint, Left, Options, Way
from argotui.tui.steering import Steering
from argotui.tui.widgets import paint
from argotui.tui.widgets.node_detail import Tab

_TICK = 1.0
_SOON = 0.35  # just after the moment from which a wait is spoken of


class ArgotuiApp(App[Left]):
    """Shows one run. `leave` ends it with how the person left."""

    CSS_PATH: ClassVar = ["app.tcss", "screens/run.tcss"]  # a screen's own costs another parse
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = paint.first("ctrl+c", "interrupt")
    TITLE = "argotui"

    def __init__(self, connect: Connect, *, hint: Hint, options: Options) -> None:
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"
        self.animation_level = "none"
        self.connect = connect
        self.hint = hint
        self.options = options
        self._stopped_at: float | None = None  # when the driver was last heard of
        self.presenter = Presenter()
        self.port: RunPort | None = None
        self.began = options.now()
        glyphs = ASCII if options.ascii_only else glyphs_for()
        self.run_screen = RunScreen(self.presenter, hint, self.now, glyphs)
        self.run_screen.steering = Steering(self, self.run_screen)
        self._had_ended = True  # what has ended before we came is no news

    def get_default_screen(self) -> RunScreen:
        return self.run_screen

    def on_mount(self) -> None:
        self.set_interval(_TICK, self._tick)
        self.set_timer(_SOON, self._tick)
        self._start_feed()
        if self.options.notices is not None:
            self._watch_notices()

    @work(exclusive=True, group="feed")
    async def _start_feed(self) -> None:
        await feed(self.connect, self.post_message)

    def _tick(self) -> None:
        self.run_screen.run_tree.waited = self.options.now() - self.began
        self.run_screen.tick()

    def now(self) -> float:
        """The time; it stands still once nobody tells how things go on."""
        return self.options.now() if self._stopped_at is None else self._stopped_at

    # --- what the driver says ------------------------------------------------------------------

    @on(Connected)
    def connected(self, message: Connected) -> None:
        self.port = message.port
        self._stopped_at = self.run_screen.gone = self.run_screen.run_tree.gone = None
        tree_view = self.run_screen.run_tree
        line = tree_view.before_edits()
        cursor = tree_view.cursor.key if tree_view.cursor is not None else ""
        self.presenter.reset(message.snapshot)
        tree_view.cursor = self.presenter.rows.get(cursor)
        self._had_ended = False
        tree_view.show_edits(Edits(spliced=True, run=True), line)
        self.run_screen.saying = ""  # what was said of the connection is over
        self.run_screen.say_all()
        self.run_screen.tick()
        self._note_end()

    @on(News)
    def news(self, message: News) -> None:
        line = self.run_screen.run_tree.before_edits()
        edits = self.presenter.apply(message.changes, message.outlook)
        self.run_screen.show_edits(edits, line)
        self.run_screen.steering.close_stale_sheet()
        if edits.notes:
            self.run_screen.say(edits.notes[-1])
        if edits.run:
            self._note_end()
        message.taken.set()

    @on(Gone)
    def lost(self, message: Gone) -> None:
        if self.presenter.state.run.phase.is_completed:
            return
        self._stopped_at = self.options.now()
        self.run_screen.gone = message.why
        self.run_screen.run_tree.gone = message.why
        self.run_screen.run_tree.refresh()
        self.run_screen.say_all()

    def _note_end(self) -> None:
        """The run has just ended: on success leave if so asked, on failure show where."""
        phase = self.presenter.state.run.phase
        if self._had_ended or not phase.is_completed:
            return
        self._had_ended = True
        if phase is RunPhase.SUCCEEDED and self.options.exit_on_success:
            self.leave(Way.ENDED)
        elif run_state(phase) in BAD:
            self._show_failure()
        self.run_screen.run_tree.following = False
        self.run_screen.say_again()

    def _show_failure(self) -> None:
        """Only a follower is taken to the failed step: nobody's cursor moves by itself."""
        row = tree.first_failed(self.presenter.roots)
        view = self.run_screen.run_tree
        if row is None or not view.following or self.screen is not self.run_screen:
            return
        view.go(row, by_hand=False)
        has_room = self.run_screen.is_wide or not has_log(row)
        self.run_screen.open_node(Tab.SUMMARY if has_room else Tab.LOG)

    # --- what the person says ------------------------------------------------------------------

    def submit(self, request: Request, refused: Callable[[str], None]) -> None:
        """Send a request; `refused` gets the reason if it is not taken."""
        self._submit(request, refused)

    @work
    async def _submit(self, request: Request, refused: Callable[[str], None]) -> None:
        if self.port is None:
            refused("not connected yet")
            return
        try:
            verdict = await self.port.submit(request)
        except (RuntimeFault, OSError) as fault:
            refused(f"the driver did not answer: {fault}")
            return
        if not verdict.accepted:
            refused(verdict.why or "refused")

    def reconnect(self) -> None:
        self.began = self.options.now()
        self._start_feed()
        self.run_screen.say("asking the driver for the run")

    @work
    async def _watch_notices(self) -> None:
        assert self.options.notices is not None
        async for notice in self.options.notices:
            self.run_screen.steering.notice = notice
            self.run_screen.say_again()
            if notice.can_rerun and self.options.rerun_by_itself:
                self.leave(Way.RERUN)
                return

    # --- leaving -------------------------------------------------------------------------------

    def left(self, way: Way) -> Left:
        state = self.presenter.state if self.presenter.info is not None else None
        return Left(
            way=way,
            state=state,
            info=self.presenter.info,
            outlook=dict(self.presenter.outlook),
            why=self.run_screen.gone or "",
        )

    def leave(self, way: Way) -> None:
        self._close_and_exit(way)

    @work
    async def _close_and_exit(self, way: Way) -> None:
        if self.port is not None:
            with suppress(RuntimeFault, OSError, TimeoutError):
                await asyncio.wait_for(self.port.close(), timeout=1)
        self.exit(self.left(way))

    def action_interrupt(self) -> None:
        """ctrl-c: out of a sheet as esc is, else the question; the same wherever the keys are."""
        if self.screen is not self.run_screen:
            self.screen.dismiss(None)
        elif self.run_screen.prompt.display:
            self.run_screen.seeking.end()
        else:
            self.run_screen.steering.ask_to_leave()

    async def action_quit(self) -> None:
        """Textual's own way out is ours: it asks, or goes a step back."""
        self.run_screen.steering.leave()

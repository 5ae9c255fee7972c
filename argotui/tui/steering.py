"""What a person asks of the run: approve, reject, stop, leave. Talks to the port through the app.

Owned by the run screen. Every wish is shown as a wish until the change arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from argotui.model.events import (
    NodeSetRequested,
    Request,
    ResumeRequested,
    RunSuspendToggled,
    ShutdownRequested,
)
from argotui.model.status import NodePhase, Shutdown
from argotui.tui import forms, heading, keys, text, tree
from argotui.tui.draw import lasted
from argotui.tui.look import BAD, State, run_state
from argotui.tui.rows import Row
from argotui.tui.screens.sheets import AskSheet, Choice, PaletteSheet, ReasonSheet
from argotui.tui.show import Notice, Way
from argotui.tui.truth import Piece

if TYPE_CHECKING:
    from argotui.tui.app import ArgotuiApp
    from argotui.tui.screens.approve import Answer
    from argotui.tui.screens.run import RunScreen

_MOST_PROBLEMS = 4


class Steering:
    """One a run screen."""

    def __init__(self, app: ArgotuiApp, screen: RunScreen) -> None:
        self.app = app
        self.screen = screen
        self.presenter = screen.presenter
        self.notice: Notice | None = None

    # --- approving -----------------------------------------------------------------------------

    def waiting_row(self) -> Row | None:
        """Return the waiting row under the cursor. On any other row the cursor first goes to one
        that waits, and nothing is asked: nobody approves what they did not look at."""
        row = self.screen.run_tree.cursor
        if row is not None and row.state is State.WAITING:
            if row.key in self.presenter.asked:
                self.screen.say(f"{self.presenter.asked[row.key]} already; no answer yet")
                return None
            return row
        other = tree.next_with(self.presenter.roots, row, (State.WAITING,))
        if other is None:
            self.app.bell()
            self.screen.say("no step waits for you")
        else:
            self.screen.run_tree.go(other)
            self.screen.say(f"{other.label} waits for you; once more to decide")
        return None

    def approve(self, said: str = "") -> None:
        if self._cannot_steer():
            return
        row = self.waiting_row()
        if row is None or row.node is None or self.presenter.info is None:
            return
        self._open_sheet(row, said)

    def _open_sheet(self, row: Row, said: str) -> None:
        from argotui.tui.screens.approve import ApproveSheet

        assert row.node is not None
        source = self.presenter.info.source if self.presenter.info is not None else {}
        form = forms.form_for(row.node, source, self.presenter.outlook)

        def waited() -> str:
            return text.brief(lasted(row, self.screen.now()) or 0)

        sheet = ApproveSheet(form, self.screen.glyphs, waited, said)
        self.app.push_screen(sheet, self._answered)

    def _answered(self, answer: Answer | None) -> None:
        if answer is None:
            return
        row = self.presenter.waiting.get(answer.node)
        if row is None:
            self.screen.say("it does not wait any more")
        elif answer.rejects:
            self._ask_reason(row)
        else:
            request = ResumeRequested(
                node_name=answer.node, values=answer.values, by=self.app.options.by
            )
            self._wish(row, "approving", request)

    def reject(self, said: str = "") -> None:
        if self._cannot_steer():
            return
        row = self.waiting_row()
        if row is not None:
            self._ask_reason(row, said)

    def _ask_reason(self, row: Row, said: str = "") -> None:
        sheet = ReasonSheet(row.label, self.screen.glyphs, said)
        self.app.push_screen(sheet, lambda reason: self._rejected(row.key, reason))

    def _rejected(self, name: str, reason: str | None) -> None:
        row = self.presenter.waiting.get(name)
        if reason is None:
            return
        if row is None:
            self.screen.say("it does not wait any more")
            return
        by = self.app.options.by
        message = f"rejected{f' by {by}' if by else ''}{f': {reason}' if reason else ''}"
        request = NodeSetRequested(node_name=name, phase=NodePhase.FAILED, message=message, by=by)
        self._wish(row, "rejecting", request)

    def _wish(self, row: Row, what: str, request: Request) -> None:
        self.presenter.ask(row.key, what)
        self.screen.run_tree.refresh()
        self.screen.say_again()
        self.app.submit(request, lambda why: self._refused(row.key, what, why))

    def _refused(self, name: str, what: str, why: str) -> None:
        """The engine did not take it: back to the sheet, with its reason."""
        self.presenter.ask(name, "")
        self.screen.run_tree.refresh()
        row = self.presenter.waiting.get(name)
        if row is None or self.app.screen is not self.screen:
            self.screen.say(why)
        elif what == "approving":
            self._open_sheet(row, why)
        else:
            self._ask_reason(row, why)

    def close_stale_sheet(self) -> None:
        """Somebody else decided while the sheet was open: close it and say so."""
        sheet = self.app.screen
        if sheet is self.screen:
            return
        from argotui.tui.screens.approve import ApproveSheet

        if isinstance(sheet, ApproveSheet) and sheet.form.node not in self.presenter.waiting:
            sheet.dismiss(None)
            self.screen.say(f"{sheet.form.title} does not wait any more")

    # --- the run -------------------------------------------------------------------------------

    def _cannot_steer(self) -> bool:
        if self.screen.gone is not None:
            self.screen.say("the driver is gone: nothing can be asked of the run")
            return True
        return False

    def ask_to_leave(self) -> None:
        """ctrl-c: never ends anything by itself."""
        if self.presenter.state.run.phase.is_completed or self.screen.gone is not None:
            self.leave()
            return
        name = text.safe(self.presenter.state.run.name or self.screen.hint.name)
        choices = (
            Choice(key="d", answer="detach", label="detach", about="leave; the run goes on"),
            Choice(key="s", answer="stop", label="stop", about=keys.named("stop").about),
            Choice(
                key="t", answer="terminate", label="terminate", about=keys.named("terminate").about
            ),
            Choice(key="c", answer="", label="stay", about="go on watching"),
        )
        self.app.push_screen(AskSheet(f"Leave {name}?", choices, self.screen.glyphs), self.do)

    def palette(self) -> None:
        offered = keys.offered(self.screen.situation())
        self.app.push_screen(
            PaletteSheet(offered, self.screen.glyphs),
            lambda action: self.do(action.id if action is not None else ""),
        )

    def do(self, name: str | None) -> None:
        """Carry out what was chosen in a sheet."""
        match name:
            case None | "":
                return
            case "detach":
                self.app.leave(Way.DETACHED)
            case "stop" | "terminate":
                strategy = Shutdown.STOP if name == "stop" else Shutdown.TERMINATE
                self._request(ShutdownRequested(strategy=strategy, by=self.app.options.by))
            case "suspend" | "resume":
                suspended = name == "suspend"
                self._request(RunSuspendToggled(suspended=suspended, by=self.app.options.by))
            case _:
                self._run_action(name)

    def _run_action(self, name: str) -> None:
        for owner in (self.screen.run_tree, self.screen, self.screen.detail.log_view):
            method = getattr(owner, f"action_{name}", None)
            if method is not None:
                method()
                return

    def _request(self, request: Request) -> None:
        if not self._cannot_steer():
            self.app.submit(request, self.screen.say)

    def leave(self) -> None:
        ended = self.presenter.state.run.phase.is_completed
        lost = self.screen.gone is not None and not ended
        self.app.leave(Way.ENDED if ended else Way.LOST if lost else Way.DETACHED)

    def reconnect(self) -> None:
        if self.screen.gone is None:
            self.screen.say("connected")
        else:
            self.app.reconnect()

    @property
    def can_rerun(self) -> bool:
        return self.notice is not None and self.notice.can_rerun

    def rerun(self) -> None:
        if self.can_rerun:
            self.app.leave(Way.RERUN)
        else:
            self.app.bell()

    # --- telling -------------------------------------------------------------------

    def banner_lines(self) -> list[list[Piece]]:
        """Return the lines above all: what failed, the lost driver, news of the manifest."""
        lines: list[list[Piece]] = []
        run, glyphs = self.presenter.state.run, self.screen.glyphs
        if run_state(run.phase) in BAD:
            lines.append([(f" {heading.failure(self.presenter, glyphs)}", "red bold")])
        if self.screen.gone is not None and not run.phase.is_completed:
            said = heading.lost(self.presenter, self.screen.hint, self.screen.gone)
            lines.append([(f" {glyphs.of(State.ERROR)} {said}", "magenta bold")])
        if self.notice is not None:
            lines += self._notice_lines(self.notice)
        return lines

    def _notice_lines(self, notice: Notice) -> list[list[Piece]]:
        lines: list[list[Piece]] = [[(f" {text.safe(notice.text)}", "yellow")]]
        shown = notice.problems[:_MOST_PROBLEMS]
        for problem in shown:
            colour = "yellow" if problem.severity == "warning" else "red"
            lines.append([(f"   {text.safe(str(problem))}", colour)])
        more = len(notice.problems) - len(shown)
        if more > 0:
            lines.append([(f"   and {text.plural(more, 'more problem')}", "dim")])
        return lines

"""Finding and filtering, in the pane that has the keys: asks for the text, hands it on.

Owned by the run screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from argotui.tui import keys, tree
from argotui.tui.presenter import Edits

if TYPE_CHECKING:
    from argotui.tui.screens.run import RunScreen

_SIGNS = {"find": "/", "keep": "&", "leave_out": "!"}


class Seeking:
    """`ask` opens the prompt in the footer's place; `take` uses what was typed."""

    def __init__(self, screen: RunScreen) -> None:
        self.screen = screen
        self._how = ""
        self._in_log = False
        self._found_text = ""

    def ask(self, how: str) -> None:
        """Ask what to find, keep or leave out."""
        self._how = how
        self._in_log = self.screen.situation().place == keys.LOG
        prompt = self.screen.prompt
        prompt.value = ""
        prompt.placeholder = f"{_SIGNS[how]} {keys.named(how).about}"
        prompt.display, self.screen.foot.display = True, False
        prompt.focus()

    def take(self, wanted: str) -> None:
        """Use what was typed."""
        self.end()
        if self._in_log:
            self._in_the_log(wanted)
        elif self._how == "find":
            self._found_text = wanted
            self._find_row(1, with_this=True)
        else:
            chosen = tree.Filter(text=wanted, keeps=self._how == "keep") if wanted else None
            self.filter_tree(chosen)
        self.screen.say_again()

    def end(self) -> None:
        """Put the footer back, and the keys to where they were."""
        self.screen.prompt.display, self.screen.foot.display = False, True
        view = self.screen.detail.log_view if self._in_log else self.screen.run_tree
        view.focus()

    def _in_the_log(self, wanted: str) -> None:
        view = self.screen.detail.log_view
        if self._how == "find":
            view.find(wanted)
        else:
            view.keep(wanted, keeps=self._how == "keep")

    def filter_tree(self, chosen: tree.Filter | None) -> None:
        """Filter the rows, the cursor's where it is if it stays."""
        view = self.screen.run_tree
        line = view.before_edits()
        self.screen.presenter.set_filter(chosen)
        view.show_edits(Edits(spliced=True), line)

    def find_on(self, by: int) -> None:
        """Go to the next find, or the one before."""
        if self.screen.situation().place == keys.LOG:
            self.screen.detail.log_view.next_hit(by)
        else:
            self._find_row(by)

    def _find_row(self, by: int, *, with_this: bool = False) -> None:
        """Go to a row that matches, folded or not."""
        if not self._found_text:
            return
        view = self.screen.run_tree
        found = tree.find(
            self.screen.presenter.roots,
            view.cursor,
            tree.pattern(self._found_text),
            by,
            with_this=with_this,
        )
        if found is None:
            self.screen.say(f"nothing matches /{self._found_text}")
            self.screen.app.bell()
        else:
            view.go(found)

"""The headless twin: a run as lines of text, one an event, log lines between them.

Used by `run` and `attach` without a terminal or with --plain.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from typing import IO

from argotui.cli.nodes import is_structure, path_of, supplied_parameters
from argotui.cli.tails import Tail, containers
from argotui.cli.text import clock, fit, glyph, run_word, safe, safe_bytes, word
from argotui.driver.follow import Followed
from argotui.logs.spool import LogLine
from argotui.model.changes import Batch, Noted, Rejected, WorkRequested
from argotui.model.status import Node, NodePhase, NodeType
from argotui.tui.truth import named

_WORD_WIDTH = 9  # of "Succeeded"
_QUIET_PHASES = ("Pending", "Omitted")  # said only where there is a reason to tell
_QUIET_SHELLS = (NodeType.RETRY, NodeType.TASK_GROUP)  # said only where they end badly


class Out:
    """A stream that may go away: whoever reads us has left, the run goes on."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.closed = False

    def line(self, text: str) -> None:
        if self.closed:
            return
        try:
            self.stream.write(fit(text, self.stream) + "\n")
            self.stream.flush()
        except (BrokenPipeError, ValueError):
            self.closed = True


class Lines:
    """Prints what happens. A node is told of once for each word that describes it."""

    def __init__(self, out: Out, *, logs: bool = True, hint_approve: bool = True) -> None:
        self._out = out
        self._logs = logs
        self._hint = hint_approve
        self._said: dict[str, tuple[str, str]] = {}
        self._tails: dict[str, tuple[str, Tail]] = {}  # node name -> work key, its spools
        self._run_said = ""

    def begin(self, run: Followed) -> None:
        info = run.info
        self._out.line(
            f"{clock(time.time())} ▸ {safe(info.workflow_name)}  run {info.run_id}  {info.where}"
        )
        for text in info.warnings:
            self._out.line(f"{clock(time.time())} ! {safe(text)}")
        for node in run.state.nodes.values():
            self._node(run, node, node.started_at or time.time())
        for name in run.state.work:
            self._open_tail(run, name)

    def batch(self, run: Followed, batch: Batch, touched: Sequence[Node]) -> None:
        for change in batch.changes:
            match change:
                case WorkRequested():
                    self._open_tail(run, change.ref.node_name)
                case Noted():
                    self._note(run, batch.at, change)
                case Rejected():
                    self._out.line(f"{clock(batch.at)} ! refused: {safe(change.why)}")
        for node in touched:
            if node.has_ended:
                self._close_tail(run, node.name)
            self._node(run, node, batch.at)
        self._run(run, batch.at)

    def tick(self, run: Followed) -> None:
        for name in self._tails:
            self._drain(run, name, ended=False)

    def end(self, run: Followed) -> None:
        for name in list(self._tails):
            self._close_tail(run, name)

    def _node(self, run: Followed, node: Node, at: float) -> None:
        what = word(node)
        told = named(node.message, run.state) or ("" if what == "Waiting" else node.waits_for)
        if self._said.get(node.name) == (what, told) or not _is_worth_a_line(node, what, told):
            return
        self._said[node.name] = (what, told)
        path = safe(path_of(node, run.state))
        tail = f"  {safe(told)}" if told else ""
        self._out.line(f"{clock(at)} {glyph(what)} {what:<{_WORD_WIDTH}} {path}{tail}")
        if what == "Waiting" and self._hint:
            self._out.line(f"{clock(at)}   to go on: {approve_command(run, node)}")

    def _note(self, run: Followed, at: float, note: Noted) -> None:
        node = run.state.nodes.get(note.node)
        where = f"{safe(path_of(node, run.state))}: " if node else ""
        self._out.line(f"{clock(at)} ! {where}{safe(note.text)}")

    def _run(self, run: Followed, at: float) -> None:
        status = run.state.run
        said = run_word(status.phase, parked=status.parked)
        if status.suspended and not status.phase.is_completed:
            said = "Suspended"
        if said == self._run_said:
            return
        self._run_said = said
        if said == "Suspended":
            self._out.line(f"{clock(at)} ‖ Suspended  to go on: argotui resume {run.info.run_id}")

    def _open_tail(self, run: Followed, name: str) -> None:
        ref, _ = run.state.work[name]
        known = self._tails.get(name)
        if not self._logs or (known and known[0] == ref.key):
            return
        if known:
            self._close_tail(run, name)
        node = run.state.nodes.get(name)
        if node is None or not node.has_ended:
            self._tails[name] = (ref.key, Tail(run.info.logs, ref.key))

    def _close_tail(self, run: Followed, name: str) -> None:
        if name in self._tails:
            self._drain(run, name, ended=True)
            self._tails.pop(name)[1].close()

    def _drain(self, run: Followed, name: str, *, ended: bool) -> None:
        node = run.state.nodes.get(name)
        if node is None:
            return
        _, work = run.state.work[name]
        path = safe(path_of(node, run.state))
        single = list(containers(work))

        def emit(container: str, line: LogLine) -> None:
            who = path if [container] == single else f"{path}/{safe(container)}"
            self._out.line(f"{clock(line.at)} │ {who}: {safe_bytes(line.text)}")

        with contextlib.suppress(OSError):
            self._tails[name][1].drain(emit, ended=ended)


def approve_command(run: Followed, node: Node) -> str:
    """Return what to type in another terminal to let a waiting node go on."""
    given = "".join(f" -p {parameter.get('name')}=…" for parameter in supplied_parameters(node))
    path = path_of(node, run.state)
    quoted = path if all(c.isalnum() or c in "-_./" for c in path) else f"'{path}'"
    return safe(f"argotui approve {run.info.run_id} {quoted}{given}")


def _is_worth_a_line(node: Node, what: str, told: str) -> bool:
    if is_structure(node):
        return False
    if node.type in _QUIET_SHELLS:
        return node.phase in (NodePhase.FAILED, NodePhase.ERROR)
    return bool(told) or what not in _QUIET_PHASES

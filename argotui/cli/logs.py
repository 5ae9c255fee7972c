"""`argotui logs`: what the containers of a run printed, of one node or of all in order of time."""

from __future__ import annotations

import heapq
import sys
import time
from collections.abc import Iterator
from typing import Annotated

import typer

from argotui.cli import exits
from argotui.cli import options as o
from argotui.cli.nodes import find_node, path_of
from argotui.cli.text import clock, fit, safe, safe_bytes
from argotui.driver.port import Snapshot
from argotui.journal.index import find_run
from argotui.journal.places import runs_folder
from argotui.logs.spool import LogLine, SpoolReader
from argotui.model.errors import UsageError
from argotui.model.status import Node, NodeType
from argotui.model.work import PodWork

MaybeNode = Annotated[
    str | None, typer.Argument(metavar="NODE", help="Only this node (and what is in it).")
]
_CHUNK = 2000  # lines read at once
_TICK = 0.2  # seconds between looks with --follow


def logs(
    run: o.RunName,
    node: MaybeNode = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on until it ends.")] = False,
    container: Annotated[
        str | None, typer.Option("-c", "--container", metavar="NAME", help="Only this container.")
    ] = None,
    tail: Annotated[
        int | None, typer.Option("--tail", min=0, metavar="N", help="The last N lines of each.")
    ] = None,
    timestamps: Annotated[bool, typer.Option("--timestamps", help="With the time.")] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="The bytes as they came, into a file or a pipe.")
    ] = False,
) -> int:
    """Print logs. Several nodes: in order of time, each line with its node's name before it."""
    if raw and sys.stdout.isatty():
        raise UsageError("--raw is for files and pipes: raw bytes can take over a terminal")
    printer = Printer(run, node, container, tail=tail, timestamps=timestamps, raw=raw)
    printer.print_new()
    while follow and printer.goes_on():
        time.sleep(_TICK)
        printer.print_new()
    return exits.SUCCEEDED


class Printer:
    """Prints every line of what was asked for once."""

    def __init__(
        self,
        run: str,
        node: str | None,
        container: str | None,
        *,
        tail: int | None,
        timestamps: bool,
        raw: bool,
    ) -> None:
        self._run, self._node, self._container = run, node, container
        self._tail, self._timestamps, self._raw = tail, timestamps, raw
        self._readers: dict[tuple[str, str], SpoolReader] = {}
        self._next: dict[tuple[str, str], int] = {}
        self._names: dict[tuple[str, str], str] = {}

    def goes_on(self) -> bool:
        """Whether more can come: asked once a tick, after which one more look is due."""
        if find_run(runs_folder(), self._run).driven:
            return True
        self.print_new()
        return False

    def print_new(self) -> None:
        """Print what has come since the last time, merged by time."""
        self._find()
        streams = [self._new_lines(key) for key in self._readers]
        named = len({name for name in self._names.values()}) > 1 or self._node is None
        for _, _, name, line in heapq.merge(*streams, key=lambda item: item[:2]):
            self._emit(name if named else "", line)
        sys.stdout.flush()

    def _find(self) -> None:
        from argotui.bootstrap import look

        seen = look(find_run(runs_folder(), self._run))
        wanted = _wanted(self._node, seen)
        for name, (ref, work) in seen.state.work.items():
            if name not in wanted:
                continue
            mains = list(work.mains) if isinstance(work, PodWork) else []
            path = path_of(seen.state.nodes[name], seen.state)
            for file in sorted((seen.info.logs / ref.key).glob("*.log")):
                if self._container not in (None, file.stem):
                    continue
                key = (ref.key, file.stem)
                self._names[key] = path if mains == [file.stem] else f"{path}/{file.stem}"
                self._open(key, SpoolReader(file))

    def _open(self, key: tuple[str, str], reader: SpoolReader) -> None:
        if key in self._readers:
            return
        self._readers[key] = reader
        count = reader.refresh()
        self._next[key] = 0 if self._tail is None else max(0, count - self._tail)

    def _new_lines(self, key: tuple[str, str]) -> Iterator[tuple[float, str, str, LogLine]]:
        reader = self._readers[key]
        count = reader.refresh()
        while self._next[key] < count:
            start = self._next[key]
            self._next[key] = min(count, start + _CHUNK)
            for line in reader.lines(start, self._next[key]):
                yield line.at, self._names[key], self._names[key], line

    def _emit(self, name: str, line: LogLine) -> None:
        if self._raw:
            sys.stdout.buffer.write(line.text + b"\n")
            return
        stamp = f"{clock(line.at)} " if self._timestamps else ""
        who = f"{safe(name)}: " if name else ""
        print(fit(f"{stamp}{who}{safe_bytes(line.text)}", sys.stdout))


def _wanted(name: str | None, seen: Snapshot) -> set[str]:
    """Return the names of the nodes whose logs are meant: one, and what is below it."""
    if name is None:
        return set(seen.state.nodes)
    top = _meant(name, seen)
    wanted, stack = set(), [top.name]
    while stack:
        at = stack.pop()
        if at in wanted:
            continue
        wanted.add(at)
        inside = [n.name for n in seen.state.nodes.values() if n.boundary_id == seen.state.nodes[at].id]
        stack += inside
        if seen.state.nodes[at].type in (NodeType.RETRY, NodeType.TASK_GROUP):
            stack += seen.state.children.get(at, ())
    return wanted


def _meant(name: str, seen: Snapshot) -> Node:
    """A name that fits a retry and its only attempt means the retry."""
    return find_node(name, seen.state)

"""`argotui logs`: what the containers of a run printed, of one node or of all in order of time."""

from __future__ import annotations

import asyncio
import heapq
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from argotui.cli import exits
from argotui.cli import options as o
from argotui.cli.nodes import find_node, path_of
from argotui.cli.text import clock, fit, safe, safe_bytes
from argotui.driver.follow import Followed, follow
from argotui.journal.index import Listed
from argotui.logs.spool import LogLine, SpoolReader
from argotui.model.changes import Batch, WorkRequested
from argotui.model.errors import UsageError
from argotui.model.fold import RunState
from argotui.model.status import Node, NodeType
from argotui.model.work import PodWork

MaybeNode = Annotated[
    str | None, typer.Argument(metavar="NODE", help="Only this node (and what is in it).")
]
_CHUNK = 2000  # lines read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to print, and how. `tail`: so many of the last lines of each container."""

    node: str | None = None
    container: str | None = None
    tail: int | None = None
    timestamps: bool = False
    raw: bool = False


def logs(
    run: o.RunName,
    node: MaybeNode = None,
    follow_it: Annotated[
        bool, typer.Option("-f", "--follow", help="Go on until the run ends.")
    ] = False,
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
    from argotui.driver.states import look
    from argotui.journal.expiry import looked_at
    from argotui.journal.index import find_run
    from argotui.journal.places import runs_folder

    if raw and sys.stdout.isatty():
        raise UsageError("--raw is for files and pipes: raw bytes can take over a terminal")
    known = find_run(runs_folder(), run)
    printer = Printer(
        Wanted(node=node, container=container, tail=tail, timestamps=timestamps, raw=raw)
    )
    with looked_at(known.folder):
        if follow_it and known.driven:
            asyncio.run(printer.follow(known))
            return exits.SUCCEEDED
        seen = look(known)
        if node is not None:
            find_node(node, seen.state)
        printer.end(Followed(seen.info, seen.state, seen.seq))
        return exits.SUCCEEDED


class Printer:
    """Prints every line of what was asked for once. An observer of a run that goes on."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._readers: dict[tuple[str, str], SpoolReader] = {}
        self._next: dict[tuple[str, str], int] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._work: dict[str, str] = {}  # work key -> node name, of the nodes that are wanted

    async def follow(self, known: Listed) -> None:
        from argotui.bootstrap import port_of

        port = port_of(known)
        try:
            await follow(port, [self])
        finally:
            await port.close()

    def begin(self, run: Followed) -> None:
        self._choose(run.state)
        self._print_new(run)

    def batch(self, run: Followed, batch: Batch, touched: Sequence[Node]) -> None:
        if any(isinstance(change, WorkRequested) for change in batch.changes):
            self._choose(run.state)

    def tick(self, run: Followed) -> None:
        self._print_new(run)

    def end(self, run: Followed) -> None:
        self._choose(run.state)
        self._print_new(run)

    def _choose(self, state: RunState) -> None:
        """Find the pieces of work whose logs are meant: of the node, and of what is in it."""
        nodes = _inside(self._wanted.node, state)
        self._work |= {ref.key: name for name, (ref, _) in state.work.items() if name in nodes}

    def _print_new(self, run: Followed) -> None:
        """Print what has come since the last time, merged by time."""
        for key, name in self._work.items():
            for file in sorted((run.info.logs / key).glob("*.log")):
                if self._wanted.container in (None, file.stem):
                    self._open((key, file.stem), SpoolReader(file), name, run.state)
        streams = [self._new_lines(key) for key in self._readers]
        named = self._wanted.node is None or len(set(self._names.values())) > 1
        for _, name, _, line in heapq.merge(*streams, key=lambda item: (item[0], item[1], item[2])):
            self._emit(name if named else "", line)
        sys.stdout.flush()

    def _open(self, key: tuple[str, str], reader: SpoolReader, node: str, state: RunState) -> None:
        if key in self._readers:
            return
        self._readers[key] = reader
        _, work = state.work[node]
        path = path_of(state.nodes[node], state)
        alone = isinstance(work, PodWork) and list(work.mains) == [key[1]]
        self._names[key] = path if alone else f"{path}/{key[1]}"
        count, tail = reader.refresh(), self._wanted.tail
        self._next[key] = 0 if tail is None else max(0, count - tail)

    def _new_lines(self, key: tuple[str, str]) -> Iterator[tuple[float, str, int, LogLine]]:
        reader = self._readers[key]
        count = reader.refresh()
        while self._next[key] < count:
            start = self._next[key]
            self._next[key] = min(count, start + _CHUNK)
            for line in reader.lines(start, self._next[key]):
                yield line.at, self._names[key], line.number, line

    def _emit(self, name: str, line: LogLine) -> None:
        if self._wanted.raw:
            sys.stdout.buffer.write(line.text + b"\n")
            return
        stamp = f"{clock(line.at)} " if self._wanted.timestamps else ""
        who = f"{safe(name)}: " if name else ""
        print(fit(f"{stamp}{who}{safe_bytes(line.text)}", sys.stdout))


def _inside(name: str | None, state: RunState) -> set[str]:
    """Return the names of a node and of all that is in it; of every node for None."""
    if name is None:
        return set(state.nodes)
    try:
        stack = [find_node(name, state).name]
    except UsageError:
        return set()  # it may be yet to come
    below: dict[str, list[str]] = {}
    for node in state.nodes.values():
        below.setdefault(state.ids.get(node.boundary_id, ""), []).append(node.name)
    found: set[str] = set()
    while stack:
        at = stack.pop()
        if at in found:
            continue
        found.add(at)
        stack += below.get(at, ())
        if state.nodes[at].type in (NodeType.RETRY, NodeType.TASK_GROUP):
            stack += state.children.get(at, ())
    return found

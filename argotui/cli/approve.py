"""`argotui approve`, `argotui reject`: a person's word on a node that waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from argotui.cli import exits
from argotui.cli import options as o
from argotui.cli.failure import say
from argotui.cli.nodes import find_node, path_of, supplied_parameters, waiting_nodes
from argotui.driver.port import RunPort
from argotui.journal.index import Listed
from argotui.model.errors import UsageError
from argotui.model.events import NodeSetRequested, Request, ResumeRequested
from argotui.model.fold import RunState
from argotui.model.status import Node, NodePhase
from argotui.submit.request import who
from argotui.submit.sources import split_pair

MaybeNode = Annotated[
    str | None, typer.Argument(metavar="NODE", help="The waiting node: its name, path or id.")
]


def approve(
    run: o.RunName,
    node: MaybeNode = None,
    every: Annotated[bool, typer.Option("--all", help="Every node that waits.")] = False,
    parameter: o.Parameters = None,
    message: Annotated[str, typer.Option("-m", "--message", help="Kept with the node.")] = "",
) -> int:
    """Let a suspended node go on. -p gives values for the parameters that it asks for. A run
    without a driver is recovered first."""
    if every == (node is not None):
        raise UsageError("name one node, or all of them with --all")
    values: dict[str, str] = dict(split_pair(pair) for pair in parameter or ())
    return asyncio.run(_approve(run, node, values, message))


def reject(
    run: o.RunName,
    node: o.NodeName,
    message: Annotated[str, typer.Option("-m", "--message", help="Why.")] = "",
) -> int:
    """Let a suspended node fail, with a reason. A run without a driver is recovered first."""

    def request(found: Node) -> Request:
        return NodeSetRequested(
            node_name=found.name,
            phase=NodePhase.FAILED,
            message=message or f"rejected by {who()}",
            by=who(),
        )

    return asyncio.run(_decide(run, node, request, "rejected"))


async def _approve(run: str, node: str | None, values: Mapping[str, str], message: str) -> int:
    def request(found: Node) -> Request:
        return ResumeRequested(node_name=found.name, values=values, by=who(), message=message)

    return await _decide(run, node, request, "approved")


async def _decide(run: str, name: str | None, request: Callable[[Node], Request], done: str) -> int:
    from argotui.journal.index import find_run
    from argotui.journal.places import runs_folder

    port = await _answering(find_run(runs_folder(), run), name)
    try:
        snapshot = await port.snapshot()
        nodes = _meant(name, snapshot.state)
        for node in nodes:
            await _submit(port, request(node), node, snapshot.state)
            say(f"{done} {path_of(node, snapshot.state)}")
    finally:
        await port.close()
    return exits.SUCCEEDED


async def _answering(known: Listed, name: str | None) -> RunPort:
    """Return a port behind which there is a driver, if the run can have one: a person's word on
    a node is the wish that the run goes on. What is not meant starts no driver."""
    from argotui.bootstrap import port_of, reach
    from argotui.driver.states import look
    from argotui.journal.index import once_left

    known = once_left(known)
    if known.driven or known.summary.phase.is_completed:
        return port_of(known)
    _meant(name, look(known).state)
    run = known.summary
    say(f"{run.run_id} was {'parked' if run.parked else 'interrupted'}: recovering it")
    return await reach(known.folder)


def _meant(name: str | None, state: RunState) -> list[Node]:
    waiting = waiting_nodes(state)
    if name is None:
        if not waiting:
            raise UsageError("nothing waits for approval")
        return waiting
    matching = [node for node in waiting if name in (node.name, node.id)] or waiting
    try:
        return [find_node(name, state, matching)]
    except UsageError:
        node = find_node(name, state)
    names = ", ".join(path_of(each, state) for each in waiting) or "nothing"
    raise UsageError(f"{path_of(node, state)} does not wait for approval; {names} does")


async def _submit(port: RunPort, request: Request, node: Node, state: RunState) -> None:
    verdict = await port.submit(request)
    if verdict.accepted:
        return
    wanted = [str(parameter.get("name")) for parameter in supplied_parameters(node)]
    hint = f" (it asks for: {', '.join(wanted)})" if wanted else ""
    raise UsageError(f"{path_of(node, state)}: {verdict.why}{hint}")

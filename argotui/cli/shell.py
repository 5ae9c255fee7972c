"""`argotui shell`: look around in what a step left: its files, volumes and environment."""

from __future__ import annotations

from typing import Annotated

import typer

from argotui.cli import options as o
from argotui.cli.failure import say
from argotui.model.errors import UsageError
from argotui.model.fold import RunState
from argotui.model.status import Node, NodeType
from argotui.model.work import PodWork


def shell(
    run: o.RunName,
    node: o.NodeName,
    container: Annotated[
        str, typer.Option("-c", "--container", metavar="NAME", help="Of several containers.")
    ] = "",
) -> int:
    """Open a shell in the sandbox of a step that runs or failed. Those of steps that succeeded are
    not kept.

    Exit code of the shell; 3 where nothing is left.
    """
    from argotui.bootstrap import open_shell
    from argotui.cli.nodes import find_node, path_of
    from argotui.driver.states import look
    from argotui.journal.index import find_run
    from argotui.journal.places import runs_folder

    known = find_run(runs_folder(), run)
    state = look(known).state
    found = _with_work(find_node(node, state), state)
    ref, work = state.work[found.name]
    assert isinstance(work, PodWork)
    say(f"{path_of(found, state)} as it is now; exit comes back")
    return open_shell(known.folder, ref, work, container)


def _with_work(node: Node, state: RunState) -> Node:
    """Return the node that did something: of a retry its last attempt."""
    while node.type is NodeType.RETRY and state.children.get(node.name):
        node = state.nodes[state.children[node.name][-1]]
    work = state.work.get(node.name)
    if work is None or not isinstance(work[1], PodWork):
        raise UsageError(f"{node.display_name} ran no container")
    return node

"""`argotui shell`: look around in the sandbox of a failed step, which is kept for it."""

from __future__ import annotations

from argotui.cli import options as o


def shell(run: o.RunName, node: o.NodeName) -> int:
    """Open a shell in the kept sandbox of a step."""
    from argotui.bootstrap import look, open_shell
    from argotui.cli.nodes import find_node
    from argotui.journal.index import find_run
    from argotui.journal.places import runs_folder

    known = find_run(runs_folder(), run)
    seen = look(known)
    return open_shell(known.folder, seen, find_node(node, seen.state))

"""Where a run is to run: --runtime, what was remembered, what this machine has (decision 22).

Called by session. The local runtime needs bubblewrap, or somebody's yes to go without.
"""

from __future__ import annotations

import sys

from argotui.bootstrap import Place
from argotui.cli.checks_cluster import kubeconfig_paths
from argotui.cli.config import Config, remember
from argotui.cli.failure import say
from argotui.cli.request import Choices, Where
from argotui.model.errors import RuntimeFault, UsageError

_LATER = (
    "--runtime kubernetes is not in this version; use --runtime local, which runs the workflow "
    "on this machine"
)
_NOT_ISOLATED = """Steps would run as plain processes with your rights: they see your files and
your home folder, and a path like /tmp/x is this machine's."""


def decide(choices: Choices, config: Config, *, ask: bool) -> Place:
    """Return where to run. `ask`: a person can answer. Raises UsageError, RuntimeFault."""
    if choices.runtime is Where.KUBERNETES:
        raise UsageError(_LATER)
    if choices.runtime is Where.FAKE:
        return Place(runtime=Where.FAKE)
    options = {
        "sandbox": _sandbox(choices, config, ask=ask),
        "parallel": choices.parallel or config.parallel,
        "images": {name: dict(entry) for name, entry in config.images.items()},
        "object_store": choices.object_store,
    }
    return Place(runtime=Where.LOCAL, options=options, note=_note(choices, config))


def _note(choices: Choices, config: Config) -> str:
    """Say that a cluster was passed over, where there is one and nobody chose."""
    if choices.runtime is not Where.AUTO or config.runtime or not kubeconfig_paths():
        return ""
    return (
        "runs on this machine although there is a kubeconfig: clusters are not in this version "
        "(--runtime local says so and is quiet)"
    )


def _sandbox(choices: Choices, config: Config, *, ask: bool) -> str:
    if choices.no_sandbox:
        return "off"
    from argotui.runtimes.local.doctor import find_sandbox

    found = find_sandbox()
    if found.program:
        return "auto"
    if config.no_sandbox:
        return "off"
    if not ask:
        raise RuntimeFault(f"{found.problem}; --no-sandbox runs steps as plain processes")
    say(f"No sandbox: {found.problem}.\n{_NOT_ISOLATED}")
    sys.stderr.write("Run without a sandbox, now and from now on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise RuntimeFault("not run: there is no sandbox (--no-sandbox runs without one)")
    remember("no-sandbox", value=True)
    return "off"

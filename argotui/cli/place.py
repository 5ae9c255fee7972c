"""Where a run is to run: --runtime, what was remembered, what this machine has.

Called by session. The local runtime needs bubblewrap, or somebody's yes to go without.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from importlib.util import find_spec

from argotui.bootstrap import Place
from argotui.cli.config import CLUSTER, Config, remember
from argotui.cli.failure import say
from argotui.model.errors import RuntimeFault, UsageError
from argotui.runtimes.kubernetes.place import ClusterPlace, find_place, kubeconfig_files
from argotui.submit.request import Choices, Where

_NOT_ISOLATED = """Steps would run as plain processes with your rights: they see your files and
your home folder, and a path like /tmp/x is this machine's."""


def decide(choices: Choices, config: Config, *, ask: bool, namespace: str = "") -> Place:
    """Return where to run. `ask`: a person can answer; `namespace` is the manifest's own, which
    -n overrides. Raises UsageError, RuntimeFault."""
    if choices.runtime is Where.FAKE:
        return Place(runtime=Where.FAKE)
    named = bool(choices.context or choices.namespace)
    if named and choices.runtime is Where.LOCAL:
        raise UsageError("--context and --namespace are for --runtime kubernetes")
    if choices.runtime is Where.KUBERNETES or named:
        wanted = choices.namespace or namespace or None
        return _in_cluster(choices, find_place(choices.context, wanted, None))
    if choices.runtime is Where.LOCAL:
        return _on_this_machine(choices, config, ask=ask)
    if not kubeconfig_files():
        place = _on_this_machine(choices, config, ask=ask)
        return replace(place, note="no kubeconfig: runs on this machine")
    cluster = find_place(None, namespace or None, None)
    if _chosen(cluster, config, ask=ask) == Where.KUBERNETES:
        return _in_cluster(choices, cluster)
    return _on_this_machine(choices, config, ask=ask)


def _chosen(cluster: ClusterPlace, config: Config, *, ask: bool) -> str:
    """Return what was remembered for this context and namespace, or what a person says now."""
    where = f"{cluster.context}/{cluster.namespace}"
    known = config.clusters.get(where)
    if known:
        return known
    if not ask:
        raise UsageError(
            f"the kubeconfig names the cluster {where}: say --runtime kubernetes or --context NAME "
            "to run there, --runtime local to run on this machine"
        )
    sys.stderr.write(f"Run in the cluster {where}, or on this machine? [c]luster / [m]achine: ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip().lower()
    if answer not in ("c", "cluster", "m", "machine"):
        raise UsageError("not run: neither cluster nor machine was chosen (--runtime says it)")
    chosen = Where.KUBERNETES if answer.startswith("c") else Where.LOCAL
    remember(f"{CLUSTER}{where}", chosen.value)
    return chosen


def _in_cluster(choices: Choices, cluster: ClusterPlace) -> Place:
    if find_spec("kubernetes") is None:
        raise RuntimeFault(
            "the Kubernetes client is not installed: pip install 'argotui[kubernetes]'"
        )
    # by name and by absolute path: a driver, or a recovery, follows no changed current-context
    files = os.pathsep.join(str(path.absolute()) for path in kubeconfig_files())
    options = {
        "context": cluster.context,
        "namespace": cluster.namespace,
        "kubeconfig": files or None,
        "pending_timeout": choices.pending_timeout,
    }
    return Place(runtime=Where.KUBERNETES, options=options)


def _on_this_machine(choices: Choices, config: Config, *, ask: bool) -> Place:
    options = {
        "sandbox": _sandbox(choices, config, ask=ask),
        "parallel": choices.parallel or config.parallel,
        "images": {name: dict(entry) for name, entry in config.images.items()},
        "object_store": choices.object_store,
    }
    return Place(runtime=Where.LOCAL, options=options)


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

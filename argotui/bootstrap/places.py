"""Where a run is to run, the runtime for it, and what the runtime is told of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from argotui.journal.header import RunHeader
from argotui.journal.store import LOGS, WORK
from argotui.model.sought import Answer, Sought
from argotui.runtimes.port import RunPlace, Runtime
from argotui.submit.request import Where

if TYPE_CHECKING:
    from argotui.runtimes.kubernetes.client import Client

_CLUSTER = ("context", "namespace", "kubeconfig")  # the options that say which cluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a run is to run: the runtime's name, and its options as JSON."""

    runtime: str
    options: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""  # what people should know of the choice


def connect(place: Place) -> Client | None:
    """Return the way to the cluster that `place` is, not yet gone; None where it is none."""
    if place.runtime != Where.KUBERNETES:
        return None
    from argotui.runtimes.kubernetes.client import Client

    return Client(**{name: place.options.get(name) for name in _CLUSTER})


def make_runtime(place: Place, client: Client | None = None) -> Runtime:
    """Return the runtime, not yet opened. `client` is what else of the run goes to its cluster."""
    if place.runtime == Where.FAKE:
        from argotui.runtimes.fake import FakeRuntime

        return FakeRuntime()
    from argotui.runtimes.data import DataRuntime
    from argotui.runtimes.http import HttpRuntime
    from argotui.runtimes.joined import JoinedRuntime

    if (client := client or connect(place)) is not None:
        from argotui.expr.kubepath import render
        from argotui.runtimes.kubernetes.reading import reader
        from argotui.runtimes.kubernetes.runtime import KubernetesRuntime

        options = {name: given for name, given in place.options.items() if name not in _CLUSTER}
        return JoinedRuntime(
            KubernetesRuntime(client, **options, json_path=render),
            HttpRuntime(),
            DataRuntime(reader(client)),
        )
    from argotui.runtimes.local.runtime import LocalRuntime

    return JoinedRuntime(LocalRuntime(**place.options), HttpRuntime(), DataRuntime())


def look_up(place: Place, sought: Sequence[Sought]) -> Mapping[Sought, Answer]:
    """Return what the cluster that `place` is has of this; nothing where it is none. Raises
    RuntimeFault."""
    if place.runtime != Where.KUBERNETES:
        return {}
    from argotui.runtimes.kubernetes.library import read_objects

    options = {name: place.options[name] for name in _CLUSTER}
    return read_objects(sought, **options)


def told(place: Place) -> tuple[str, tuple[str, ...]]:
    """Return where a run is and what to be warned of there. The runtime itself is for the driver
    to load: a screen opens sooner without it."""
    if place.runtime == Where.LOCAL:
        from argotui.runtimes.local import told

        sandbox = place.options.get("sandbox", "auto")
        where, warning = told.where(sandbox), told.warning(sandbox)
    else:
        runtime = make_runtime(place)
        where, warning = runtime.where, str(getattr(runtime, "warning", ""))
    return where, (warning,) if warning else ()


def run_place(
    folder: Path,
    header: RunHeader,
    *,
    config_maps: Mapping[str, Any] | None = None,
    secrets: Mapping[str, Any] | None = None,
) -> RunPlace:
    """Return where a run lives, and what was given with it, as its runtime wants to know it."""
    return RunPlace(
        run_id=header.run_id,
        workflow_name=header.workflow_name,
        namespace=header.namespace,
        folder=folder,
        logs=folder / LOGS,
        work=folder / WORK,
        config_maps=config_maps or {},
        secrets=secrets or {},
    )

"""Composition root: the only place that picks concrete classes and joins them.

Called by cli. Holds no rule of Argo and no loop over a run.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
import time
import uuid
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from argotui import __version__
from argotui.driver.launch import launch
from argotui.driver.port import RunPort
from argotui.driver.remote import RemoteRun, is_driven
from argotui.driver.stored import StoredRun
from argotui.journal.header import RunHeader, read_header
from argotui.journal.index import Listed
from argotui.journal.places import runs_folder, state_folder
from argotui.journal.store import LOGS, WORK, Journal, create, new_run_id, open_run, read_state
from argotui.model.errors import RuntimeFault
from argotui.model.events import RunStarted
from argotui.model.fold import RunState
from argotui.model.sought import Answer, Sought
from argotui.model.work import PodWork, WorkRef
from argotui.runtimes.port import RunPlace, Runtime
from argotui.submit import handover
from argotui.submit.request import Approvals, Choices, Source, Where
from argotui.submit.sources import STDIN_NAME

if TYPE_CHECKING:  # what only a run needs is imported by it: `get` and `logs` start quickly
    from argotui.driver.driven import DriveEnd, DrivenRun
    from argotui.submit.prepare import Prepared

    Approve: TypeAlias = Callable[[DrivenRun, Approvals], Coroutine[Any, Any, None]]

_DEFAULT_NAMESPACE = "default"
_ENDING = 30.0  # seconds for all that a run has left running to end


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a run is to run: the runtime's name, and its options as JSON."""

    runtime: str
    options: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""  # what people should know of the choice


def make_runtime(place: Place) -> Runtime:
    """Return the runtime, not yet opened."""
    if place.runtime == Where.FAKE:
        from argotui.runtimes.fake import FakeRuntime

        return FakeRuntime()
    from argotui.runtimes.data import DataRuntime
    from argotui.runtimes.http import HttpRuntime
    from argotui.runtimes.joined import JoinedRuntime

    if place.runtime == Where.KUBERNETES:
        from argotui.expr.jsonpath import render
        from argotui.runtimes.kubernetes.reading import reader
        from argotui.runtimes.kubernetes.runtime import KubernetesRuntime

        named = {name: place.options.get(name) for name in ("context", "namespace", "kubeconfig")}
        return JoinedRuntime(
            KubernetesRuntime(**place.options, json_path=render),
            HttpRuntime(),
            DataRuntime(reader(**named)),
        )
    from argotui.runtimes.local.runtime import LocalRuntime

    return JoinedRuntime(LocalRuntime(**place.options), HttpRuntime(), DataRuntime())


def look_up(place: Place, sought: Sequence[Sought]) -> Mapping[Sought, Answer]:
    """Return what the cluster that `place` is has of this; nothing where it is none. Raises
    RuntimeFault."""
    if place.runtime != Where.KUBERNETES:
        return {}
    from argotui.runtimes.kubernetes.library import read_objects

    options = {name: place.options[name] for name in ("context", "namespace", "kubeconfig")}
    return read_objects(sought, **options)


def create_run(prepared: Prepared, place: Place, approvals: Approvals | None = None) -> Journal:
    """Make the folder of a new run and write what it is started with. Raises RuntimeFault.

    `approvals` are for a driver in the background, which gives them as nodes wait.
    """
    resolved = prepared.resolved
    where, warning = _told(place)
    header = RunHeader(
        run_id=new_run_id(),
        workflow_name=prepared.name,
        created=time.time(),
        namespace=place.options.get("namespace")
        or resolved.metadata.namespace
        or _DEFAULT_NAMESPACE,
        uid=str(uuid.uuid4()),
        seed=secrets.randbits(63),
        manifest=prepared.source.label,
        files=prepared.files,
        source=resolved.source,
        library=prepared.documents,
        parameters=dict(prepared.choices.parameters),
        runtime=place.runtime,
        runtime_options=dict(place.options),
        options={
            "choices": asdict(prepared.choices),
            "approvals": asdict(approvals) if approvals is not None else {},
        },
        where=where,
        lenient=not prepared.choices.strict,
        deviations=resolved.deviations,
        warnings=(*prepared.warnings, *warning),
        versions={"argotui": __version__, "python": sys.version.split()[0]},
    )
    return create(runs_folder(), header)


def assemble(
    prepared: Prepared,
    journal: Journal,
    *,
    state: RunState | None = None,
    approval_timeout: float | None = None,
) -> DrivenRun:
    """Join engine, journal and runtime into a run that can be driven. Needs a running loop."""
    from argotui import sharing
    from argotui.driver.driven import DrivenRun, DriveOptions
    from argotui.engine.outlook import outlook
    from argotui.templates import engine_for

    header, folder, shared = journal.header, journal.folder, state_folder() / "shared"
    engine = engine_for(prepared.resolved, state)
    copy = prepared.choices.metrics_file
    place = _run_place(
        folder,
        header,
        config_maps=prepared.loaded.config_maps,
        secrets=prepared.loaded.secrets,
    )
    return DrivenRun(
        engine=engine,
        journal=journal,
        runtime=make_runtime(Place(runtime=header.runtime, options=header.runtime_options)),
        place=place,
        options=DriveOptions(
            shared=shared,
            approval_timeout=approval_timeout,
            metrics_file=Path(copy) if copy else None,
            shelf=sharing.shelf_of(
                header,
                folder,
                shared,
                priority=int(prepared.resolved.spec.extra.get("priority") or 0),
                config_maps=place.config_maps,
            ),
            caches=sharing.caches_of(header, shared),
        ),
        outlook=partial(outlook, engine),
    )


async def drive_here(driven: DrivenRun, header: RunHeader) -> DriveEnd:
    """Drive in this process to the end; others can take part over the run's socket."""
    from argotui.driver.serve import serve

    return await serve(driven, first_event(header), signals=False)


def drive_folder(
    folder: Path, approval_timeout: float | None = None, *, approve: Approve
) -> DriveEnd:
    """Be the driver of the run in this folder: begin it, or take it over. `approve` gives the
    approvals that the run was started with."""
    from argotui.driver.serve import serve

    journal, state = open_run(folder)
    try:
        prepared = prepared_again(folder, handover.take(folder))
    except BaseException:
        journal.close()
        raise

    async def drive() -> DriveEnd:
        driven = assemble(prepared, journal, state=state, approval_timeout=approval_timeout)
        given = Approvals.from_json(journal.header.options.get("approvals") or {})
        approving = asyncio.create_task(approve(driven, given))
        try:
            return await serve(driven, first_event(journal.header))
        finally:
            approving.cancel()
            await asyncio.gather(approving, return_exceptions=True)

    return asyncio.run(drive())


async def launch_driver(folder: Path, approval_timeout: float | None = None) -> None:
    """Start a driver for this folder in a process of its own. Raises RuntimeFault."""
    argv = [sys.executable, "-P", "-m", "argotui", "_drive", str(folder)]
    if approval_timeout is not None:
        argv.append(f"{approval_timeout:f}")
    await launch(folder, argv, env=_driver_environment())


async def launch_run(
    prepared: Prepared, folder: Path, approval_timeout: float | None = None
) -> None:
    """Start the driver of a new run; it gets the Secrets that it cannot read by itself."""
    if prepared.loaded.secrets and STDIN_NAME in prepared.source.contents:
        handover.offer(folder, list(prepared.loaded.secrets.values()))
    try:
        await launch_driver(folder, approval_timeout)
    finally:
        handover.withdraw(folder)


async def reach(folder: Path, approval_timeout: float | None = None) -> RunPort:
    """Return the port of a run that goes on, starting a driver if it has none; of one that has
    ended, what is stored of it."""
    if not await is_driven(folder):
        if _has_ended(folder):
            return StoredRun(folder)
        await launch_driver(folder, approval_timeout)
        if _has_ended(folder) and not await is_driven(folder):
            return StoredRun(folder)
    return RemoteRun(folder)


def open_shell(folder: Path, ref: WorkRef, work: PodWork, container: str) -> int:
    """Open a shell where a piece of work ran; return its exit code. Raises RuntimeFault."""
    from argotui.runtimes.local.shell import open_shell as open_local

    header = read_header(folder)
    if header.runtime != Where.LOCAL:
        where = f"this one is in {header.where}: kubectl exec"
        raise RuntimeFault(f"shell is for steps on this machine, {where}")
    place = _run_place(
        folder,
        header,
        config_maps=_by_name(
            document for document in header.library if document.get("kind") == "ConfigMap"
        ),
        secrets=_by_name(secret_documents(header.files)),
    )
    options = header.runtime_options
    return open_local(
        place,
        ref,
        work,
        container=container,
        sandbox=options.get("sandbox", "auto"),
        images=options.get("images"),
    )


def end_all(known: Listed) -> None:
    """End what a driver that was killed has left running of a run. Raises RuntimeFault."""
    from argotui import sharing

    header = read_header(known.folder)
    place = Place(runtime=header.runtime, options=header.runtime_options)
    supervised = sharing.is_supervised(known.folder)
    boxed = place.runtime == Where.LOCAL and place.options.get("sandbox", "auto") == "auto"
    if supervised or not (boxed or known.summary.phase.is_completed):
        try:
            asyncio.run(asyncio.wait_for(_open_and_close(known.folder, place, header), _ENDING))
        except TimeoutError:
            raise RuntimeFault(f"what runs of {known.folder.name} does not end") from None
        sharing.give_back(header, read_state(known.folder).state)


async def _open_and_close(folder: Path, place: Place, header: RunHeader) -> None:
    runtime = make_runtime(place)
    where = _run_place(folder, header)
    try:
        await runtime.open(where, lambda observation: None)
    finally:
        await runtime.close()


def port_of(known: Listed) -> RunPort:
    """Return the port of a run as it is: driven by another process, or stored."""
    return RemoteRun(known.folder) if known.driven else StoredRun(known.folder)


def _run_place(
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


def first_event(header: RunHeader) -> RunStarted:
    """Return the event that a run begins with."""
    return RunStarted(
        run_id=header.run_id,
        name=header.workflow_name,
        uid=header.uid,
        namespace=header.namespace,
        seed=header.seed,
    )


def prepared_again(
    folder: Path, given_secrets: Sequence[Mapping[str, Any]] | None = None
) -> Prepared:
    """Prepare a run anew from what its folder keeps. Secrets are never kept: they are handed in,
    or read again from the run's files."""
    from argotui.submit.prepare import prepare

    header = read_header(folder)
    contents: dict[str, bytes] = {
        f"<kept {number}>": json.dumps(document).encode()
        for number, document in enumerate(header.library)
    }
    given = secret_documents(header.files) if given_secrets is None else given_secrets
    contents |= {
        f"<secret {number}>": json.dumps(document).encode() for number, document in enumerate(given)
    }
    options = dict(header.options["choices"])
    options["runtime"] = Where(options.get("runtime", Where.AUTO))
    options["name"] = header.workflow_name
    options["origin"] = None  # what it named is among the documents
    source = Source(names=(header.manifest,), contents=contents)
    return prepare(source, Choices(**options))


def secret_documents(files: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the Secrets in these files, as far as the files are still there."""
    from argotui.manifest.load import load

    contents = []
    for file in files:
        with suppress(OSError):
            contents.append((file, Path(file).read_bytes()))
    return list(load(contents).secrets.values())


def _by_name(documents: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {str(document["metadata"]["name"]): document for document in documents}


def _has_ended(folder: Path) -> bool:
    return read_state(folder).state.run.phase.is_completed


def _driver_environment() -> dict[str, str]:
    """The driver finds the package that this process found, also where it is not installed."""
    from importlib import metadata

    environment = dict(os.environ)
    try:
        metadata.distribution("argotui")
    except metadata.PackageNotFoundError:
        root = str(Path(__file__).parent.parent)
        old = environment.get("PYTHONPATH", "")
        environment["PYTHONPATH"] = f"{root}{os.pathsep}{old}" if old else root
    return environment


def _told(place: Place) -> tuple[str, tuple[str, ...]]:
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

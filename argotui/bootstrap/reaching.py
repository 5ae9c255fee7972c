"""Runs that are there already: their ports, a shell where work ran, the end of what is left."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from argotui.bootstrap.driving import launch_driver
from argotui.bootstrap.places import Place, make_runtime, run_place
from argotui.bootstrap.starting import by_name, secret_documents
from argotui.driver.port import RunPort
from argotui.driver.remote import RemoteRun, is_driven
from argotui.driver.stored import StoredRun
from argotui.journal.header import RunHeader, read_header
from argotui.journal.index import Listed
from argotui.journal.lock import is_supervised
from argotui.journal.store import read_state
from argotui.journal.summary import read_summary
from argotui.model.errors import RuntimeFault
from argotui.model.work import PodWork, WorkRef
from argotui.submit.request import Where

_ENDING = 30.0  # seconds for all that a run has left running to end


async def reach(folder: Path, approval_timeout: float | None = None) -> RunPort:
    """Return the port of a run that goes on, starting a driver if it has none; of one that has
    ended, what is stored of it, with what it left behind taken away."""
    if not await is_driven(folder):
        if has_ended(folder):
            if is_left_open(folder):
                with suppress(RuntimeFault):  # driver.log says why; there is nothing to steer
                    await launch_driver(folder)
            return StoredRun(folder)
        await launch_driver(folder, approval_timeout)
        if has_ended(folder) and not await is_driven(folder):
            return StoredRun(folder)
    return RemoteRun(folder)


def open_shell(folder: Path, ref: WorkRef, work: PodWork, container: str) -> int:
    """Open a shell where a piece of work ran; return its exit code. Raises RuntimeFault."""
    from argotui.runtimes.local.shell import open_shell as open_local

    header = read_header(folder)
    if header.runtime != Where.LOCAL:
        where = f"this one is in {header.where}: kubectl exec"
        raise RuntimeFault(f"shell is for steps on this machine, {where}")
    place = run_place(
        folder,
        header,
        config_maps=by_name(
            document for document in header.library if document.get("kind") == "ConfigMap"
        ),
        secrets=by_name(secret_documents(header.files)),
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
    from argotui.bootstrap import sharing

    header = read_header(known.folder)
    place = Place(runtime=header.runtime, options=header.runtime_options)
    supervised = is_supervised(known.folder)
    boxed = place.runtime == Where.LOCAL and place.options.get("sandbox", "auto") == "auto"
    completed = known.summary.phase.is_completed and not is_left_open(known.folder)
    if supervised or not (boxed or completed):
        try:
            asyncio.run(asyncio.wait_for(_open_and_close(known.folder, place, header), _ENDING))
        except TimeoutError:
            raise RuntimeFault(f"what runs of {known.folder.name} does not end") from None
        sharing.give_back(header, read_state(known.folder).state)


async def _open_and_close(folder: Path, place: Place, header: RunHeader) -> None:
    runtime = make_runtime(place)
    where = run_place(folder, header)
    try:
        await runtime.open(where, lambda observation: None)
    finally:
        await runtime.close()


def port_of(known: Listed) -> RunPort:
    """Return the port of a run as it is: driven by another process, or stored."""
    return RemoteRun(known.folder) if known.driven else StoredRun(known.folder)


def is_left_open(folder: Path) -> bool:
    """Whether a run ended in a cluster as its driver died: what it made there may be there yet.
    Claims that it keeps are no such thing: they stay until it is deleted."""
    header, summary = read_header(folder), read_summary(folder)
    run = read_state(folder).state.run
    return (
        header.runtime == Where.KUBERNETES
        and run.phase.is_completed
        and not (summary is not None and summary.at_rest)
        and not run.extra.get("claims")
    )


def has_ended(folder: Path) -> bool:
    return read_state(folder).state.run.phase.is_completed

"""A run's folder, made or read again, and the run that can be driven from it."""

from __future__ import annotations

import json
import secrets
import sys
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from argotui import __version__
from argotui.bootstrap.places import Place, connect, make_runtime, run_place, told
from argotui.journal.header import RunHeader, read_header
from argotui.journal.places import runs_folder, state_folder
from argotui.journal.store import Journal, create, new_run_id
from argotui.model.events import RunStarted
from argotui.model.fold import RunState
from argotui.submit.request import Approvals, Choices, Source, Where

if TYPE_CHECKING:  # what only a run needs is imported by it: `get` and `logs` start quickly
    from argotui.driver.driven import DrivenRun
    from argotui.submit.prepare import Prepared

_DEFAULT_NAMESPACE = "default"


def create_run(prepared: Prepared, place: Place, approvals: Approvals | None = None) -> Journal:
    """Make the folder of a new run and write what it is started with. Raises RuntimeFault.

    `approvals` are for a driver in the background, which gives them as nodes wait.
    """
    resolved = prepared.resolved
    where, warning = told(place)
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
    from argotui.bootstrap import sharing
    from argotui.driver.driven import DrivenRun, DriveOptions
    from argotui.engine.outlook import outlook
    from argotui.templates import engine_for

    header, folder, shared = journal.header, journal.folder, state_folder() / "shared"
    where = Place(runtime=header.runtime, options=header.runtime_options)
    client = connect(where)
    engine = engine_for(prepared.resolved, state)
    copy = prepared.choices.metrics_file
    place = run_place(
        folder,
        header,
        config_maps=prepared.loaded.config_maps,
        secrets=prepared.loaded.secrets,
    )
    return DrivenRun(
        engine=engine,
        journal=journal,
        runtime=make_runtime(where, client),
        place=place,
        options=DriveOptions(
            shared=shared,
            approval_timeout=approval_timeout,
            metrics_file=Path(copy) if copy else None,
            shelf=sharing.shelf_of(
                header,
                folder,
                shared,
                client,
                priority=int(prepared.resolved.spec.extra.get("priority") or 0),
                config_maps=place.config_maps,
            ),
            caches=sharing.caches_of(header, shared, client),
        ),
        outlook=partial(outlook, engine),
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


def by_name(documents: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {str(document["metadata"]["name"]): document for document in documents}

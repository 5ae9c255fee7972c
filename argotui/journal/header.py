"""What a run was started with: written once, read at recovery. Called by journal.store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from argotui.journal.codec import SCHEMA, decode, encode
from argotui.journal.files import read_json, write_json
from argotui.model.errors import EngineBug, RuntimeFault
from argotui.model.values import JsonObject

NAME = "header.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """`source` is the Workflow as JSON, `library` the other documents it needs (never a Secret:
    those are read again from `files` at recovery). `parameters` are the resolved
    arguments, `runtime` the choice of where to run with its options, `options` whatever else the
    command line said. `versions` names argotui's and Python's. `created` in unix seconds.
    """

    run_id: str
    workflow_name: str
    created: float
    namespace: str = "default"
    uid: str = ""
    seed: int = 0
    manifest: str = ""  # the file's name as given, for people
    files: tuple[str, ...] = ()  # absolute, in the order of reading
    source: JsonObject = field(default_factory=dict)
    library: tuple[JsonObject, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    runtime: str = ""
    runtime_options: JsonObject = field(default_factory=dict)
    options: JsonObject = field(default_factory=dict)
    where: str = ""  # the runtime's short text
    lenient: bool = True
    deviations: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    schema: int = 0  # filled in as it is written


def write_header(folder: Path, header: RunHeader) -> None:
    """Raises EngineBug for a Secret in the library, OSError where it cannot be written."""
    if any(document.get("kind") == "Secret" for document in header.library):
        raise EngineBug("a Secret was about to be written to the run folder")
    write_json(folder / NAME, {**encode(header), "schema": SCHEMA})


def read_header(folder: Path) -> RunHeader:
    """Raises RuntimeFault: not a run folder, or written by a version that is too new."""
    try:
        raw = read_json(folder / NAME)
        header: RunHeader = decode(RunHeader, raw)
    except (OSError, ValueError, TypeError) as error:
        raise RuntimeFault(f"{folder} is not a run: {NAME} cannot be read ({error})") from error
    if header.schema > SCHEMA:
        version = header.versions.get("argotui", "a newer version")
        raise RuntimeFault(
            f"run {header.run_id} was written by argotui {version}, which this one cannot read"
        )
    return header

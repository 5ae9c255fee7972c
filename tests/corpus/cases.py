"""The conformance corpus, read in place: manifests, and what a real controller made of them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from argotui.manifest.load import load
from argotui.submit.prepare import Prepared, prepare
from argotui.submit.request import Choices, Source, Where
from tests.corpus.known import GIVEN, INSTEAD

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("ARGOTUI_CORPUS") or ROOT.parent / "shared" / "corpus")


@dataclass(frozen=True)
class Case:
    """One manifest. `wants` are the recorded outcomes, `refused` what Argo said instead.

    `on_cluster` needs a real one; `needs_store` was recorded with an artifact store; `is_random`
    is left to chance in its outcome or its way there.
    """

    id: str
    setup: tuple[str, ...]
    on_cluster: bool
    needs_store: bool
    is_random: bool
    wants: tuple[dict[str, Any], ...]
    refused: str

    @property
    def seconds(self) -> float:
        """How long the recorded run took, a cluster's own slowness included."""
        return max((want.get("seconds") or 0.0 for want in self.wants), default=0.0)


@cache
def cases() -> dict[str, Case]:
    """Return the recorded cases by id; none where the corpus is absent."""
    table = CORPUS / "cases.yaml"
    if not table.exists():
        return {}
    listed = yaml.load(table.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found = (_case(entry) for entry in listed)
    return {case.id: case for case in found if case is not None}


def _case(entry: dict[str, Any]) -> Case | None:
    tree = CORPUS / "trees" / (entry["id"].replace("/", "__") + ".json")
    if not tree.exists():
        return None
    results = json.loads(tree.read_text())["results"]
    return Case(
        id=entry["id"],
        setup=tuple(entry.get("setup") or ()),
        on_cluster=entry["runs_on"] == "cluster",
        needs_store=bool(entry.get("artifact_store")),
        is_random=bool(entry.get("random")),
        wants=tuple(result for result in results if "phase" in result),
        refused=next((r["submit_error"] for r in results if r.get("submit_error")), ""),
    )


def prepared(case: Case, runtime: Where = Where.LOCAL) -> Prepared:
    """Return the case made ready to run, strictly. Raises ManifestError."""
    choices = Choices(strict=True, runtime=runtime)
    return prepare(Source(names=("wf.yaml",), contents=files_of(case)), choices)


def files_of(case: Case) -> dict[str, bytes]:
    """Return the manifest, as wf.yaml, and what belongs to it, by names of files."""
    contents = {"wf.yaml": (CORPUS / "workflows" / case.id).read_bytes()}
    for old, new in INSTEAD.get(case.id, {}).items():
        contents["wf.yaml"] = contents["wf.yaml"].replace(old.encode(), new.encode())
    if case.id in GIVEN:
        contents["given.yaml"] = GIVEN[case.id].encode()
    for name in case.setup:
        raw = (CORPUS / "workflows" / name).read_bytes()
        # of two versions of one template the first is meant: the second updates it later
        if not any("twice" in p.what for p in load([*contents.items(), (name, raw)]).problems):
            contents[name] = raw
    return contents

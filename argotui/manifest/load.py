"""Texts of files -> every object in them that concerns a run, with all problems.

Called by cli and bootstrap, which read the files. Argo: 9.1, O14.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from argotui.manifest.decoding import Decoding, nearest
from argotui.manifest.documents import read_workflow
from argotui.manifest.ignores import without_ignored
from argotui.manifest.secrets import folded_secret
from argotui.manifest.source import Path, Source
from argotui.manifest.yaml import compose, decode_text
from argotui.model.errors import Problem
from argotui.model.manifest import JsonObject, Template
from argotui.model.workflow import LibraryKey, Workflow

MAX_PROBLEMS = 1000  # of one file: what comes after tells nobody more
_GROUP = "argoproj.io"
_SIMILAR = 0.8  # Argo CD, Kubernetes and Argo itself have kinds that look less alike
WORKFLOW_KINDS = frozenset(
    ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an object or a template stands: its document, the path in it, its Kind/name."""

    source: Source
    path: Path
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Everything read, by kind. `places` is keyed by the id of a `source` dict (see `place`).

    A Secret has all its values in `data`, in base64, as an API server stores it. `referred` are the
    files of libraries (library.py): what stands there is only referred to. `namesakes` are, by kind
    and name, objects of one name in several namespaces (library.py: in_namespace). `absent` says of
    templates that were looked for elsewhere why they are not there. `unread` are the paths, each
    with the id of its source, that have a value which could not be read.
    """

    workflows: tuple[Workflow, ...] = ()
    workflow_templates: Mapping[str, Workflow] = field(default_factory=dict)
    cluster_workflow_templates: Mapping[str, Workflow] = field(default_factory=dict)
    cron_workflows: tuple[Workflow, ...] = ()
    config_maps: Mapping[str, JsonObject] = field(default_factory=dict)
    secrets: Mapping[str, JsonObject] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    places: Mapping[int, Place] = field(default_factory=dict, repr=False)
    unread: frozenset[tuple[int, Path]] = frozenset()
    referred: frozenset[str] = frozenset()
    namesakes: Mapping[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)
    absent: Mapping[LibraryKey, str] = field(default_factory=dict)

    def place(self, thing: Workflow | Template) -> Place | None:
        """Return where a document or a template as written stands; None for merged ones."""
        return self.places.get(id(thing.source))

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def load(texts: Iterable[tuple[str, bytes | str]], *, strict: bool = False) -> Loaded:
    """Read (file name, content) pairs. `strict` makes unknown fields errors; never raises."""
    shelf = _Shelf(strict=strict)
    for file, content in texts:
        text = decode_text(content, file) if isinstance(content, bytes) else content
        if isinstance(text, Problem):
            shelf.problems.append(text)
        else:
            shelf.read(file, text)
    return shelf.loaded()


@dataclass(slots=True)
class _Shelf:
    """Collects what load() returns."""

    strict: bool
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    unread: set[tuple[int, Path]] = field(default_factory=set)
    named: dict[str, dict[str, Any]] = field(default_factory=dict)
    namesakes: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)
    listed: dict[str, list[Workflow]] = field(default_factory=dict)

    def loaded(self) -> Loaded:
        return Loaded(
            workflows=tuple(self.listed.get("Workflow", ())),
            cron_workflows=tuple(self.listed.get("CronWorkflow", ())),
            workflow_templates=self.named.get("WorkflowTemplate", {}),
            cluster_workflow_templates=self.named.get("ClusterWorkflowTemplate", {}),
            config_maps=self.named.get("ConfigMap", {}),
            secrets=self.named.get("Secret", {}),
            problems=tuple(self.problems),
            notes=tuple(self.notes),
            places=self.places,
            unread=frozenset(self.unread),
            namesakes=self.namesakes,
        )

    def read(self, file: str, text: str) -> None:
        documents, problems = compose(text, file)
        if documents:
            problems = without_ignored(problems, documents[0].source)
        for document in documents:
            if len(problems) > MAX_PROBLEMS:
                break
            found: list[Problem] = []
            self.document(document.data, document.source, (), found)
            problems += without_ignored(found, document.source)
        if not documents and not problems:
            self.notes.append(f"{file}: nothing in it")
        self.problems += problems[:MAX_PROBLEMS]

    def document(self, data: Any, source: Source, path: Path, found: list[Problem]) -> None:
        at = Decoding(source=source, strict=self.strict, problems=found)
        if not isinstance(data, dict):
            at.report(path, "a manifest is a mapping", "begin with apiVersion, kind, metadata")
            return
        kind = data.get("kind")
        if not isinstance(kind, str) or not kind:
            at.report(path, "kind is required", "for instance 'kind: Workflow'")
            return
        if kind.endswith("List") and isinstance(data.get("items"), list):
            for i, item in enumerate(data["items"]):
                self.document(item, source, (*path, "items", i), found)
            return
        at.subject = f"{kind}/{_name_of(data)}"
        match kind, _group(data):
            case _, "argoproj.io" | "" if kind in WORKFLOW_KINDS:
                self.workflow(kind, data, at, path)
            case "ConfigMap" | "Secret", "":
                self.store(kind, data, at, path)
            case _:
                _warn_kind(at, path, kind, group=_group(data))
                self.notes.append(f"{source.file}: {at.subject} does not concern a run; skipped")

    def workflow(self, kind: str, data: dict[str, Any], at: Decoding, path: Path) -> None:
        workflow = read_workflow(kind, data, at, path)
        subject = f"{kind}/{_name_of(data)}"
        assert at.source is not None
        self.places[id(workflow.source)] = Place(source=at.source, path=path, subject=subject)
        for key, where in at.places.items():
            self.places[key] = Place(source=at.source, path=where, subject=subject)
        self.unread |= {(id(at.source), where) for where in at.unread}
        if kind in ("Workflow", "CronWorkflow"):
            self.listed.setdefault(kind, []).append(workflow)
            return
        if not workflow.metadata.name:
            at.report(
                (*path, "metadata"), "metadata.name is required", "others refer to it by name"
            )
        self.shelve(kind, workflow.metadata.name, workflow, at, path)

    def shelve(self, kind: str, name: str, thing: Any, at: Decoding, path: Path) -> None:
        shelf = self.named.setdefault(kind, {})
        known = self.namesakes.get((kind, name)) or tuple(filter(None, (shelf.get(name),)))
        if thing in known:
            return  # the same file, given twice
        shelf[name] = thing
        if not known:
            return
        if kind == "ClusterWorkflowTemplate" or namespace_of(thing) in map(namespace_of, known):
            where = (*path, "metadata", "name")
            at.report(where, f"{kind} '{name}' is defined twice", "give one of them another name")
            return
        shelf[name] = known[0]
        self.namesakes[kind, name] = (*known, thing)

    def store(self, kind: str, data: dict[str, Any], at: Decoding, path: Path) -> None:
        if not isinstance(data.get("metadata"), dict) or not _name_of(data):
            at.report(path, "metadata.name is required")
            return
        for part in ("data", "stringData", "binaryData"):
            _check_texts(data.get(part), at, (*path, part))
        stored = folded_secret(data, at, path) if kind == "Secret" else data
        self.shelve(kind, _name_of(data), stored, at, path)


def _warn_kind(at: Decoding, path: Path, kind: str, *, group: str) -> None:
    """Other kinds are nobody's business, unless one of Argo's was probably meant. Argo: 7."""
    near = nearest(kind, sorted(WORKFLOW_KINDS), cutoff=_SIMILAR)
    if group in ("", _GROUP) and near and not kind.endswith("List"):
        what = f"kind {kind} is not one of Argo's: it is skipped"
        at.report((*path, "kind"), what, f"did you mean '{near}'?", warning="unknown-kind")


def namespace_of(thing: Workflow | JsonObject) -> str:
    """Return the namespace that an object names, "" if it names none."""
    if isinstance(thing, Workflow):
        return thing.metadata.namespace
    metadata = thing.get("metadata")
    return str(metadata.get("namespace") or "") if isinstance(metadata, dict) else ""


def _name_of(data: Mapping[str, Any]) -> str:
    metadata = data.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    return str(metadata.get("name") or metadata.get("generateName") or "")


def _group(data: Mapping[str, Any]) -> str:
    version = data.get("apiVersion")
    return version.rpartition("/")[0] if isinstance(version, str) else ""


def _check_texts(values: Any, at: Decoding, path: Path) -> None:
    at.struct = at.subject.partition("/")[0]
    if values is not None and not isinstance(values, dict):
        at.mismatch(path, values, "map[string]string", "a mapping of texts is wanted here")
        return
    for key, value in (values or {}).items():
        if not isinstance(value, str):
            at.mismatch((*path, key), value, "string", at.quoting((*path, key)))

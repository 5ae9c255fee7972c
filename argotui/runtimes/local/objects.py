"""ConfigMaps and Secrets kept as files of the run, so that resource templates can be tried.

Called by runtime.LocalRuntime where the user opted in. Argo: 3.6.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from argotui.model.errors import RuntimeFault
from argotui.model.work import PodState, Report, ResourceWork
from argotui.runtimes.conditions import requirements
from argotui.runtimes.operated import failed, main_ended

_STORE = "local object store"
KINDS = {"ConfigMap": "configMap", "Secret": "secret"}
_PLURALS = {"ConfigMap": "configmaps", "Secret": "secrets"}
_WORDS = {"cm": "ConfigMap", "configmap": "ConfigMap", "configmaps": "ConfigMap"} | {
    "secret": "Secret",
    "secrets": "Secret",
}
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


class ObjectStore:
    """`objects` are the stored ones by kind and name, alive."""

    def __init__(self, folder: Path, namespace: str) -> None:
        self._folder, self._namespace = folder, namespace
        self.objects: dict[str, dict[str, dict[str, Any]]] = {"configMap": {}, "secret": {}}
        for path in sorted(folder.glob("*/*.json")):
            found = json.loads(path.read_text(encoding="utf-8"))
            self._table(found["kind"])[found["metadata"]["name"]] = found

    def perform(self, work: ResourceWork) -> Report:
        """Do one operation. What fails is a report, as kubectl would have it.

        Raises RuntimeFault for kinds that are not kept here: nothing is done then.
        """
        began = time.time()
        try:
            wanted = list(self._wanted(work))
        except RuntimeFault as error:
            return failed(began, str(error), code=1, detail=_STORE)
        for each in wanted:
            self._table(str(each.get("kind")))
        try:
            found: dict[str, Any] | None = None
            for each in wanted:
                found = self._act(work, each)
            _judge(work, found)
            parameters, errors = _outputs(work, found)
        except RuntimeFault as error:
            return failed(began, str(error), code=1, detail=_STORE)
        return Report(
            state=PodState.FAILED if errors else PodState.SUCCEEDED,
            containers=(main_ended(began, detail=_STORE),),
            message="; ".join(errors),
            parameters=parameters,
            collect_errors=tuple(errors),
            object=found,
            started_at=began,
            finished_at=time.time(),
        )

    def _wanted(self, work: ResourceWork) -> Iterator[dict[str, Any]]:
        """Yield the objects that the manifest describes, or the one that the flags name."""
        try:
            documents = [each for each in yaml.safe_load_all(work.manifest) if each]
        except yaml.YAMLError as error:
            raise RuntimeFault(f"the manifest is no YAML: {error}") from error
        if not documents and not work.flags:
            raise RuntimeFault("Must provide at least one of flags or manifest.")
        if not documents or not isinstance(documents[0], dict) or "kind" not in documents[0]:
            named = _named_by(work.flags)
            patch = documents[0] if documents and isinstance(documents[0], dict) else {}
            yield {**patch, **named}
            return
        for each in documents:
            if not isinstance(each, dict):
                raise RuntimeFault(f"the manifest holds what is no object: {str(each)[:40]}")
            yield each

    def _act(self, work: ResourceWork, wanted: dict[str, Any]) -> dict[str, Any] | None:
        kind = str(wanted.get("kind"))
        table = self._table(kind)
        metadata = wanted.get("metadata") or {}
        name = str(metadata.get("name") or "")
        if not name and work.action == "create" and metadata.get("generateName"):
            name = f"{metadata['generateName']}{secrets.token_hex(3)[:5]}"
        if not _NAME.fullmatch(name) or len(name) > 253:
            raise RuntimeFault(f"{name!r} cannot be the name of a {kind}")
        old = table.get(name)
        match work.action:
            case "create" if old:
                raise RuntimeFault(_server(kind, name, "AlreadyExists", "already exists"))
            case "create" | "apply" if not old:
                return self._put(kind, name, wanted, old=None)
            case "delete":
                self._remove(kind, name)
                return None
            case "get" | "replace" | "patch" if not old:
                raise RuntimeFault(_server(kind, name, "NotFound", "not found"))
            case "get":
                return old
            case "replace":
                return self._put(kind, name, wanted, old=old)
            case "apply" | "patch":
                return self._put(kind, name, _merged(old, wanted), old=old)
        raise RuntimeFault(f"{work.action}: no operation of the local object store")

    def _put(
        self, kind: str, name: str, wanted: Mapping[str, Any], *, old: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        known = (old or {}).get("metadata") or {}
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        metadata = {
            **(wanted.get("metadata") or {}),
            "name": name,
            "namespace": self._namespace,
            "uid": known.get("uid") or secrets.token_hex(16),
            "creationTimestamp": known.get("creationTimestamp") or now,
            "resourceVersion": str(int(known.get("resourceVersion") or 0) + 1),
        }
        fresh = {"apiVersion": "v1", **wanted, "kind": kind, "metadata": metadata}
        path = self._path(kind, name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        newer = path.with_suffix(".new")
        with os.fdopen(os.open(newer, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(fresh, file)
        newer.replace(path)
        self._table(kind)[name] = fresh
        return fresh

    def _remove(self, kind: str, name: str) -> None:
        self._table(kind).pop(name, None)
        self._path(kind, name).unlink(missing_ok=True)

    def _path(self, kind: str, name: str) -> Path:
        return self._folder / KINDS[kind] / f"{name}.json"

    def _table(self, kind: str) -> dict[str, dict[str, Any]]:
        if kind not in KINDS:
            raise RuntimeFault(
                f"the local object store keeps ConfigMaps and Secrets; {kind} needs a cluster "
                "(--runtime kubernetes)"
            )
        return self.objects[KINDS[kind]]


def _server(kind: str, name: str, reason: str, words: str) -> str:
    return f'Error from server ({reason}): {_PLURALS[kind]} "{name}" {words}'


def _named_by(flags: tuple[str, ...]) -> dict[str, Any]:
    """Understand `TYPE NAME` and `TYPE/NAME`, as kubectl does."""
    words = [word for flag in flags for word in flag.split() if not word.startswith("-")]
    if len(words) == 1 and "/" in words[0]:
        words = words[0].split("/", 1)
    if len(words) != 2:
        raise RuntimeFault(f"flags {' '.join(flags)!r} name no object that is kept here")
    return {"kind": _WORDS.get(words[0].lower(), words[0]), "metadata": {"name": words[1]}}


def _merged(old: Any, new: Any) -> Any:
    """A JSON merge patch: null takes away."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return new
    both = dict(old)
    for key, value in new.items():
        if value is None:
            both.pop(key, None)
        else:
            both[key] = _merged(both.get(key), value)
    return both


def _judge(work: ResourceWork, found: Mapping[str, Any] | None) -> None:
    """Hold the conditions against the object, once: nothing here changes by itself."""
    if found is None:
        return
    for term in requirements(work.failure_condition):
        if term.holds(found):
            raise RuntimeFault(f"failure condition '{term}' evaluated true")
    if not all(term.holds(found) for term in requirements(work.success_condition)):
        raise RuntimeFault(
            f"success condition '{work.success_condition}' does not hold, and nothing will change "
            "that in the local object store"
        )


def _outputs(
    work: ResourceWork, found: Mapping[str, Any] | None
) -> tuple[dict[str, str], list[str]]:
    values: dict[str, str] = {}
    errors = []
    for name, (kind, expression, default) in work.outputs.items():
        path = expression.strip().removeprefix("{").removesuffix("}").strip()
        value = _at(found, path) if re.fullmatch(r"[\w.\-\[\]\\/]+", path) else None
        if value is not None:
            values[name] = _text(value)
        elif default is not None:
            values[name] = default
        else:
            errors.append(f"output parameter {name}: {kind} {expression} finds nothing")
    return values, errors


def _at(found: Any, path: str) -> Any:
    """Follow a plain dotted path; `\\.` is a dot within a key, `[0]` or `.0` an element."""
    dotted = re.sub(r"\[(\d+)\]", r".\1", path.lstrip("$"))
    for part in re.split(r"(?<!\\)\.", dotted.strip(".")):
        key = part.replace("\\.", ".")
        if isinstance(found, Mapping):
            found = found.get(key)
        elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            return None
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))

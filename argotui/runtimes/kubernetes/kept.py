"""What a run's folder keeps of its work in the cluster: how to read a pod, and how it ended.

Called by runtime, so that the next driver knows what this one knew. One JSON file a work.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from argotui.model.errors import RuntimeFault
from argotui.model.work import CollectedFile, ContainerState, PodState, Report, WorkRef
from argotui.runtimes.kubernetes.draft import Plan

_KEY = re.compile(r"[\w.-]{1,300}")
_REPORT = frozenset(each.name for each in fields(Report))


@dataclass(slots=True, kw_only=True)
class Kept:
    """`uid` is that of the pod, "" before it was made; `read` are outputs that were read from a
    held container, by key. `plan` is None for work on a resource."""

    ref: WorkRef
    plan: Plan | None = None
    uid: str = ""
    read: dict[str, bytes] = field(default_factory=dict)
    report: Report | None = None


class Folder:
    """The folder of one run. Raises RuntimeFault where it cannot be written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise RuntimeFault(f"cannot write {path}: {error.strerror}") from error

    def save(self, kept: Kept) -> None:
        path = self._file(kept.ref.key)
        newer = path.with_suffix(".new")
        text = json.dumps(_document(kept))
        try:
            with os.fdopen(os.open(newer, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
                f.write(text)
            newer.replace(path)
        except OSError as error:
            raise RuntimeFault(f"cannot write {path}: {error.strerror}") from error

    def load(self) -> Iterator[Kept]:
        """Yield what is kept; a file that was cut short counts as none."""
        for path in sorted(self._path.glob("*.json")):
            try:
                yield _kept(json.loads(path.read_text(encoding="utf-8")))
            except (OSError, ValueError, KeyError, TypeError):
                continue

    def _file(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise RuntimeFault(f"{key!r} is no name for a file")
        return self._path / f"{key}.json"


def _document(kept: Kept) -> Mapping[str, Any]:
    return {
        "ref": {name: getattr(kept.ref, name) for name in WorkRef.__slots__},
        "plan": asdict(kept.plan) if kept.plan else None,
        "uid": kept.uid,
        "read": {key: base64.b64encode(value).decode() for key, value in kept.read.items()},
        "report": _report_document(kept.report) if kept.report else None,
    }


def _report_document(report: Report) -> Mapping[str, Any]:
    facts = {name: getattr(report, name) for name in _REPORT}
    facts["containers"] = [asdict(each) for each in report.containers]
    facts["parameters"] = dict(report.parameters)
    facts["state"] = report.state.value
    return facts


def _kept(document: Mapping[str, Any]) -> Kept:
    plan, report = document["plan"], document["report"]
    return Kept(
        ref=WorkRef(**document["ref"]),
        plan=_plan(plan) if plan else None,
        uid=document["uid"],
        read={key: base64.b64decode(value) for key, value in document["read"].items()},
        report=_report(report) if report else None,
    )


def _plan(document: Mapping[str, Any]) -> Plan:
    facts: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in document.items()
    }
    facts["collect"] = tuple(CollectedFile(**each) for each in document["collect"])
    return Plan(**facts)


def _report(document: Mapping[str, Any]) -> Report:
    facts = {name: value for name, value in document.items() if name in _REPORT}
    facts["state"] = PodState(facts["state"])
    facts["containers"] = tuple(ContainerState(**each) for each in facts["containers"])
    for name in ("stage_errors", "collect_errors", "notes"):
        facts[name] = tuple(facts.get(name) or ())
    return Report(**facts)

"""1,000 manifests, a hundred WorkflowTemplates among them that the others refer to: `argotui lint`,
wall time from process start to process end."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.table import Table, reached
from bench.world import folder

_FILES, _TEMPLATES, _GOAL = 1000, 100, 5.0


def measure(rounds: int = 5) -> None:
    with folder() as place:
        _write(place)
        values = [_once(place) for _ in range(rounds)]
    table = Table(title="Checking: `argotui lint`, process start to end")
    good = sorted(values)[rounds // 2] < _GOAL
    table.add(f"{_FILES:,} files", values, "s", f"goal: under {_GOAL:.0f} s, {reached(good)}")
    table.remarks.append("Argo's linter, measured on another machine: 2.2 s.")
    table.print()


def _once(place: Path) -> float:
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "argotui", "lint", "-o", "simple", str(place)], check=True
    )
    return time.perf_counter() - begin


def _write(place: Path) -> None:
    for i in range(_FILES):
        document = _template(i) if i < _TEMPLATES else _caller(i)
        (place / f"{i}.yaml").write_text(_yaml(document), encoding="utf-8")


def _yaml(document: dict[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(json.loads(json.dumps(document)), sort_keys=False)


def _template(i: int) -> dict[str, Any]:
    work = {
        "name": "work",
        "inputs": {"parameters": [{"name": "to", "value": "world"}]},
        "container": {
            "image": "alpine",
            "command": ["echo"],
            "args": ["{{inputs.parameters.to}}"],
        },
    }
    return _document("WorkflowTemplate", f"library-{i}", {"templates": [work]})


def _caller(i: int) -> dict[str, Any]:
    ref = {"name": f"library-{i % _TEMPLATES}", "template": "work"}
    tasks = [
        {
            "name": f"task-{n}",
            "templateRef": ref,
            "depends": f"task-{n - 1}" if n else "",
            "arguments": {"parameters": [{"name": "to", "value": f"{{{{workflow.name}}}} {n}"}]},
        }
        for n in range(6)
    ]
    main = {"name": "main", "dag": {"tasks": tasks}}
    return _document("Workflow", f"workflow-{i}", {"entrypoint": "main", "templates": [main]})


def _document(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    head = {"apiVersion": "argoproj.io/v1alpha1", "kind": kind}
    return {**head, "metadata": {"name": name}, "spec": spec}

"""Many nodes without work: 2,000 skipped loop items, and twice 1,000 suspends of one second. Wall
time from process start to process end."""

from __future__ import annotations

from typing import Any

from bench.table import Table, reached
from bench.world import folder, run_headless, workflow


def measure(rounds: int = 5) -> None:
    table = Table(title="Nodes without work: `argotui run --plain`, process start to end")
    for name, manifest, goal in (
        ("2,000 skipped loop items", _skipped(), 1.0),
        ("2 x 1,000 suspends of 1 s", _suspends(), 3.0),
    ):
        values = [_once(manifest) for _ in range(rounds)]
        good = sorted(values)[rounds // 2] < goal
        table.add(name, values, "s", f"goal: under {goal:.0f} s, {reached(good)}")
    table.remarks.append("The Argo controller, measured on another machine: 0.6 s and 11.6 s.")
    table.print()


def _once(manifest: dict[str, Any]) -> float:
    with folder() as state:
        return run_headless(manifest, state)


def _skipped() -> dict[str, Any]:
    step = {"name": "s", "template": "never", "when": "1 == 2", "withSequence": {"count": 2000}}
    never = {"name": "never", "container": {"image": "alpine", "command": ["false"]}}
    return workflow({"name": "main", "steps": [[step]]}, never)


def _suspends() -> dict[str, Any]:
    def group(name: str) -> list[dict[str, Any]]:
        return [{"name": name, "template": "wait", "withSequence": {"count": 1000}}]

    wait = {"name": "wait", "suspend": {"duration": "1"}}
    return workflow({"name": "main", "steps": [group("a"), group("b")]}, wait)

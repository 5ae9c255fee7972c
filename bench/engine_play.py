"""One workflow of a given shape and size, played through the engine with a world that answers at
once. A process of its own: `python -m bench.engine_play SHAPE SIZE` prints the figures as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from argotui.manifest.load import load
from argotui.manifest.resolve import resolve
from argotui.model.commands import StartWork
from argotui.model.events import Event, RunStarted, WorkReported
from argotui.model.work import ContainerState, PodState, Report, WorkRef
from argotui.templates import engine_for
from bench.world import workflow

_POD = {"name": "pod", "container": {"image": "alpine", "command": ["true"]}}


def fan_out(size: int) -> dict[str, Any]:
    """One loop over all of them."""
    task = {"name": "a", "template": "pod", "withSequence": {"count": size - 2}}
    return workflow({"name": "main", "dag": {"tasks": [task]}}, _POD)


def chain(size: int) -> dict[str, Any]:
    """A DAG in which each task waits for the one before."""
    tasks: list[dict[str, Any]] = [{"name": "t0", "template": "pod"}]
    tasks += [
        {"name": f"t{number}", "template": "pod", "dependencies": [f"t{number - 1}"]}
        for number in range(1, size - 1)
    ]
    return workflow({"name": "main", "dag": {"tasks": tasks}}, _POD)


def nested(size: int) -> dict[str, Any]:
    """Steps in steps in steps, ten wide; the innermost loop makes up the size."""
    leaves = {1_000: 8, 5_000: 47, 10_000: 97}.get(size, max(1, size // 100 - 3))

    def level(name: str, of: str, count: int) -> dict[str, Any]:
        step = {"name": "s", "template": of, "withSequence": {"count": count}}
        return {"name": name, "steps": [[step]]}

    outer, inner = level("main", "inner", 10), level("inner", "innermost", 10)
    return workflow(outer, inner, level("innermost", "pod", leaves), _POD)


SHAPES: Mapping[str, Callable[[int], dict[str, Any]]] = {
    "fan-out": fan_out,
    "chain": chain,
    "nested": nested,
}


def play(manifest: dict[str, Any]) -> dict[str, float]:
    """Let a workflow run to its end; every pod says Running, then that it succeeded."""
    loaded = load([("bench.yaml", json.dumps(manifest))])
    engine = engine_for(resolve(loaded.workflows[0], loaded, strict=False))
    waiting: deque[Event] = deque()
    costs: list[float] = []
    now = 1_000_000.0
    waiting.append(RunStarted(run_id="bench", name="bench-x", uid="u", at=now))
    begin = time.perf_counter()
    while waiting:
        event = waiting.popleft()
        before = time.perf_counter()
        step = engine.handle(event)
        costs.append(time.perf_counter() - before)
        for command in step.commands:
            if isinstance(command, StartWork):
                now += 0.001
                waiting += (_running(command.ref, now), _succeeded(command.ref, now))
    took = time.perf_counter() - begin
    assert engine.state.run.phase == "Succeeded", engine.state.run
    return _figures(costs[1:], took, len(engine.state.nodes))


def _figures(costs: list[float], took: float, nodes: int) -> dict[str, float]:
    tenth = max(1, len(costs) // 10)
    first, last = sum(costs[:tenth]), sum(costs[-tenth:])
    return {
        "seconds": took,
        "nodes": nodes,
        "events": len(costs) + 1,
        "event_us": sum(costs) / len(costs) * 1e6,
        "longest_ms": max(costs) * 1e3,
        "last_to_first": last / first,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _running(ref: WorkRef, at: float) -> Event:
    main = ContainerState(name="main", state="running", started_at=at, ready=True)
    report = Report(state=PodState.RUNNING, containers=(main,), started_at=at)
    return WorkReported(ref=ref, report=report, at=at)


def _succeeded(ref: WorkRef, at: float) -> Event:
    main = ContainerState(
        name="main", state="terminated", exit_code=0, started_at=at, finished_at=at
    )
    report = Report(state=PodState.SUCCEEDED, containers=(main,), started_at=at, finished_at=at)
    return WorkReported(ref=ref, report=report, at=at)


if __name__ == "__main__":
    print(json.dumps(play(SHAPES[sys.argv[1]](int(sys.argv[2])))))

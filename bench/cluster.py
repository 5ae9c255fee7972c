"""argotui in a cluster against bare pods made by hand, pairs in turn, both from process start.

Needs a kubeconfig (KUBECONFIG); `make cluster` makes one.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from bench.table import Table, ratio
from bench.world import ARGOTUI, PYTHON, environment, folder, seconds, workflow

_ECHO = {"name": "echo", "container": {"image": "busybox:1.37", "command": ["echo", "hello"]}}


def measure(rounds: int = 10) -> None:
    """Pairs of one pod, of five in a row, of two that hand values on; three pairs of thirty."""
    if not os.environ.get("KUBECONFIG"):
        print("\ncluster: no KUBECONFIG, left out (make cluster prints one)", file=sys.stderr)
        return
    rounds = int(os.environ.get("BENCH_ROUNDS", rounds))
    one = workflow({"name": "main", **{k: v for k, v in _ECHO.items() if k != "name"}})
    _pair("one echo pod", one, ("serial", 1), rounds, 1.10)
    row = [[{"name": f"s{number}", "template": "echo"}] for number in range(5)]
    five = workflow({"name": "main", "steps": row}, _ECHO)
    _pair("five steps in a row", five, ("serial", 5), rounds, 1.10)
    _pair("two steps, a file and a result handed on", _handing_on(), ("serial", 2), rounds, 1.25)
    wide = [[{"name": "p", "template": "echo", "withSequence": {"count": 30}}]]
    thirty = workflow({"name": "main", "steps": wide}, _ECHO)
    _pair("thirty pods at once", thirty, ("parallel", 30), min(rounds, 3), 1.05)


def _handing_on() -> dict[str, Any]:
    make = {
        "name": "make",
        "container": {
            "image": "busybox:1.37",
            "command": ["sh", "-c", "echo result; echo value > /tmp/value"],
        },
        "outputs": {"parameters": [{"name": "v", "valueFrom": {"path": "/tmp/value"}}]},
    }
    use: dict[str, Any] = {
        "name": "use",
        "inputs": {"parameters": [{"name": "a"}, {"name": "b"}]},
        "container": {
            "image": "busybox:1.37",
            "command": ["echo", "{{inputs.parameters.a}} {{inputs.parameters.b}}"],
        },
    }
    values = [
        {"name": "a", "value": "{{steps.make.outputs.result}}"},
        {"name": "b", "value": "{{steps.make.outputs.parameters.v}}"},
    ]
    steps = [
        [{"name": "make", "template": "make"}],
        [{"name": "use", "template": "use", "arguments": {"parameters": values}}],
    ]
    return workflow({"name": "main", "steps": steps}, make, use)


def _pair(
    name: str, manifest: dict[str, Any], bare: tuple[str, int], rounds: int, goal: float
) -> None:
    ours: list[float] = []
    theirs: list[float] = []
    by_hand = [PYTHON, "-m", "bench.bare_pods", bare[0], str(bare[1])]
    for _ in range(rounds):
        theirs.append(seconds(by_hand))
        with folder() as state:
            file = Path(state, "wf.yaml")
            file.write_text(json.dumps(manifest))
            run = [ARGOTUI, "run", "--plain", "--runtime", "kubernetes", str(file)]
            env = {**environment(state), "KUBECONFIG": os.environ["KUBECONFIG"]}
            ours.append(seconds(run, env))
    table = Table(title=f"Cluster: {name}")
    base = table.add("bare pods by hand", theirs, "s")
    row = table.add("argotui", ours, "s")
    table.remarks.append(ratio(row.median, base.median, goal))
    table.print()

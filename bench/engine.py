"""The engine alone: 1,000, 5,000 and 10,000 nodes; time, memory, and whether an event costs the
same at the end as at the beginning. Each figure comes from a process of its own."""

from __future__ import annotations

import json
import subprocess

from bench.table import Table, ratio
from bench.world import PYTHON, ROOT

SHAPES = ("fan-out", "chain", "nested")
SIZES = (1_000, 5_000, 10_000)
_FLAT = 1.5  # last tenth against first tenth


def measure(rounds: int = 3) -> None:
    table = Table(title="Engine: from the first event to the end of the run, reports included")
    costs = Table(title="Engine: one event (a report of a pod), and the last tenth to the first")
    for shape in SHAPES:
        for size in SIZES:
            seen = [_in_a_process(shape, size) for _ in range(rounds)]
            name = f"{shape} {size:,}"
            table.add(
                name,
                (each["seconds"] for each in seen),
                "s",
                f"{seen[0]['nodes']:,} nodes, {seen[0]['events']:,} events, "
                f"peak {max(each['peak_mib'] for each in seen):.0f} MiB",
            )
            flat = sorted(each["last_to_first"] for each in seen)[rounds // 2]
            costs.add(
                f"{name} per event",
                (each["event_us"] for each in seen),
                "us",
                f"last/first tenth {ratio(flat, 1.0, _FLAT)}; longest event "
                f"{max(each['longest_ms'] for each in seen):.0f} ms",
            )
    table.print()
    costs.print()


def _in_a_process(shape: str, size: int) -> dict[str, float]:
    done = subprocess.run(
        [PYTHON, "-m", "bench.engine_play", shape, str(size)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found

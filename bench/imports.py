"""What starting costs: `--version` against an empty Python, and the import of each large part."""

from __future__ import annotations

from statistics import median

from bench.table import Table, ratio
from bench.world import ARGOTUI, PYTHON, environment, folder, seconds

PARTS = (
    "yaml",
    "typer",
    "asyncio",
    "textual.app",
    "kubernetes",
    "argotui.cli.app",
    "argotui.cli.run",
    "argotui.bootstrap",
    "argotui.tui.app",
)


def measure_version(rounds: int = 25) -> None:
    """Pairs, one after the other, so that a slow moment of the machine hits both."""
    empty, version, module = [], [], []
    with folder() as state:
        env = environment(state)
        for _ in range(rounds):
            empty.append(1000 * seconds((PYTHON, "-c", "pass"), env))
            version.append(1000 * seconds((ARGOTUI, "--version"), env))
            module.append(1000 * seconds((PYTHON, "-m", "argotui", "--version"), env))
    table = Table(title="Start: argotui --version against an empty Python")
    base = table.add("python -c pass", empty)
    for name, values in (("argotui --version", version), ("python -m argotui --version", module)):
        table.add(name, values, note=ratio(median(values), base.median, 2.0))
    table.print()


def measure_imports(rounds: int = 10) -> None:
    """Each import in a process of its own; the empty Python beside it is taken off."""
    costs: dict[str, list[float]] = {part: [] for part in PARTS}
    with folder() as state:
        env = environment(state)
        for _ in range(rounds):
            for part in PARTS:
                empty = seconds((PYTHON, "-c", "pass"), env)
                loaded = seconds((PYTHON, "-c", f"import {part}"), env)
                costs[part].append(1000 * (loaded - empty))
    table = Table(title="Imports, above an empty Python")
    for part, values in costs.items():
        table.add(part, values)
    table.print()

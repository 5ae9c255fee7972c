"""A manifest run by the command line as a user would, and what came of it as text to compare.

Used by the tests of this folder; `python -m tests.samples.record` prints the same text for people.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_workflows"
NAME = "sample"  # every run is called so: node ids follow from it
_PATIENCE = 60.0  # seconds for one sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A run that has ended. `logs` has a line `node: text` for all that was printed."""

    code: int
    workflow: dict[str, Any]
    logs: str
    stderr: str

    def text(self) -> str:
        """Exit code, outcome, tree, and the log of each node, as the golden files have it."""
        status = self.workflow["status"]
        head = [f"exit code {self.code}", _words(status["phase"], status.get("message"))]
        logs = _by_node(self.logs)
        return "\n".join([*head, "", *tree_lines(status["nodes"]), "", *logs]) + "\n"


@cache
def isolation() -> tuple[str, ...]:
    """Options of `run`: a sandbox where this machine has one, plain processes elsewhere."""
    from argotui.runtimes.local.doctor import find_sandbox

    return () if find_sandbox().program else ("--no-sandbox",)


def environment(state: Path) -> dict[str, str]:
    """Return variables with which nothing of the user's own is read or written."""
    return {
        **os.environ,
        "ARGOTUI_STATE_DIR": str(state),
        "XDG_RUNTIME_DIR": str(state),
        "XDG_CONFIG_HOME": str(state),
        "PYTHONIOENCODING": "utf-8",
    }


def argotui(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "argotui", *arguments],
        cwd=ROOT,
        env=environment(state),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=_PATIENCE,
    )


def here() -> tuple[str, ...]:
    """Options of `run` for this machine."""
    return ("--runtime", "local", *isolation())


def run(state: Path, manifest: Path | str, *options: str, where: Sequence[str] = ()) -> Done:
    """Run a manifest to its end, on this machine or where the options `where` say."""
    named = ("--name", NAME, "-o", "json")
    done = argotui(state, "run", *(where or here()), *named, *options, str(manifest))
    assert done.stdout, done.stderr
    logs = argotui(state, "logs", "@latest")
    assert logs.returncode == 0, logs.stderr
    workflow = json.loads(done.stdout)
    return Done(code=done.returncode, workflow=workflow, logs=logs.stdout, stderr=done.stderr)


def tree_lines(nodes: dict[str, Any]) -> Iterator[str]:
    """Yield every node below the node that contains it, with its outputs and what follows it."""
    inside: dict[str, list[dict[str, Any]]] = {}
    for node in nodes.values():
        inside.setdefault(node.get("boundaryID", ""), []).append(node)

    def below(boundary: str, depth: int) -> Iterator[str]:
        for node in sorted(inside.get(boundary, ()), key=lambda node: _natural(node["name"])):
            yield "  " * depth + _words(
                node["displayName"], node["type"], node["phase"], node.get("message")
            )
            for line in (*_outputs(node.get("outputs") or {}), *_follows(node, nodes)):
                yield "  " * depth + f"    {line}"
            yield from below(node["id"], depth + 1)

    return below("", 0)


def _outputs(outputs: dict[str, Any]) -> Iterator[str]:
    for parameter in outputs.get("parameters", ()):
        yield f"= {parameter['name']}: {parameter.get('value')}"
    if "result" in outputs:
        yield f"= result: {outputs['result']}"
    if outputs.get("exitCode", "0") != "0":
        yield f"= exit code: {outputs['exitCode']}"


def _follows(node: dict[str, Any], nodes: dict[str, Any]) -> Iterator[str]:
    names = [nodes[child]["displayName"] for child in node.get("children", ())]
    if names:
        yield "> " + ", ".join(sorted(names, key=_natural))


def _by_node(logs: str) -> list[str]:
    """Lines of different nodes come in any order; those of one node in theirs."""
    lines = logs.splitlines()
    return sorted(lines, key=lambda line: _natural(line.partition(": ")[0]))


def _words(*words: str | None) -> str:
    return " ".join(word for word in words if word)


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part or 0) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", text)]


def matches(golden: str, text: str) -> bool:
    """Say whether `text` is `golden`, in which `<...>` stands for any text within a line and a
    line `...` for any lines."""
    pattern = re.escape(golden)
    pattern = pattern.replace(r"<\.\.\.>", ".*").replace("\\.\\.\\.\\\n", "(?:.*\\n)*")
    return re.fullmatch(pattern, text) is not None


def golden(name: str) -> Path:
    return Path(__file__).parent / "golden" / f"{name}.txt"


def options_of(text: str) -> Sequence[str]:
    """Return the command line that a golden file begins with: `$ FILE OPTIONS...`."""
    import shlex

    first = text.partition("\n")[0]
    assert first.startswith("$ "), first
    return shlex.split(first[2:])

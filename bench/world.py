"""What measurements need of the world: a state folder of their own, processes, manifests.

Used by every measurement that starts argotui.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
ARGOTUI = str(Path(sys.executable).with_name("argotui"))
_PATIENCE = 300.0  # seconds for any one process


@contextmanager
def folder() -> Iterator[Path]:
    """Hand out a folder that is gone afterwards; runs in it leave nothing behind."""
    path = Path(tempfile.mkdtemp(prefix="argotui-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def environment(state: Path) -> dict[str, str]:
    """Return variables with which nothing of the user's own is read or written."""
    return {
        **os.environ,
        "ARGOTUI_STATE_DIR": str(state),
        "XDG_RUNTIME_DIR": str(state),
        "XDG_CONFIG_HOME": str(state),
        "KUBECONFIG": "/dev/null",
    }


def isolation() -> tuple[str, ...]:
    """Options of `run`: a sandbox where this machine has one."""
    from argotui.runtimes.local.doctor import find_sandbox

    return () if find_sandbox().program else ("--no-sandbox",)


def seconds(command: Sequence[str], env: dict[str, str] | None = None) -> float:
    """Run a command, its output thrown away, and return how long it took. Fails if it fails."""
    begin = time.perf_counter()
    done = subprocess.run(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        timeout=_PATIENCE,
    )
    took = time.perf_counter() - begin
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr.decode()}")
    return took


def run_headless(manifest: dict[str, Any], state: Path, *options: str) -> float:
    """Run a workflow from process start to process end, and return how long it took."""
    path = state / "workflow.json"
    path.write_text(json.dumps(manifest))
    words = (ARGOTUI, "run", "--plain", "--no-logs", "--runtime", "local", *isolation())
    return seconds((*words, *options, str(path)), environment(state))


def workflow(*templates: dict[str, Any]) -> dict[str, Any]:
    """Return a Workflow that begins with the first of its templates."""
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "bench-"},
        "spec": {"entrypoint": templates[0]["name"], "templates": list(templates)},
    }


def journal_changes(state: Path) -> Iterator[dict[str, Any]]:
    """Yield every change that the only run in a state folder kept."""
    (path,) = state.glob("runs/*/journal.jsonl")
    for line in path.read_text().splitlines():
        yield from json.loads(line).get("changes", ())


def containers(state: Path) -> list[tuple[float, float]]:
    """Return when each main container of a run began and ended, in order of time."""
    found: dict[str, tuple[float, float]] = {}
    for change in journal_changes(state):
        observed = (change.get("fields") or {}).get("observed") or {}
        for each in observed.get("containers", ()):
            if each.get("finished_at"):
                found[change["name"]] = (each["started_at"], each["finished_at"])
    return sorted(found.values())

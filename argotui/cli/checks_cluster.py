"""The cluster, as `argotui doctor` sees it: kubeconfig, reachability, rights. Lazy and bounded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import util
from pathlib import Path
from typing import Any

from argotui.cli.checks import Check

_PATIENCE = 20.0  # seconds for everything that is asked of a cluster


def kubeconfig_paths() -> list[Path]:
    """Return the kubeconfig files that exist, as kubectl looks for them."""
    named = os.environ.get("KUBECONFIG", "")
    paths = [Path(part) for part in named.split(os.pathsep) if part]
    if not named:
        paths = [Path.home() / ".kube" / "config"]
    return [path for path in paths if path.is_file()]


def check_cluster() -> Check:
    files = kubeconfig_paths()
    if not files:
        return Check(
            name="cluster", state="ok", detail="no kubeconfig: workflows run on this machine"
        )
    names = ", ".join(str(path) for path in files)
    if util.find_spec("kubernetes") is None:
        return Check(
            name="cluster",
            state="note",
            detail=names,
            advice="to run there: pip install 'argotui[kubernetes]'",
        )
    return _judged(names, _probe())


def _judged(names: str, found: dict[str, Any]) -> Check:
    if problem := found.get("problem"):
        first = str(problem).splitlines()[0]
        return Check(
            name="cluster",
            state="note",
            detail=f"{names}: {first}",
            advice="try: kubectl version",
        )
    where = f"{found['context']}/{found['namespace']}, {found['version']} at {found['server']}"
    if missing := found["missing"]:
        return Check(
            name="cluster",
            state="note",
            detail=f"{where}; you may not: {', '.join(missing)}",
            advice=f"ask for these rights in namespace {found['namespace']}: docs/kubernetes.md",
        )
    return Check(name="cluster", state="ok", detail=f"{where}; all rights are there")


def _probe() -> dict[str, Any]:
    command = [sys.executable, "-m", "argotui.runtimes.kubernetes.probe"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        found = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"problem": f"no answer within {_PATIENCE:g} s"}
    except (OSError, ValueError) as error:
        return {"problem": f"could not be asked: {error}"}
    return found if isinstance(found, dict) else {"problem": "could not be asked"}

"""The cluster, as `argotui doctor` sees it: kubeconfig, reachability, rights. Lazy and bounded."""

from __future__ import annotations

import os
from importlib import util
from pathlib import Path

from argotui.cli.checks import Check


def kubeconfig_paths() -> list[Path]:
    """Return the kubeconfig files that exist, as kubectl looks for them."""
    named = os.environ.get("KUBECONFIG", "")
    paths = [Path(part) for part in named.split(os.pathsep) if part]
    if not named:
        paths = [Path.home() / ".kube" / "config"]
    return [path for path in paths if path.is_file()]


def check_cluster() -> Check:
    found = kubeconfig_paths()
    if not found:
        return Check(
            name="cluster", state="ok", detail="no kubeconfig: workflows run on this machine"
        )
    names = ", ".join(str(path) for path in found)
    extra = "" if util.find_spec("kubernetes") else "; package kubernetes is not installed"
    return Check(
        name="cluster",
        state="note",
        detail=f"{names}{extra}; this version runs workflows on this machine only",
        advice='use --runtime local, or argotui remembers it: [remember] runtime = "local"',
    )

"""Which cluster and which namespace, read from the kubeconfig without loading a client.

Called by runtime for the header, and by bootstrap to ask which context to use.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from argotui.model.errors import RuntimeFault

DEFAULT_NAMESPACE = "default"
_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
IN_CLUSTER = "in-cluster"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPlace:
    """A context of a kubeconfig, and the namespace that it or the user names."""

    context: str
    namespace: str

    def __str__(self) -> str:
        return f"k8s {self.context}/{self.namespace}"


def kubeconfig_files(kubeconfig: str | None = None) -> list[Path]:
    """Return the kubeconfig files that exist, in the order in which they are merged."""
    named = kubeconfig or os.environ.get("KUBECONFIG", "")
    parts = [part for part in named.split(os.pathsep) if part]
    paths = [Path(part).expanduser() for part in parts]
    if not paths:
        paths = [Path.home() / ".kube" / "config"]
    return [path for path in paths if path.is_file()]


def runs_in_a_pod() -> bool:
    """Whether this process has a service account of a cluster and is told where the API is."""
    return bool(os.environ.get("KUBERNETES_SERVICE_HOST")) and (_ACCOUNT / "token").is_file()


def contexts(kubeconfig: str | None = None) -> tuple[list[ClusterPlace], str]:
    """Return the contexts of the kubeconfig and the name of the current one, "" if none is.

    Raises RuntimeFault for a file that cannot be read.
    """
    found: dict[str, ClusterPlace] = {}
    current = ""
    for path in kubeconfig_files(kubeconfig):
        document = _read(path)
        current = current or str(document.get("current-context") or "")
        for each in document.get("contexts") or ():
            inner = each.get("context") or {}
            name = str(each.get("name"))
            namespace = str(inner.get("namespace") or DEFAULT_NAMESPACE)
            found.setdefault(name, ClusterPlace(context=name, namespace=namespace))
    return list(found.values()), current


def find_place(context: str | None, namespace: str | None, kubeconfig: str | None) -> ClusterPlace:
    """Return where work goes. Raises RuntimeFault where there is no cluster to be found."""
    known, current = contexts(kubeconfig)
    wanted = context or current
    chosen = next((each for each in known if each.context == wanted), None)
    if chosen is not None:
        return ClusterPlace(context=wanted, namespace=namespace or chosen.namespace)
    if known or context:
        names = ", ".join(each.context for each in known) or "none"
        what = f"no context {wanted!r}" if wanted else "no current context; name one: --context"
        raise RuntimeFault(f"the kubeconfig has {what} (it has: {names})")
    if runs_in_a_pod():
        return ClusterPlace(context=IN_CLUSTER, namespace=namespace or _own_namespace())
    raise RuntimeFault(
        "no cluster: there is no kubeconfig (KUBECONFIG, ~/.kube/config), and this is no pod; "
        "--runtime local needs none"
    )


def _own_namespace() -> str:
    try:
        return (_ACCOUNT / "namespace").read_text(encoding="utf-8").strip() or DEFAULT_NAMESPACE
    except OSError:
        return DEFAULT_NAMESPACE


def _read(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise RuntimeFault(f"cannot read the kubeconfig {path}: {error}") from error
    return document if isinstance(document, Mapping) else {}

"""The real program against the test's cluster, and the kinds of Argo that a bare one lacks."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.raw import Api, Namespace, Refused, Thing
from tests.waiting import until_sync

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ARGO = "/apis/argoproj.io/v1alpha1"
_SCOPES = {
    "Workflow": "Namespaced",
    "WorkflowTemplate": "Namespaced",
    "ClusterWorkflowTemplate": "Cluster",
    "CronWorkflow": "Namespaced",
}


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


def environment(folder: Path, kubeconfig: str) -> dict[str, str]:
    """Return the environment of a program whose state and settings are in `folder`."""
    return {
        **{name: value for name, value in os.environ.items() if name != "CI"},
        "KUBECONFIG": kubeconfig,
        "ARGOTUI_STATE_DIR": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder),
        "COLUMNS": "200",
    }


def argotui(folder: Path, kubeconfig: str, *arguments: str) -> Done:
    """Carry out a command line to its end."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "argotui", *arguments],
        capture_output=True,
        env=environment(folder, kubeconfig),
        stdin=subprocess.DEVNULL,
        timeout=200,
        check=False,
        cwd=folder,
        text=True,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def install_kinds(api: Api) -> None:
    """Have the server know Argo's stored kinds, with any content. They are never taken away: tests
    that run at the same time share them."""
    for kind, scope in _SCOPES.items():
        plural = f"{kind.lower()}s"
        anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        version = {
            "name": "v1alpha1",
            "served": True,
            "storage": True,
            "schema": {"openAPIV3Schema": anything},
        }
        names = {
            "kind": kind,
            "plural": plural,
            "singular": kind.lower(),
            "listKind": f"{kind}List",
        }
        body = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.argoproj.io"},
            "spec": {
                "group": "argoproj.io",
                "scope": scope,
                "names": names,
                "versions": [version],
            },
        }
        try:
            api.create(CRDS, body)
        except Refused as refusal:
            if refusal.status != 409:
                raise
        until_sync(lambda plural=plural: _is_served(api, plural), f"the kind {kind}")


def _is_served(api: Api, plural: str) -> bool:
    try:
        api.get(f"{ARGO}/{plural}")
    except Refused as refusal:
        if refusal.status != 404:
            raise
        return False
    return True


def store(namespace: Namespace, document: Thing) -> Thing:
    """Make an object of Argo's in the namespace, or a cluster-wide one."""
    plural = f"{document['kind'].lower()}s"
    is_wide = _SCOPES[document["kind"]] == "Cluster"
    where = f"{ARGO}/{plural}" if is_wide else f"{ARGO}/namespaces/{namespace.name}/{plural}"
    return namespace.api.create(where, {"apiVersion": "argoproj.io/v1alpha1", **document})


def restricted(namespace: Namespace, folder: Path, rules: list[Thing]) -> str:
    """Return a kubeconfig of an account that may do this and nothing else."""
    api, name = namespace.api, "restricted"
    rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace.name}"
    named: dict[str, Any] = {"metadata": {"name": name}}
    api.create(namespace.path("serviceaccounts"), named)
    api.create(f"{rbac}/roles", {**named, "rules": rules})
    subject = {"kind": "ServiceAccount", "name": name, "namespace": namespace.name}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    api.create(f"{rbac}/rolebindings", {**named, "roleRef": reference, "subjects": [subject]})
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    made = api.create(namespace.path(f"serviceaccounts/{name}/token"), asked)
    document = yaml.safe_load(Path(api.kubeconfig).read_text())
    for user in document["users"]:
        user["user"] = {"token": made["status"]["token"]}
    path = folder / "restricted.kubeconfig"
    path.write_text(yaml.safe_dump(document))
    return str(path)

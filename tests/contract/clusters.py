"""The cluster that tests run against: its kubeconfig, and a namespace of its own for each test."""

from __future__ import annotations

import contextlib
import os
import uuid
from pathlib import Path

import pytest

from argotui.runtimes.kubernetes.client import Client, Request
from argotui.runtimes.kubernetes.errors import ApiError
from tests.waiting import until_sync

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
_OURS = _CACHE / "argotui-cluster" / "kubeconfig"  # what `make cluster` writes
_namespace = None


def kubeconfig():
    named = os.environ.get("ARGOTUI_TEST_KUBECONFIG")
    return named or str(_OURS)


def namespace():
    return _namespace


def require():
    """Skip, or fail where a cluster was promised, unless one answers."""
    problem = _problem()
    if problem and os.environ.get("ARGOTUI_TEST_CLUSTER") == "required":
        pytest.fail(problem)
    if problem:
        pytest.skip(problem)


def _problem():
    if not Path(kubeconfig()).is_file():
        return "no cluster: neither ARGOTUI_TEST_KUBECONFIG nor one of `make cluster`"
    try:
        with client() as found:
            found.once(Request(method="GET", path="/version"))
    except ApiError as error:
        return f"no cluster: {error.message}"
    return ""


@contextlib.contextmanager
def client():
    found = Client(kubeconfig=kubeconfig())
    try:
        yield found
    finally:
        found.close()


@contextlib.contextmanager
def fresh_namespace():
    global _namespace
    before, _namespace = _namespace, f"argotui-test-{uuid.uuid4().hex[:10]}"
    with client() as api:
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _namespace}}
        api.once(Request(method="POST", path="/api/v1/namespaces", body=body))
        path = f"/api/v1/namespaces/{_namespace}"
        try:
            _account(api, f"{path}/serviceaccounts/default")
            yield _namespace
        finally:
            api.once(Request(method="DELETE", path=path))
            _namespace = before


def _account(api, path):
    """Pods are refused until the namespace has its service account."""

    def is_there():
        try:
            return api.once(Request(method="GET", path=path))
        except ApiError as error:
            if error.status != 404:
                raise
            return None

    until_sync(is_there, "the service account of the namespace")

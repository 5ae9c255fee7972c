"""A cluster for the tests: the one ARGOTUI_TEST_KUBECONFIG names, else that of `make cluster`.

Without either every test here is skipped; `make test-cluster`, which brings one up, lets them fail.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.raw import Api, Namespace, Refused, connect
from tests.waiting import until_sync


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The websocket client of an exec may leave its socket to the garbage collector, which then
    tells of it in whatever test runs. It is the tests' own client, not the program's."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(
                pytest.mark.filterwarnings("ignore:unclosed.*SSLSocket:ResourceWarning")
            )
            unraisable = "ignore:.*SSLSocket.*:pytest.PytestUnraisableExceptionWarning"
            item.add_marker(pytest.mark.filterwarnings(unraisable))


def made_here() -> Path:
    """Return where cluster/settings.sh puts the kubeconfig."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    own = os.environ.get("ARGOTUI_CLUSTER_CACHE") or Path(cache) / "argotui-cluster"
    return Path(own) / "kubeconfig"


@pytest.fixture(scope="session")
def kubeconfig() -> str:
    named = os.environ.get("ARGOTUI_TEST_KUBECONFIG")
    path = Path(named) if named else made_here()
    if path.is_file():
        return str(path)
    if named or os.environ.get("ARGOTUI_TEST_CLUSTER") == "required":
        pytest.fail(f"no kubeconfig at {path}")
    pytest.skip("no cluster: `make cluster` brings one up; or set ARGOTUI_TEST_KUBECONFIG")


@pytest.fixture(scope="session")
def api(kubeconfig: str) -> Iterator[Api]:
    api = connect(kubeconfig)
    yield api
    api.transport.rest_client.pool_manager.clear()


@pytest.fixture
def namespace(api: Api) -> Iterator[Namespace]:
    """A namespace whose default service account is there, so that pods can be created at once."""
    name = f"argotui-test-{secrets.token_hex(4)}"
    space = Namespace(api=api, name=name)
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    api.create("/api/v1/namespaces", body)
    try:
        until_sync(lambda: has_account(space), "the default service account")
        yield space
    finally:
        # Without grace: a shell as process 1 would sit out its thirty seconds.
        api.delete(space.path("pods"), gracePeriodSeconds=0)
        api.delete(f"/api/v1/namespaces/{name}")


def has_account(space: Namespace) -> bool:
    try:
        space.api.get(space.path("serviceaccounts/default"))
    except Refused as refusal:
        if refusal.status != 404:
            raise
        return False
    return True

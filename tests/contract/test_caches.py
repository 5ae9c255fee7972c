"""What memoize remembers: in files of this machine, and in the ConfigMaps of a real cluster as
Argo's controller keeps them."""

from __future__ import annotations

import asyncio
import json

import pytest

from argotui.driver.caches import CacheStore, hit
from argotui.model.errors import RuntimeFault
from argotui.runtimes.kubernetes.caches import ConfigMapCaches
from argotui.runtimes.kubernetes.client import Client, Request
from tests.contract import clusters

ENTRY = '{"nodeID":"wf-1","outputs":{"result":"x"},"creationTimestamp":"2026-01-01T00:00:00Z"}'
LATER = "2026-02-02T02:02:02Z"
LABEL = {"workflows.argoproj.io/configmap-type": "Cache"}


_opened: list[Client] = []


@pytest.fixture
def cluster():
    clusters.require()
    with clusters.fresh_namespace() as namespace:
        yield namespace
        while _opened:
            _opened.pop().close()


@pytest.fixture(params=["machine", pytest.param("cluster", marks=pytest.mark.cluster)])
def make(request, tmp_path):
    """What makes the caches of one run."""
    if request.param == "machine":
        return lambda: CacheStore(tmp_path, "ns")
    namespace = request.getfixturevalue("cluster")
    return lambda: caches(namespace)


def caches(namespace):
    client = Client(kubeconfig=clusters.kubeconfig(), namespace=namespace)
    _opened.append(client)
    return ConfigMapCaches(client, lambda entry: hit(entry, lambda: LATER))


def path(namespace, name=""):
    return f"/api/v1/namespaces/{namespace}/configmaps" + (f"/{name}" if name else "")


def read(namespace, name):
    with clusters.client() as api:
        return api.once(Request(method="GET", path=path(namespace, name)))


def create(namespace, name, labels, **data):
    metadata = {"name": name, "labels": labels}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
    with clusters.client() as api:
        api.once(Request(method="POST", path=path(namespace), body=body))


async def every(*wanted):
    """Do them all, at the same time."""
    return await asyncio.gather(*wanted)


def test_one_run_finds_what_another_remembers(make):
    async def play():
        one, two = make(), make()
        assert await one.load("cache/k") is None
        await one.save("cache/k", ENTRY)
        await one.save("cache/other", "{}")
        await one.save("another/k", "{}")
        found = await two.load("cache/k")
        assert json.loads(found["k"])["outputs"] == {"result": "x"}
        await two.save("cache/k", '{"nodeID":"wf-2"}')
        assert json.loads((await one.load("cache/k"))["k"])["nodeID"] == "wf-2"
        assert await one.load("cache/none") is None

    asyncio.run(play())


def test_what_is_no_json_comes_back_as_it_is(make):
    async def play():
        one = make()
        await one.save("cache/k", "{")
        assert await one.load("cache/k") == {"k": "{"}

    asyncio.run(play())


@pytest.mark.cluster
def test_the_configmap_is_one_that_argo_reads(cluster):
    async def play():
        one = caches(cluster)
        await one.save("cache/k", ENTRY)
        kept = read(cluster, "cache")
        assert kept["metadata"]["labels"] == LABEL
        assert kept["data"] == {"k": ENTRY}
        await one.load("cache/k")
        assert json.loads(read(cluster, "cache")["data"]["k"])["lastHitTimestamp"] == LATER

    asyncio.run(play())


@pytest.mark.cluster
def test_what_the_controller_remembers_is_found_and_left_as_it_is(cluster):
    async def play():
        create(cluster, "cache", {**LABEL, "team": "a"}, mine=ENTRY)
        one = caches(cluster)
        assert (await one.load("cache/mine"))["mine"] == ENTRY
        await one.save("cache/k", "{}")
        kept = read(cluster, "cache")
        assert kept["metadata"]["labels"] == {**LABEL, "team": "a"}
        assert sorted(kept["data"]) == ["k", "mine"]

    asyncio.run(play())


@pytest.mark.cluster
@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({}, "memoization configmap doesn't have workflows.argoproj.io/configmap-type label, "),
        (
            {"workflows.argoproj.io/configmap-type": "Parameter"},
            "doesn't have label workflows.argoproj.io/configmap-type = Cache, ",
        ),
    ],
)
def test_a_configmap_that_is_no_cache_is_refused_in_argos_words(cluster, labels, words):
    async def play():
        create(cluster, "cache", labels, k=ENTRY)
        one = caches(cluster)
        for wanted in (one.load("cache/k"), one.save("cache/k", "{}")):
            with pytest.raises(RuntimeFault) as fault:
                await wanted
            assert f"{words}refusing to use it" in str(fault.value)

    asyncio.run(play())


@pytest.mark.cluster
def test_many_remember_at_once_and_nothing_is_lost(cluster):
    async def play():
        several = [caches(cluster) for _ in range(6)]
        await every(*(one.save(f"cache/k{n}", ENTRY) for n, one in enumerate(several)))
        await every(*(one.load("cache/k0") for one in several))
        assert sorted(read(cluster, "cache")["data"]) == [f"k{n}" for n in range(6)]

    asyncio.run(play())


@pytest.mark.cluster
def test_more_than_a_configmap_can_hold_is_said_in_clear_words(cluster):
    async def play():
        one = caches(cluster)
        await one.save("cache/k", "x" * 700_000)
        with pytest.raises(RuntimeFault, match=rf"{cluster}/cache would be larger than 1 MB"):
            await one.save("cache/more", "x" * 700_000)
        assert (await one.load("cache/k"))["k"] == "x" * 700_000

    asyncio.run(play())

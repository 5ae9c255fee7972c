"""What every table of locks does: that of this machine, and that of a real cluster."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from argotui.runtimes.kubernetes.client import Request
from argotui.runtimes.kubernetes.locks import release_run
from tests.contract import clusters
from tests.contract.lockers import PATIENCE, SHORT, Locker
from tests.waiting import until

KINDS = [
    pytest.param("machine"),
    pytest.param("cluster", marks=pytest.mark.cluster),
]
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=KINDS)
def where(request, tmp_path):
    """Where lockers meet, as they are told of it."""
    if request.param == "machine":
        yield {"folder": str(tmp_path), "namespace": "ns"}
        return
    clusters.require()
    with clusters.fresh_namespace() as namespace:
        yield {"kubeconfig": clusters.kubeconfig(), "namespace": namespace}


def mutex(where, name="m"):
    return f"{where['namespace']}/Mutex/{name}"


def semaphore(where, **limits):
    """Have a ConfigMap with these limits; return the names of the locks."""
    data = {key: str(value) for key, value in limits.items()}
    if "folder" in where:
        (Path(where["folder"]) / "limits.json").write_text(json.dumps({"cm": {"data": data}}))
    else:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm"}, "data": data}
        path = f"/api/v1/namespaces/{where['namespace']}/configmaps"
        with clusters.client() as api:
            known = {each["metadata"]["name"] for each in listed(api, path)}
            verb, path = ("PUT", f"{path}/cm") if "cm" in known else ("POST", path)
            api.once(Request(method=verb, path=path, body=body))
    return [f"{where['namespace']}/ConfigMap/cm/{key}" for key in limits]


def listed(api, path):
    return api.once(Request(method="GET", path=path))["items"]


def story(play):
    """Make a test of a coroutine."""

    def test(where):
        asyncio.run(play(where))

    test.__doc__ = play.__doc__
    return test


@story
async def test_a_mutex_goes_to_one_after_the_other(where):
    one, two = Locker(where, "r1", created=1), Locker(where, "r2", created=2)
    await one.wants("a", mutex(where)).hears("a", "has it")
    await two.wants("b", mutex(where)).hears("b", "m 0/1")
    one.locks.release("a")
    await two.hears("b", "has it")
    await one.leaves()
    await two.leaves()


@story
async def test_the_higher_priority_goes_first_then_the_older_run(where):
    holder = Locker(where, "r0")
    await holder.wants("x", mutex(where)).hears("x", "has it")
    order = []
    runs = {"young": (3.0, 0), "old": (2.0, 0), "urgent": (4.0, 5)}
    waiting = [
        Locker(where, run, created=created, priority=priority)
        for run, (created, priority) in runs.items()
    ]
    for each in waiting:
        await each.wants("n", mutex(where)).hears("n", "m 0/1")
    holder.locks.release("x")
    for _ in runs:
        await until(
            lambda: any(("n", "has it") in each.news for each in waiting), "the next", PATIENCE
        )
        (first,) = [each for each in waiting if ("n", "has it") in each.news]
        order.append(first.run)
        waiting.remove(first)
        await first.leaves()
    assert order == ["urgent", "old", "young"]
    await holder.leaves()


@story
async def test_all_locks_or_none(where):
    (lock,) = semaphore(where, k=2)
    one, two, three = (Locker(where, f"r{n}", created=n) for n in (1, 2, 3))
    await one.wants("a", mutex(where)).hears("a", "has it")
    await two.wants("b", lock, mutex(where)).hears("b", "m 0/1")
    # The semaphore has places, but who is first in its queue waits for the mutex. Argo: 4.10.
    await three.wants("c", lock).hears("c", "k 2/2")
    one.locks.release("a")
    await two.hears("b", "has it")
    await three.hears("c", "has it")
    for each in (one, two, three):
        await each.leaves()


@story
async def test_a_semaphore_lets_in_as_many_as_it_says_and_nodes_of_a_run_overtake(where):
    (lock,) = semaphore(where, k=2)
    one, two = Locker(where, "r1", created=1), Locker(where, "r2", created=2)
    for node in "abc":
        one.wants(node, lock)
    await one.hears("a", "has it")
    await one.hears("b", "has it")
    await one.hears("c", "k 0/2")
    await two.wants("z", lock).hears("z", "k 0/2")
    one.locks.release("b")
    await one.hears("c", "has it")
    assert ("z", "has it") not in two.news
    one.locks.release("a")
    await two.hears("z", "has it")
    await one.leaves()
    await two.leaves()


@story
async def test_a_run_that_comes_back_has_what_it_had(where):
    dead, other = Locker(where, "r1", created=5), Locker(where, "r2", created=1)
    await dead.wants("a", mutex(where)).hears("a", "has it")
    await dead.dies()
    again = Locker(where, "r1", created=5).wants("a", mutex(where), held=True)
    await asyncio.wait_for(again.locks.secured("a.b"), PATIENCE)
    await other.wants("b", mutex(where)).hears("b", "m 0/1")
    await again.leaves()
    await other.hears("b", "has it")
    await other.leaves()


@story
async def test_who_dies_while_nothing_of_him_runs_holds_nobody_up(where):
    dead, first, other = (Locker(where, f"r{n}", created=n, lease=SHORT) for n in (1, 2, 3))
    await dead.wants("a", mutex(where)).hears("a", "has it")
    await first.wants("b", mutex(where)).hears("b", "m 0/1")
    await dead.dies()
    await first.dies()  # he only waited
    await other.wants("c", mutex(where)).hears("c", "has it")
    await other.leaves()


@story
async def test_who_leaves_gives_everything_back(where):
    one, two = Locker(where, "r1"), Locker(where, "r2", created=1)
    await one.wants("a", mutex(where)).wants("b", mutex(where, "o")).hears("b", "has it")
    two.wants("a", mutex(where)).wants("b", mutex(where, "o"))
    await two.hears("b", "o 0/1")
    await one.leaves()
    await two.hears("a", "has it")
    await two.hears("b", "has it")
    await two.leaves()


@story
async def test_a_semaphore_without_a_limit_is_refused(where):
    (lock, zero) = semaphore(where, k="many", z=0)
    space = where["namespace"]
    one = Locker(where, "r1")
    say = "failed to initialize semaphore {} with limit{}"
    for node, name, why in (
        ("a", lock, ": 'many' is no number"),
        ("b", zero, ""),
        ("c", f"{space}/ConfigMap/cm/none", ": Sync configuration key 'none' not found in"),
        ("d", f"{space}/ConfigMap/none/k", ': configmaps "none" not found'),
    ):
        one.wants(node, name)
        await until(lambda n=node: any(n == told for told, _ in one.news), node, PATIENCE)
        assert one.news[-1][1].startswith(say.format(name, why))
    await one.leaves()


@pytest.mark.slow
@pytest.mark.parametrize("most", [1, 3])
def test_many_processes_fight_and_never_too_many_are_in(where, tmp_path, most):
    (lock,) = semaphore(where, k=most)
    rounds, fighters = 6, 5
    arena = tmp_path / "arena"
    arena.mkdir()
    names = [mutex(where)] if most == 1 else [lock]
    given = {"where": where, "locks": names, "most": most, "rounds": rounds, "arena": str(arena)}
    program = [sys.executable, "-m", "tests.contract.lockers"]
    running = [
        subprocess.Popen(
            [*program, json.dumps({**given, "run": f"r{number}"})],
            cwd=ROOT, stderr=subprocess.PIPE, text=True,
        )
        for number in range(fighters)
    ]  # fmt: skip
    try:
        for each in running:
            _, said = each.communicate(timeout=200)
            assert each.returncode == 0, said
    finally:
        for each in running:
            each.kill()
            each.wait()
    assert not list(arena.iterdir())


# -- what only a cluster has ---


@pytest.fixture
def cluster():
    clusters.require()
    with clusters.fresh_namespace() as namespace:
        yield {"kubeconfig": clusters.kubeconfig(), "namespace": namespace}


def pod_of(run, node, *, seconds=300):
    command = ["sleep", str(seconds)]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{run}-pod",
            "labels": {"argotui.dev/run": run},
            "annotations": {"workflows.argoproj.io/node-name": node},
        },
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "main", "image": "busybox:1.37", "command": command}],
        },
    }


@pytest.mark.cluster
@pytest.mark.parametrize("node", ["wf.a[0].x", "wf.other"])
def test_a_dead_holder_keeps_its_lock_while_a_pod_below_it_is_left(cluster, node):
    async def play():
        pods = f"/api/v1/namespaces/{cluster['namespace']}/pods"
        dead, other = Locker(cluster, "r1"), Locker(cluster, "r2", created=1, lease=SHORT)
        await dead.wants("wf.a", mutex(cluster)).hears("wf.a", "has it")
        with clusters.client() as api:
            api.once(Request(method="POST", path=pods, body=pod_of("r1", node)))
            await other.wants("b", mutex(cluster)).hears("b", "m 0/1")
            await dead.dies()
            if node.startswith("wf.a"):
                await expired(other)
                assert ("b", "has it") not in other.news
                body = {"gracePeriodSeconds": 0}
                api.once(Request(method="DELETE", path=f"{pods}/r1-pod", body=body))
            await other.hears("b", "has it")
        await other.leaves()

    asyncio.run(play())


async def expired(locker):
    """Wait until a locker has seen the lease of another run out, and looked several times more."""
    (leases,) = locker.shelf._leases.values()
    lease = locker.shelf._lease
    await until(
        lambda: any(seen.age > lease * 1.5 for seen in leases._seen.values()), "the lease", PATIENCE
    )


@pytest.mark.cluster
def test_a_limit_that_is_changed_is_noticed(cluster):
    async def play():
        (lock,) = semaphore(cluster, k=1)
        one = Locker(cluster, "r1").wants("a", lock).wants("b", lock).wants("c", lock)
        await one.hears("c", "k 0/1")
        semaphore(cluster, k=2)
        await one.hears("b", "has it")
        await one.hears("c", "k 0/2")
        semaphore(cluster, k=0)
        await one.hears("c", "k 0/0")
        one.locks.release("a")
        semaphore(cluster, k=2)
        await one.hears("c", "has it")
        await one.leaves()

    asyncio.run(play())


@pytest.mark.cluster
def test_locks_of_two_namespaces_are_had_together(cluster, other_namespace):
    async def play():
        near, far = mutex(cluster), f"{other_namespace}/Mutex/argotui-test-far"
        one, two, three = (Locker(cluster, f"r{n}", created=n) for n in (1, 2, 3))
        await one.wants("a", near).hears("a", "has it")
        await two.wants("b", near, far).hears("b", "m 0/1")
        await three.wants("c", far).hears("c", "argotui-test-far 1/1")
        one.locks.release("a")
        await two.hears("b", "has it")
        two.locks.release("b")
        await three.hears("c", "has it")
        for each in (one, two, three):
            await each.leaves()

    asyncio.run(play())


@pytest.fixture
def other_namespace(cluster):
    with clusters.fresh_namespace() as namespace:
        yield namespace


@pytest.mark.cluster
def test_a_right_that_is_missing_is_named(cluster, tmp_path):
    from tests.contract.test_cluster import as_account

    async def play():
        given = as_account(tmp_path, [])
        locker = Locker({**cluster, "kubeconfig": given}, "r1").wants("a", mutex(cluster))
        await until(lambda: locker.news, "the refusal", PATIENCE)
        assert "may not get configmaps" in locker.news[0][1]
        assert "kubectl create role" in locker.news[0][1]
        await locker.locks.close(keep=False)

    asyncio.run(play())


@pytest.mark.cluster
def test_the_documented_rights_are_enough(cluster, tmp_path):
    from tests.contract.test_cluster import as_account

    rights = [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create", "get", "update"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]},
    ]

    async def play():
        (lock,) = semaphore(cluster, k=1)
        given = {**cluster, "kubeconfig": as_account(tmp_path, rights)}
        dead, one = Locker(given, "r1"), Locker(given, "r2", created=1, lease=SHORT)
        await dead.wants("a", lock, mutex(cluster)).hears("a", "has it")
        await one.wants("b", mutex(cluster)).hears("b", "m 0/1")
        await dead.dies()
        await one.hears("b", "has it")
        await one.leaves()

    asyncio.run(play())


@pytest.mark.cluster
def test_nobody_takes_a_lock_whose_pods_he_may_not_see(cluster, tmp_path, capsys):
    from tests.contract.test_cluster import as_account

    rights = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "update"]}]

    async def play():
        dead = Locker(cluster, "r1")
        await dead.wants("a", mutex(cluster)).hears("a", "has it")
        given = {**cluster, "kubeconfig": as_account(tmp_path, rights)}
        one = Locker(given, "r2", created=1, lease=SHORT)
        await one.wants("b", mutex(cluster)).hears("b", "m 0/1")
        await dead.dies()
        await expired(one)
        assert ("b", "has it") not in one.news
        await one.leaves()

    asyncio.run(play())
    said = capsys.readouterr().err
    assert said.count("the driver of run r1 is gone, and whether its pods run cannot be seen") == 1


@pytest.mark.cluster
def test_a_deleted_run_holds_nothing(cluster):
    async def play():
        dead, one = Locker(cluster, "r1"), Locker(cluster, "r2", created=1, lease=60.0)
        await dead.wants("a", mutex(cluster)).hears("a", "has it")
        await one.wants("b", mutex(cluster)).hears("b", "m 0/1")
        await dead.dies()
        with clusters.client() as api:
            await release_run(api, [cluster["namespace"]], "r1")
        await one.hears("b", "has it")
        await one.leaves()

    asyncio.run(play())

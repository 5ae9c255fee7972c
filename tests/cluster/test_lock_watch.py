"""Who waits for a lock of the cluster hears of it, and asks for nothing meanwhile."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from argotui.runtimes.kubernetes.locks import NAME
from tests.cluster.program import restricted
from tests.cluster.raw import Namespace, Thing
from tests.contract.lockers import Locker
from tests.waiting import until

pytestmark = pytest.mark.cluster

LEASE = 90.0  # nobody who waits would look again within thirty seconds: he is told, or fails
SOON = 15.0
MAPS: Thing = {"apiGroups": [""], "resources": ["configmaps"]}


@pytest.fixture
def where(namespace: Namespace, kubeconfig: str) -> dict[str, str]:
    return {"kubeconfig": kubeconfig, "namespace": namespace.name}


@pytest.fixture
def mutex(namespace: Namespace) -> str:
    return f"{namespace.name}/Mutex/m"


def locker(where: dict[str, str], run: str, **more: float) -> Locker:
    return Locker(where, run, **{"lease": LEASE, "created": float(run[1:]), **more})


def beats(namespace: Namespace, run: str) -> int:
    table = json.loads(namespace.api.get(namespace.path(f"configmaps/{NAME}"))["data"]["table"])
    return sum(each["beat"] for name, each in table["drivers"].items() if name.startswith(run))


async def in_sight(waiter: Locker) -> None:
    await until(lambda: waiter.shelf._sights.are_clear, "the watch", SOON)


class Quiet:
    """Whether a waiter has asked for nothing during some beats of the holder."""

    def __init__(self, waiter: Locker, namespace: Namespace, most: int) -> None:
        self._waiter, self._namespace, self._most = waiter, namespace, most
        self._asked = self._since = -1

    def __call__(self) -> bool:
        asked, now = self._waiter.client.requests, beats(self._namespace, "r1")
        if asked != self._asked:
            self._asked, self._since = asked, now
        return now - self._since >= self._most


def test_a_freed_lock_is_taken_without_a_poll(where: dict[str, str], mutex: str) -> None:
    async def play() -> None:
        one, two, three = (locker(where, f"r{number}") for number in (1, 2, 3))
        await one.wants("a", mutex).hears("a", "has it")
        await two.wants("b", mutex).hears("b", "m 0/1")
        await three.wants("c", mutex).hears("c", "m 0/1")
        await in_sight(two)
        await in_sight(three)
        one.locks.release("a")
        await until(lambda: ("b", "has it") in two.news, "the second", SOON)
        two.locks.release("b")
        await until(lambda: ("c", "has it") in three.news, "the third", SOON)
        for each in (one, two, three):
            await each.leaves()

    asyncio.run(play())


def test_who_waits_asks_for_nothing(
    where: dict[str, str], mutex: str, namespace: Namespace
) -> None:
    async def play() -> None:
        holder, waiter = locker(where, "r1", lease=2.0), locker(where, "r2")
        await holder.wants("a", mutex).hears("a", "has it")
        await waiter.wants("b", mutex).hears("b", "m 0/1")
        await in_sight(waiter)
        await until(Quiet(waiter, namespace, 6), "six beats without a request", SOON)
        await holder.leaves()
        await until(lambda: ("b", "has it") in waiter.news, "the lock", SOON)
        await waiter.leaves()

    asyncio.run(play())


def test_a_limit_that_is_raised_lets_in_at_once(
    where: dict[str, str], namespace: Namespace
) -> None:
    def limits(number: int) -> Thing:
        return {"metadata": {"name": "cm"}, "data": {"k": str(number)}}

    async def play() -> None:
        lock = f"{namespace.name}/ConfigMap/cm/k"
        namespace.api.create(namespace.path("configmaps"), limits(1))
        one, two = locker(where, "r1"), locker(where, "r2")
        await one.wants("a", lock).hears("a", "has it")
        await two.wants("b", lock).hears("b", "k 0/1")
        await in_sight(two)
        namespace.api.ask("PUT", namespace.path("configmaps/cm"), limits(2))
        await until(lambda: ("b", "has it") in two.news, "the second place", SOON)
        await one.leaves()
        await two.leaves()

    asyncio.run(play())


def test_who_may_not_watch_looks_again_and_again(
    namespace: Namespace, kubeconfig: str, tmp_path: Path, mutex: str
) -> None:
    rules = [{**MAPS, "verbs": ["create", "get", "update"]}]
    here = {"kubeconfig": restricted(namespace, tmp_path, rules), "namespace": namespace.name}

    async def play() -> None:
        one, two = locker(here, "r1"), locker(here, "r2")
        await one.wants("a", mutex).hears("a", "has it")
        await two.wants("b", mutex).hears("b", "m 0/1")
        one.locks.release("a")
        await until(lambda: ("b", "has it") in two.news, "the second", SOON)
        await one.leaves()
        await two.leaves()

    asyncio.run(play())


def test_those_who_died_in_the_queue_hold_up_nobody_for_longer_than_a_lease(
    where: dict[str, str], mutex: str
) -> None:
    async def play() -> None:
        holder, last = locker(where, "r1"), locker(where, "r9", lease=2.0)
        await holder.wants("a", mutex).hears("a", "has it")
        for number in range(2, 8):
            dead = locker(where, f"r{number}")
            await dead.wants("d", mutex).hears("d", "m 0/1")
            await dead.dies()
        await last.wants("z", mutex).hears("z", "m 0/1")
        begun = asyncio.get_running_loop().time()
        await holder.leaves()
        await until(lambda: ("z", "has it") in last.news, "the lock", 30.0)
        assert asyncio.get_running_loop().time() - begun < 5 * 2.0
        await last.leaves()

    asyncio.run(play())

"""Who may hold which lock: the algorithm by itself, without a file or a cluster. Argo: 4.10."""

from __future__ import annotations

import pytest

from argotui.locks.queue import (
    Asker,
    Claim,
    Entry,
    Standing,
    kind_of,
    parsed,
    plain,
    read_limit,
    semaphore_of,
    settle,
    without,
)

M, N, S = "ns/Mutex/m", "ns/Mutex/n", "ns/ConfigMap/cm/s"


def entry(run, *locks, held=False, node="a", priority=0, created=0.0):
    return Entry(
        owner=f"{run}-o", run=run, node=node, locks=locks, held=held,
        priority=priority, created=created,
    )  # fmt: skip


def ask(table, run, *claims, limits=None, let_go=(), **facts):
    asker = Asker(owner=f"{run}-o", run=run, **facts)
    wanted = [Claim(node=node, locks=locks) for node, *locks in claims]
    wanted = [Claim(node=each.node, locks=tuple(each.locks)) for each in wanted]
    return settle(table, asker, wanted, limits or {}, let_go=frozenset(let_go))


@pytest.mark.parametrize(
    ("table", "standing"),
    [
        ([], Standing(held=True)),
        ([entry("x", M, held=True)], Standing(lock=M, free=0, limit=1)),
        ([entry("x", N, held=True)], Standing(held=True)),
        # the place is free, but an older run is first in the queue
        ([entry("x", M)], Standing(lock=M, free=1, limit=1)),
        ([entry("x", M, created=9.0)], Standing(held=True)),
        ([entry("x", M, created=9.0, priority=1)], Standing(lock=M, free=1, limit=1)),
        ([entry("x", M, created=1.0, priority=-1)], Standing(held=True)),
        # the first waits for another lock as well: nobody overtakes it
        ([entry("y", N, held=True), entry("x", N, M)], Standing(lock=M, free=1, limit=1)),
    ],
)
def test_a_mutex_goes_to_the_first_of_its_queue(table, standing):
    after, told = ask(table, "me", ("a", M), created=5.0)
    assert told == {"a": standing}
    assert after[:-1] == table
    assert (after[-1].run, after[-1].held) == ("me", standing.held)


@pytest.mark.parametrize(
    ("limit", "standing"),
    [
        (3, Standing(held=True)),
        (2, Standing(lock=S, free=0, limit=2)),
        (1, Standing(lock=S, free=-1, limit=1)),  # it was lowered beneath its holders
        (0, Standing(refused=f"failed to initialize semaphore {S} with limit")),
        ("x", Standing(refused=f"failed to initialize semaphore {S} with limit: x")),
    ],
)
def test_a_semaphore_has_the_places_that_its_limit_says(limit, standing):
    table = [entry("x", S, held=True), entry("y", S, held=True)]
    after, told = ask(table, "me", ("a", S), limits={S: limit}, created=1.0)
    assert told == {"a": standing}
    assert len(after) == (2 if standing.refused else 3)


def test_who_is_in_the_queue_waits_while_the_limit_is_not_known():
    after, _ = ask([entry("x", S, held=True)], "me", ("a", S), limits={S: 1})
    for limit in (0, "gone"):
        after, told = ask(after, "me", ("a", S), limits={S: limit})
        assert told == {"a": Standing(lock=S)}
    assert len(after) == 2


def test_all_locks_or_none():
    table = [entry("x", N, held=True)]
    after, told = ask(table, "me", ("a", M, N))
    assert told == {"a": Standing(lock=N, free=0, limit=1)}
    after, told = ask([each for each in after if each.run != "x"], "me", ("a", M, N))
    assert told == {"a": Standing(held=True)}


def test_nodes_of_a_run_are_no_strangers_to_each_other():
    table = [entry("x", N, held=True)]
    _, told = ask(table, "me", ("a", M, N), ("b", M), ("c", M))
    assert [told[node].held for node in "abc"] == [False, True, False]


def test_what_is_not_claimed_any_more_is_gone_and_what_is_held_stays():
    after, _ = ask([], "me", ("a", M), ("b", N))
    after, told = ask(after, "me", ("b", N))
    assert [(each.node, each.held) for each in after] == [("b", True)]
    assert told == {"b": Standing(held=True)}
    after, _ = ask(after, "me", ("b", M))  # other locks under the same name are another claim
    assert [each.locks for each in after] == [(M,)]


def test_another_driver_of_the_same_run_takes_its_entries_over():
    after, _ = ask([], "me", ("a", M))
    asker = Asker(owner="another", run="me")
    after, told = settle(after, asker, [Claim(node="a", locks=(M,))], {})
    assert (after[0].owner, told["a"].held) == ("another", True)


def test_who_lets_go_keeps_his_place_and_holds_nothing():
    after, _ = ask([], "me", ("a", M))
    after, told = ask(after, "me", ("a", M), let_go=["a"])
    assert (after[0].held, told["a"].held) == (False, False)


def test_only_the_askers_own_claims_are_granted():
    after, _ = ask([entry("x", M)], "me", ("a", N), created=1.0)
    assert {each.run: each.held for each in after} == {"x": False, "me": True}


def test_the_dead_are_left_out():
    table = [entry("x", M, held=True), entry("x", N, node="b"), entry("y", M)]
    assert without(table, [("x-o", "a")]) == table[1:]


def test_entries_survive_as_json_and_nonsense_is_left_out():
    table = [entry("x", M, N, held=True, priority=3, created=1.5)]
    assert parsed([plain(each) for each in table]) == table
    old = {"owner": "o", "run": "r", "node": "n", "locks": [M], "held": False, "later": 1}
    assert parsed([old, {}, 3, {"run": "x"}])[0].locks == (M,)
    assert parsed("x") == []


def test_names_say_what_a_lock_is():
    assert (kind_of(M), kind_of(S)) == ("Mutex", "ConfigMap")
    assert semaphore_of(S) == ("ns", "cm", "s")
    assert semaphore_of(M) is None


@pytest.mark.parametrize(
    ("data", "limit"),
    [
        ({"k": "3"}, 3),
        ({"k": "-1"}, -1),
        ({"k": "+2"}, 2),
        ({"k": 4}, 4),
        ({"k": " 3"}, "' 3' is no number"),
        ({"k": "3.0"}, "'3.0' is no number"),
        ({"k": "+-3"}, "'+-3' is no number"),
        ({"k": "٣"}, "'٣' is no number"),
        ({}, "Sync configuration key 'k' not found in ConfigMap"),
        (None, 'configmaps "cm" not found'),
    ],
)
def test_a_limit_is_read_as_argo_does(data, limit):
    assert read_limit(data, "cm", "k") == limit

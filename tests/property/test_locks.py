"""Runs that want locks in any order, come, go, die and come back: never too many hold one, nobody
is overtaken, and in the end everybody had his turn."""

from __future__ import annotations

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from argotui.locks.queue import Asker, Claim, settle, without

LOCKS = ("ns/Mutex/a", "ns/Mutex/b", "ns/ConfigMap/cm/c")
RUNS = tuple("pqrst")
some_locks = st.sets(st.sampled_from(LOCKS), min_size=1).map(lambda found: tuple(sorted(found)))
some_run = st.sampled_from(RUNS)


class Locks(RuleBasedStateMachine):
    """Every run looks at the table when it likes. `claims` is what each wants now."""

    def __init__(self):
        super().__init__()
        self.table = []
        self.limit = 2
        self.lowered = False
        self.claims = {run: {} for run in RUNS}
        self.number = 0
        self.askers = {
            run: Asker(owner=f"{run}-0", run=run, priority=number % 2, created=float(number % 3))
            for number, run in enumerate(RUNS)
        }

    def limits(self):
        return {LOCKS[2]: self.limit}

    @rule(run=some_run, locks=some_locks)
    def want(self, run, locks):
        self.number += 1
        self.claims[run][f"n{self.number}"] = locks

    @rule(run=some_run, data=st.data())
    def give_back(self, run, data):
        if self.claims[run]:
            node = data.draw(st.sampled_from(sorted(self.claims[run])))
            del self.claims[run][node]
            self.look(run)

    @rule(run=some_run)
    def look(self, run):
        before = [entry for entry in self.table if entry.run != run]
        held = {entry.node for entry in self.table if entry.run == run and entry.held}
        claims = [Claim(node=node, locks=locks) for node, locks in self.claims[run].items()]
        self.table, told = settle(self.table, self.askers[run], claims, self.limits())
        assert [entry for entry in self.table if entry.run != run] == before
        mine = {entry.node: entry for entry in self.table if entry.run == run}
        assert mine.keys() == self.claims[run].keys() == told.keys()
        assert all(told[node].held == entry.held for node, entry in mine.items())
        assert all(mine[node].held for node in held & mine.keys()), "what is held stays held"
        for node in mine.keys() - held:
            if mine[node].held:
                self.overtakes_nobody(mine[node])
            else:
                assert told[node].lock in mine[node].locks

    def overtakes_nobody(self, entry):
        for other in self.table:
            if other.run != entry.run and not other.held and set(other.locks) & set(entry.locks):
                assert entry.rank < other.rank

    @rule(run=some_run)
    def die(self, run):
        """Its lease runs out: others take its entries out."""
        self.table = without(self.table, [(e.owner, e.node) for e in self.table if e.run == run])
        self.claims[run] = {}

    @rule(run=some_run)
    def come_back(self, run):
        """Another driver of the same run."""
        owner = f"{run}-{self.number}"
        old = self.askers[run]
        self.askers[run] = Asker(owner=owner, run=run, priority=old.priority, created=old.created)
        self.look(run)

    @rule(limit=st.integers(1, 3))
    def change_the_limit(self, limit):
        self.lowered = self.lowered or limit < self.limit
        self.limit = limit

    @precondition(lambda self: any(self.claims.values()))
    @rule()
    def all_get_their_turn(self):
        """If holders give back, nobody waits for ever."""
        for _ in range(2 * sum(map(len, self.claims.values())) + 1):
            for run in RUNS:
                for entry in [e for e in self.table if e.run == run and e.held]:
                    self.claims[run].pop(entry.node, None)
                self.look(run)
        assert not any(self.claims.values())
        assert self.table == []
        self.lowered = False

    @invariant()
    def never_too_many(self):
        used = Counter(lock for entry in self.table if entry.held for lock in entry.locks)
        assert all(used[lock] <= 1 for lock in LOCKS[:2])
        assert self.lowered or used[LOCKS[2]] <= self.limit


Locks.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestLocks = Locks.TestCase

"""Who may hold which mutexes and semaphores: a table of what runs hold and wait for, as plain data.

Called by whoever keeps such a table: driver/lockfile (this machine), runtimes/kubernetes/locks (a
cluster). Argo: 4.10.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

Limit: TypeAlias = int | str  # how many may hold it; a text says why that is not known
_FIELDS = ("owner", "run", "node", "locks", "held", "priority", "created")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A driver of a run. `owner` is this process's own; `created` in unix seconds."""

    owner: str
    run: str
    priority: int = 0
    created: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a node of the run ("" for the run itself) wants to hold: all of `locks`, or none."""

    node: str
    locks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A claim in the table."""

    owner: str
    run: str
    node: str
    locks: tuple[str, ...]
    held: bool = False
    priority: int = 0
    created: float = 0.0

    @property
    def rank(self) -> tuple[int, float, str]:
        """Who goes first: the higher priority, then the older run. Argo: 4.10."""
        return -self.priority, self.created, self.run


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a claim stands. Not held: `lock` is the first that cannot be had, with `free` of its
    `limit` places free (a limit of 0 is not known). `refused` says why it will never be had."""

    held: bool = False
    lock: str = ""
    free: int = 0
    limit: int = 0
    refused: str = ""


def settle(
    entries: Sequence[Entry],
    asker: Asker,
    claims: Iterable[Claim],
    limits: Mapping[str, Limit],
    *,
    let_go: frozenset[str] = frozenset(),
) -> tuple[list[Entry], dict[str, Standing]]:
    """Return the table once `asker` has these claims and no others, and how each of them stands.

    Only the asker's own claims are granted here: others are by their own drivers, who are then
    known to live. `let_go` names nodes that may hold nothing this time. `limits` are those of
    semaphores.
    """
    known = {entry.node: entry for entry in entries if entry.run == asker.run}
    others = [entry for entry in entries if entry.run != asker.run]
    mine: dict[str, Entry] = {}
    standings: dict[str, Standing] = {}
    for claim in claims:
        entry = _entry(asker, claim, known.get(claim.node))
        refused = "" if claim.node in known else _refusal(entry, limits)
        if refused:
            standings[claim.node] = Standing(refused=refused)
        else:
            mine[claim.node] = replace(entry, held=entry.held and claim.node not in let_go)
    for node, entry in mine.items():
        standing = Standing(held=entry.held)
        if not entry.held and node not in let_go:
            standing = _standing(entry, [*others, *mine.values()], limits)
        standings[node] = standing
        mine[node] = replace(entry, held=standing.held)
    return [*others, *mine.values()], standings


def crowds(entries: Iterable[Entry]) -> tuple[Counter[str], dict[str, Entry]]:
    """Return how many hold each lock, and who is first among those who wait for it."""
    used: Counter[str] = Counter()
    first: dict[str, Entry] = {}
    for each in entries:
        for lock in each.locks:
            if each.held:
                used[lock] += 1
            elif lock not in first or each.rank < first[lock].rank:
                first[lock] = each
    return used, first


def contested(entries: Iterable[Entry], limits: Mapping[str, Limit]) -> list[Entry]:
    """Return those who wait for a lock that has a place free: that of somebody before them, who
    has only to come and take it, or must wait for another lock."""
    known = list(entries)
    used, _ = crowds(known)
    return [
        each
        for each in known
        if not each.held and any(_room(lock, used, limits) for lock in each.locks)
    ]


def _room(lock: str, used: Mapping[str, int], limits: Mapping[str, Limit]) -> bool:
    limit = _limit(lock, limits)
    return isinstance(limit, int) and used[lock] < limit


def _entry(asker: Asker, claim: Claim, known: Entry | None) -> Entry:
    """A run that comes back with another driver keeps what it holds."""
    held = known is not None and known.held and known.locks == claim.locks
    return Entry(
        owner=asker.owner,
        run=asker.run,
        node=claim.node,
        locks=claim.locks,
        held=held,
        priority=asker.priority,
        created=asker.created,
    )


def _refusal(entry: Entry, limits: Mapping[str, Limit]) -> str:
    """A semaphore without a limit is an error for whoever asks for it first. Argo: 4.10."""
    for lock in entry.locks:
        limit = _limit(lock, limits)
        if isinstance(limit, str) or limit == 0:
            why = f": {limit}" if isinstance(limit, str) else ""
            return f"failed to initialize semaphore {lock} with limit{why}"
    return ""


def _standing(entry: Entry, table: Iterable[Entry], limits: Mapping[str, Limit]) -> Standing:
    """A lock can be had by the first in its queue, while a place is free. The nodes of one run
    are no strangers to each other: any of them may go when their run is first."""
    used, first = crowds(table)
    for lock in entry.locks:
        limit = _limit(lock, limits)
        number = limit if isinstance(limit, int) else 0
        front = first.get(lock)
        if used[lock] >= number or (front is not None and front.run != entry.run):
            free = number - used[lock] if number else 0
            return Standing(lock=lock, free=free, limit=number)
    return Standing(held=True)


def _limit(lock: str, limits: Mapping[str, Limit]) -> Limit:
    return limits.get(lock, 1 if kind_of(lock) == "Mutex" else "its limit is not known")


def kind_of(lock: str) -> str:
    """Return Mutex or ConfigMap, out of a lock's name."""
    return lock.split("/", 2)[1] if lock.count("/") >= 2 else "Mutex"


def semaphore_of(lock: str) -> tuple[str, str, str] | None:
    """Return namespace, ConfigMap and key that a semaphore's limit is in; None for a mutex."""
    parts = lock.split("/", 3)
    if len(parts) != 4 or parts[1] != "ConfigMap":
        return None
    return parts[0], parts[2], parts[3]


def read_limit(data: Mapping[str, Any] | None, name: str, key: str) -> Limit:
    """Return the limit that a ConfigMap's data gives; None stands for one that is not there."""
    if data is None:
        return f'configmaps "{name}" not found'
    if key not in data:
        return f"Sync configuration key '{key}' not found in ConfigMap"
    text = str(data[key])
    digits = text.removeprefix("-").removeprefix("+") if text[:2] not in ("+-", "-+") else ""
    if not (digits.isascii() and digits.isdigit()):
        return f"{text!r} is no number"
    return int(text)


def without(entries: Iterable[Entry], dead: Iterable[tuple[str, str]]) -> list[Entry]:
    """Return the table without these; each is an owner and a node."""
    gone = set(dead)
    return [entry for entry in entries if (entry.owner, entry.node) not in gone]


def plain(entry: Entry) -> dict[str, Any]:
    """Return an entry as JSON."""
    return {**asdict(entry), "locks": list(entry.locks)}


def parsed(raw: object) -> list[Entry]:
    """Return the entries in a JSON list; what is none is left out."""
    found = []
    for each in raw if isinstance(raw, list) else ():
        if isinstance(each, dict) and {"owner", "run", "node", "locks", "held"} <= each.keys():
            facts = {name: each[name] for name in _FIELDS if name in each}
            found.append(Entry(**{**facts, "locks": tuple(each["locks"])}))
    return found

"""Graphs of names: order, cycles, ancestors. Called by the checks of dag and containerSet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def find_cycle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return a cycle, its first name again at the end; empty if there is none.

    `graph` maps a name to those it needs; names it does not have are passed over.
    """
    done: set[str] = set()
    for start in graph:
        trail: list[str] = []
        stack: list[tuple[str, bool]] = [(start, False)]
        on_trail: set[str] = set()
        while stack:
            name, leaving = stack.pop()
            if leaving:
                done.add(trail.pop())
                on_trail.discard(name)
            elif name in on_trail:
                return [*trail[trail.index(name) :], name]
            elif name in graph and name not in done:
                trail.append(name)
                on_trail.add(name)
                stack.append((name, True))
                stack += [(needed, False) for needed in graph[name]]
    return []


def rings(graph: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return a number for every name, the same for those that lead to each other; others
    have a number of their own."""
    order = list(_finished(graph, graph))
    back: dict[str, list[str]] = {name: [] for name in graph}
    for name, targets in graph.items():
        for target in targets:
            if target in back:
                back[target].append(name)
    found: dict[str, int] = {}
    for start in reversed(order):
        if start in found:
            continue
        number, todo = len(found), [start]
        while todo:
            name = todo.pop()
            if name not in found:
                found[name] = number
                todo += [before for before in back[name] if before not in found]
    return found


def _finished(graph: Mapping[str, Iterable[str]], starts: Iterable[str]) -> Iterator[str]:
    """Yield the names, each when all that it leads to has been seen."""
    seen: set[str] = set()
    for start in starts:
        stack = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                yield name
            elif name in graph and name not in seen:
                seen.add(name)
                stack.append((name, True))
                stack += [(target, False) for target in graph[name] if target not in seen]


def sorted_names(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the names, each after those it needs; those of a cycle last."""
    waiting = {name: {part for part in needs if part in graph} for name, needs in graph.items()}
    needed_by: dict[str, list[str]] = {name: [] for name in graph}
    for name, needs in waiting.items():
        for part in needs:
            needed_by[part].append(name)
    ready = [name for name, needs in waiting.items() if not needs]
    result = []
    for name in ready:  # grows while it is read
        result.append(name)
        for later in needed_by[name]:
            waiting[later].discard(name)
            if not waiting[later]:
                ready.append(later)
    placed = set(result)
    return [*result, *(name for name in graph if name not in placed)]


class Ancestors:
    """Who comes before whom, transitively; a set of bits for each name."""

    def __init__(self, graph: Mapping[str, Iterable[str]], order: Iterable[str]) -> None:
        self._bit = {name: 1 << i for i, name in enumerate(graph)}
        self._before: dict[str, int] = {}
        for name in order:
            before = 0
            for part in graph[name]:
                before |= self._bit.get(part, 0) | self._before.get(part, 0)
            self._before[name] = before

    def has(self, name: str, ancestor: str) -> bool:
        """Say whether `ancestor` has surely ended before `name` begins."""
        return bool(self._before.get(name, 0) & self._bit.get(ancestor, 0))

"""On which line each box stands: near what it is joined to, and never two on one line.

Called by graph.text.
"""

from __future__ import annotations

from collections import defaultdict

from argotui.graph.layers import Layers

_ROUNDS = 8


def lines_of(found: Layers) -> dict[str, int]:
    """Return the line of every key, counted from 0; lines that nobody uses are given up."""
    before: dict[str, list[str]] = defaultdict(list)
    for start, ends in found.next.items():
        for end in ends:
            before[end].append(start)
    line = {key: number for column in found.columns for number, key in enumerate(column)}
    for round_ in range(_ROUNDS):
        forth = round_ % 2 == 0
        neighbours = before if forth else found.next
        for column in found.columns if forth else reversed(found.columns):
            _settle(column, neighbours, line)
    return _packed(line)


def _settle(column: list[str], neighbours: dict[str, list[str]], line: dict[str, int]) -> None:
    """Move the keys of a column towards their neighbours, keeping their order."""
    wanted = [_wish(key, neighbours, line) for key in column]
    at = [0] * len(column)
    floor = min(wanted, default=0) - len(column)
    for number, wish in enumerate(wanted):
        at[number] = max(wish, floor)
        floor = at[number] + 1
    # what was pushed down as one block goes up again by half of what it missed
    number = 0
    while number < len(column):
        end = number + 1
        while end < len(column) and at[end] == at[end - 1] + 1:
            end += 1
        missed = sum(at[each] - wanted[each] for each in range(number, end)) // (end - number)
        room = at[number] - (at[number - 1] + 1 if number else at[number] - missed)
        up = max(0, min(missed, room))
        for each in range(number, end):
            at[each] -= up
        number = end
    line.update(zip(column, at, strict=True))


def _wish(key: str, neighbours: dict[str, list[str]], line: dict[str, int]) -> int:
    seen = sorted(line[each] for each in neighbours.get(key, ()))
    if not seen:
        return line[key]
    half = len(seen) // 2
    return seen[half] if len(seen) % 2 else (seen[half - 1] + seen[half]) // 2


def _packed(line: dict[str, int]) -> dict[str, int]:
    used = {place: number for number, place in enumerate(sorted(set(line.values())))}
    return {key: used[place] for key, place in line.items()}

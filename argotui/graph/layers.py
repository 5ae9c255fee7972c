"""Where boxes go: a layer for each, long arrows cut into pieces, an order with few crossings.

Called by graph.text. The layout is Sugiyama's, left to right.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field

from argotui.graph.figure import Figure

_SWEEPS = 12


@dataclass(slots=True)
class Layers:
    """`columns` holds keys in their order from top to bottom. A key that is no box's stands for
    a line that passes through: one for all arrows of the same box. `next` are the keys in the
    following column that a key leads to."""

    columns: list[list[str]] = field(default_factory=list)
    next: dict[str, list[str]] = field(default_factory=dict)
    passes: dict[str, str] = field(default_factory=dict)  # key of a piece -> the box it comes from


def layered(drawn: Figure) -> Layers:
    """Return the layout of a figure; arrows that would close a circle are left out."""
    arrows = _acyclic(drawn)
    depth = _depths([box.key for box in drawn.boxes], arrows)
    found = Layers(columns=[[] for _ in range(max(depth.values(), default=-1) + 1)])
    for box in drawn.boxes:
        found.columns[depth[box.key]].append(box.key)
    for start, end in arrows:
        _lead(found, depth, start, end)
    _order(found)
    return found


def _acyclic(drawn: Figure) -> list[tuple[str, str]]:
    """Only a manifest that does not run has circles; it is drawn all the same."""
    after: dict[str, list[str]] = defaultdict(list)
    degree = dict.fromkeys((box.key for box in drawn.boxes), 0)
    for start, end in drawn.arrows:
        after[start].append(end)
        degree[end] += 1
    place: dict[str, int] = {}
    ready = deque(key for key, count in degree.items() if not count)
    rest = deque(degree)
    while len(place) < len(degree):
        if not ready:
            ready.append(next(key for key in rest if key not in place))
        key = ready.popleft()
        if key in place:
            continue
        place[key] = len(place)
        for end in after[key]:
            degree[end] -= 1
            if not degree[end]:
                ready.append(end)
    return [arrow for arrow in drawn.arrows if place[arrow[0]] < place[arrow[1]]]


def _depths(keys: list[str], arrows: list[tuple[str, str]]) -> dict[str, int]:
    """Return the longest way to each box."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for start, end in arrows:
        before[end].append(start)
        after[start].append(end)
    left = {key: len(before[key]) for key in keys}
    depth = dict.fromkeys(keys, 0)
    ready = deque(key for key in keys if not left[key])
    while ready:
        key = ready.popleft()
        for end in after[key]:
            depth[end] = max(depth[end], depth[key] + 1)
            left[end] -= 1
            if not left[end]:
                ready.append(end)
    return depth


def _lead(found: Layers, depth: dict[str, int], start: str, end: str) -> None:
    """Add an arrow, in pieces where it passes columns."""
    last = start
    for column in range(depth[start] + 1, depth[end]):
        piece = f"{start}\0{column}"
        if piece not in found.passes:
            found.passes[piece] = start
            found.columns[column].append(piece)
        _join(found, last, piece)
        last = piece
    _join(found, last, end)


def _join(found: Layers, start: str, end: str) -> None:
    ends = found.next.setdefault(start, [])
    if end not in ends:
        ends.append(end)


def _order(found: Layers) -> None:
    """Sort every column by where its neighbours stand, forth and back; keep the best seen."""
    before: dict[str, list[str]] = defaultdict(list)
    for start, ends in found.next.items():
        for end in ends:
            before[end].append(start)
    best, least = [list(column) for column in found.columns], crossings(found)
    for sweep in range(_SWEEPS):
        if not least:
            break
        forth = sweep % 2 == 0
        numbers = range(1, len(found.columns))
        for number in numbers if forth else reversed(range(len(found.columns) - 1)):
            beside = found.columns[number - 1 if forth else number + 1]
            _sort(found.columns[number], beside, before if forth else found.next)
        seen = crossings(found)
        if seen < least:
            best, least = [list(column) for column in found.columns], seen
    found.columns = best


def _sort(column: list[str], beside: list[str], neighbours: dict[str, list[str]]) -> None:
    place = {key: number for number, key in enumerate(beside)}
    own = {key: number for number, key in enumerate(column)}

    def middle(key: str) -> tuple[float, int]:
        seen = [place[each] for each in neighbours.get(key, ()) if each in place]
        return (sum(seen) / len(seen) if seen else float(own[key]), own[key])

    column.sort(key=middle)


def crossings(found: Layers) -> int:
    """Return how many pairs of arrows cross between neighbouring columns."""
    total = 0
    for left, right in zip(found.columns, found.columns[1:], strict=False):
        place = {key: number for number, key in enumerate(right)}
        ends = [sorted(place[end] for end in found.next.get(key, ())) for key in left]
        total += _inversions([end for each in ends for end in each], len(right))
    return total


def _inversions(numbers: list[int], size: int) -> int:
    tree = [0] * (size + 1)
    total = 0
    for seen, number in enumerate(numbers):
        at, smaller = number + 1, 0
        while at:
            smaller += tree[at]
            at &= at - 1
        total += seen - smaller
        at = number + 1
        while at <= size:
            tree[at] += 1
            at += at & -at
    return total

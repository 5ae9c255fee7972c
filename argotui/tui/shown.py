"""A long list that is cheap to splice and that knows where each of its members stands.

Used by the presenter for the rows on view: blocks of some hundred members, so that inserting one
among ten thousand moves a few hundred pointers and finding an index asks a few dozen blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

BLOCK = 256


class Member(Protocol):
    """`block` belongs to the list that the member is in; None: in none."""

    block: Block | None


class Block:
    __slots__ = ("members",)

    def __init__(self, members: list[Member]) -> None:
        self.members = members
        for member in members:
            member.block = self


M = TypeVar("M", bound=Member)


class Shown(Generic[M]):
    """`moved` counts the members and blocks touched by all splices and look-ups so far."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._size = 0
        self.moved = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[M]:
        for block in self._blocks:
            yield from block.members  # type: ignore[misc]

    def __getitem__(self, index: int) -> M:
        place, within = self._locate(index)
        return self._blocks[place].members[within]  # type: ignore[return-value]

    def window(self, start: int, count: int) -> list[M]:
        """Return up to `count` members from number `start` on."""
        if start >= self._size or count <= 0:
            return []
        place, within = self._locate(start)
        found: list[M] = []
        for block in self._blocks[place:]:
            found.extend(block.members[within : within + count - len(found)])  # type: ignore[arg-type]
            within = 0
            if len(found) >= count:
                break
        return found

    def index(self, member: M) -> int:
        """Return where `member` stands, -1 if it is not in the list."""
        if member.block is None:
            return -1
        before = 0
        for block in self._blocks:
            self.moved += 1
            if block is member.block:
                return before + block.members.index(member)
            before += len(block.members)
        return -1

    def replace(self, members: Iterable[M]) -> None:
        """Make the list hold exactly `members`."""
        for block in self._blocks:
            for member in block.members:
                member.block = None
        whole: list[Member] = list(members)
        self._size = len(whole)
        self._blocks = [Block(whole[at : at + BLOCK]) for at in range(0, len(whole), BLOCK)]
        self.moved += self._size

    def insert(self, index: int, members: Sequence[M]) -> None:
        """Put `members` before number `index`."""
        if not members:
            return
        place, within = self._locate(index) if self._blocks else (0, 0)
        old = self._blocks[place].members if self._blocks else []
        merged: list[Member] = [*old[:within], *members, *old[within:]]
        step = len(merged) if len(merged) <= 2 * BLOCK else BLOCK
        fresh = [Block(merged[at : at + step]) for at in range(0, len(merged), step)]
        self._blocks[place : place + 1] = fresh
        self._size += len(members)
        self.moved += len(merged)

    def remove(self, index: int, count: int) -> None:
        """Take `count` members out, from number `index` on."""
        place, within = self._locate(index)
        left = min(count, self._size - index)
        self._size -= left
        while left > 0:
            members = self._blocks[place].members
            gone = members[within : within + left]
            for member in gone:
                member.block = None
            del members[within : within + left]
            left -= len(gone)
            self.moved += len(gone)
            if members:
                place, within = place + 1, 0
            else:
                del self._blocks[place]

    def _locate(self, index: int) -> tuple[int, int]:
        """Return the block that holds number `index` and the place in it; the end of the last
        block for an index past the end."""
        for place, block in enumerate(self._blocks):
            self.moved += 1
            if index < len(block.members):
                return place, index
            index -= len(block.members)
        last = len(self._blocks) - 1
        return last, len(self._blocks[last].members)

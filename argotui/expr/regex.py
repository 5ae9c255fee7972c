"""Regular expressions in Go's dialect (RE2), in time linear in the text: none can hang a run.

Called by `matches`, `=~` and the regex functions. All threads of the program advance together over
the text (a Pike machine); Python's `re` would backtrack.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from argotui.expr.errors import ExpressionError
from argotui.expr.meter import MAX_TEXT, charge
from argotui.expr.regex_parse import Instruction, Op, compile_regex

_TESTS_A_STEP = 3  # comparing a character costs a third of following a thread
_BUDGET = 900_000  # threads followed in one search; about a second


@dataclass(frozen=True, slots=True)
class Found:
    """A match: the offsets of the whole and of each group, -1 where a group took no part."""

    text: str
    spans: tuple[int, ...]

    @property
    def start(self) -> int:
        return self.spans[0]

    @property
    def end(self) -> int:
        return self.spans[1]

    def group(self, number: int = 0) -> str:
        low, high = self.spans[2 * number : 2 * number + 2] or (-1, -1)
        return self.text[low:high] if low >= 0 else ""

    @property
    def count(self) -> int:
        return len(self.spans) // 2


class Regex:
    """A compiled pattern."""

    __slots__ = ("names", "pattern", "program", "slots")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.program, self.slots, self.names = compile_regex(pattern)

    def search(self, text: str, start: int = 0) -> Found | None:
        """Return the first match at or after `start`, leftmost and then by preference."""
        return _Machine(self.program, self.slots, text).run(start)

    def find_all(self, text: str, limit: int = -1) -> Iterator[Found]:
        """Yield matches that do not overlap, at most `limit` of them unless it is negative."""
        position, last_end, count = 0, -1, 0
        machine = _Machine(self.program, self.slots, text)
        while position <= len(text) and (limit < 0 or count < limit):
            found = machine.run(position)
            if found is None:
                return
            # an empty match right behind the last one does not count
            if found.end > found.start or found.start != last_end:
                yield found
                count += 1
            last_end = found.end
            position = found.end if found.end > position else position + 1

    def replace(self, text: str, replacement: str, *, literal: bool = False) -> str:
        parts: list[str] = []
        end = size = 0
        for found in self.find_all(text):
            parts.append(text[end : found.start])
            parts.append(replacement if literal else self.expand(replacement, found))
            size += len(parts[-1])
            charge(1 + len(parts[-1]) // 16)
            if size > MAX_TEXT:
                raise ExpressionError("memory budget exceeded")
            end = found.end
        return "".join(parts) + text[end:]

    def expand(self, template: str, found: Found) -> str:
        """Fill `$1`, `${name}` and `$$` in a replacement, as Go's Expand does."""
        parts: list[str] = []
        position = 0
        while (mark := template.find("$", position)) >= 0:
            charge()
            parts.append(template[position:mark])
            if template.startswith("$$", mark):
                parts.append("$")
                position = mark + 2
                continue
            name, position = _group_name(template, mark + 1)
            parts.append(self._named(name, found) if name else "$")
        return "".join(parts) + template[position:]

    def _named(self, name: str, found: Found) -> str:
        if name.isascii() and name.isdigit():
            number = int(name[:6])
            return found.group(number) if number < found.count else ""
        return found.group(self.names[name]) if name in self.names else ""


def _group_name(template: str, position: int) -> tuple[str, int]:
    braced = template.startswith("{", position)
    end = position + braced
    while end < len(template) and (template[end].isalnum() or template[end] == "_"):
        end += 1
    name = template[position + braced : end]
    if not braced:
        return name, end
    if not name or not template.startswith("}", end):
        return "", position
    return name, end + 1


@lru_cache(maxsize=512)
def regex(pattern: str) -> Regex:
    """Return the compiled pattern; raises ExpressionError with Go's words."""
    return Regex(pattern)


def matches(pattern: str, text: str) -> bool:
    return regex(pattern).search(text) is not None


Thread = tuple[int, tuple[int, ...]]


class _Machine:
    """One text under one program; the budget holds for all its searches."""

    __slots__ = ("fuel", "program", "slots", "text")

    def __init__(self, program: tuple[Instruction, ...], slots: int, text: str) -> None:
        self.program, self.slots, self.text = program, slots, text
        self.fuel = _BUDGET

    def run(self, start: int) -> Found | None:
        before = self.fuel
        found = self._searched(start)
        charge(before - self.fuel)
        return found

    def _searched(self, start: int) -> Found | None:
        text, size = self.text, len(self.text)
        threads: list[Thread] = []
        best: tuple[int, ...] | None = None
        for position in range(start, size + 1):
            if best is None:
                seen = {thread[0] for thread in threads}
                self._follow(threads, seen, 0, position, (-1,) * self.slots)
            if not threads:
                if best is not None:
                    break
                continue
            char = text[position] if position < size else ""
            threads, done = self._step(threads, char, position)
            if done is not None:
                best = done
        return None if best is None else Found(text, best)

    def _step(
        self, threads: list[Thread], char: str, position: int
    ) -> tuple[list[Thread], tuple[int, ...] | None]:
        """Advance every thread by one character; a match cuts off those after it."""
        following: list[Thread] = []
        seen: set[int] = set()
        self._burn(len(threads) // _TESTS_A_STEP)
        for index, slots in threads:
            instruction = self.program[index]
            if instruction.op is Op.MATCH:
                return following, slots
            if char and instruction.accepts(char):
                self._follow(following, seen, instruction.next, position + 1, slots)
        return following, None

    def _burn(self, fuel: int) -> None:
        self.fuel -= fuel
        if self.fuel < 0:
            raise ExpressionError("regular expression takes too long on this text")

    def _follow(
        self,
        threads: list[Thread],
        seen: set[int],
        index: int,
        position: int,
        slots: tuple[int, ...],
    ) -> None:
        """Add the threads that `index` leads to without reading, in order of preference."""
        pending: list[Thread] = [(index, slots)]
        while pending:
            index, slots = pending.pop()
            if index in seen:
                continue
            seen.add(index)
            self._burn(1)
            instruction = self.program[index]
            match instruction.op:
                case Op.SPLIT:
                    pending.append((instruction.other, slots))
                    pending.append((instruction.next, slots))
                case Op.SAVE:
                    place = instruction.other
                    slots = (*slots[:place], position, *slots[place + 1 :])
                    pending.append((instruction.next, slots))
                case Op.ASSERT:
                    if instruction.holds(self.text, position):
                        pending.append((instruction.next, slots))
                case _:
                    threads.append((index, slots))

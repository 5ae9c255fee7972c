"""Figures as lines of text: min, median and max of each row, the goal, the ratio.

Used by every measurement.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_HEAD = ("", "min", "median", "max", "n", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`values` in `unit`; `note` is what follows from them: a ratio, a goal."""

    name: str
    values: Sequence[float]
    unit: str = "ms"
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)


@dataclass(slots=True, kw_only=True)
class Table:
    title: str
    rows: list[Row] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, name: str, values: Iterable[float], unit: str = "ms", note: str = "") -> Row:
        row = Row(name=name, values=list(values), unit=unit, note=note)
        self.rows.append(row)
        return row

    def print(self) -> None:
        cells = [_HEAD, *(_cells(row) for row in self.rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(_HEAD))]
        print(f"\n{self.title}")
        for name, *figures, note in cells:
            aligned = [cell.rjust(width) for cell, width in zip(figures, widths[1:-1], strict=True)]
            print("  ".join((f"  {name:<{widths[0]}}", *aligned, note)).rstrip())
        for remark in self.remarks:
            print(f"  {remark}")


def ratio(value: float, base: float, goal: float | None = None, at_most: bool = True) -> str:
    """Return `1.84x (goal: at most 2.00x, reached)`."""
    found = value / base if base else float("inf")
    text = f"{found:.2f}x"
    if goal is None:
        return text
    good = found <= goal if at_most else found >= goal
    return f"{text} (goal: at {'most' if at_most else 'least'} {goal:.2f}x, {reached(good)})"


def reached(good: bool) -> str:
    return "reached" if good else "MISSED"


def _cells(row: Row) -> tuple[str, ...]:
    figures = (min(row.values), row.median, max(row.values))
    shown = [f"{_short(figure)} {row.unit}" for figure in figures]
    return (row.name, *shown, str(len(row.values)), row.note)


def _short(figure: float) -> str:
    size = abs(figure)
    return f"{figure:.0f}" if size >= 100 else f"{figure:.1f}" if size >= 10 else f"{figure:.2f}"

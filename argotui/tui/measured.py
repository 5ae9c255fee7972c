"""The run's metrics as lines: one family a row with its series below, values in one column. Pure.

Called by the metrics screen.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from argotui.model.exposition import number, run_metrics
from argotui.model.fold import RunState
from argotui.model.metrics import Family, Kind, Labels, Sample
from argotui.tui import draw, text
from argotui.tui.look import Glyphs
from argotui.tui.truth import Piece

Line: TypeAlias = list[Piece]
_BARS, _ASCII_BARS = " ▁▂▃▄▅▆▇█", " .:-=+*#%"
_NAME, _KIND, _VALUE = 34, 11, 14  # cells at most
_WIDEST = 110  # of the table: values stay within sight of their names
_MOST_BARS = 20
_WHAT = (
    "Metrics are numbers that a workflow or a template counts as it runs: how often, how long, "
    "how much. They are declared under metrics.prometheus, are measured when a step ends, and "
    "are kept in the run's folder, for Prometheus to read: argotui metrics prints them."
)
_EXAMPLE = """metrics:
  prometheus:
    - name: results
      help: how the step ended
      labels: [{key: status, value: "{{status}}"}]
      counter: {value: "1"}"""


def lines(
    state: RunState, source: Mapping[str, Any], width: int, *, now: float, glyphs: Glyphs,
    wanted: str = "",
) -> list[Line]:  # fmt: skip
    """Return the page. `wanted` keeps the series whose name, help or labels have this text."""
    families = [
        kept for family in run_metrics(state, now) if (kept := _filtered(family, wanted.lower()))
    ]
    live = {
        (family.name, labels)
        for family in state.metrics.values()
        for labels, sample in family.samples.items()
        if sample.since is not None and not sample.is_final
    }
    width = min(width, _WIDEST)
    page = [*_errors(state, width, glyphs)]
    if not state.metrics:
        return [*page, *_nothing(source, width)]
    if not families:
        return [*page, [(f"nothing matches {text.safe(wanted)}", "dim")]]
    name = min(_NAME, max(text.width(text.safe(family.name)) for family in families))
    for family in families:
        page += [*_family(family, live, name, width, glyphs), []]
    return page[:-1]


def counted(state: RunState, now: float) -> str:
    """Return how many there are, in words."""
    families = run_metrics(state, now)
    series = sum(len(family.samples) for family in families)
    if not families:
        return ""
    return f"{text.plural(len(families), 'metric')}, {text.plural(series, 'series', 'series')}"


def declares(source: Any) -> bool:
    """Say whether a manifest declares metrics somewhere."""
    match source:
        case Mapping():
            return "prometheus" in source or any(map(declares, source.values()))
        case list() | tuple():
            return any(map(declares, source))
    return False


def _filtered(family: Family, wanted: str) -> Family | None:
    if not wanted or wanted in family.name.lower() or wanted in family.help.lower():
        return family
    samples = {
        labels: sample
        for labels, sample in family.samples.items()
        if any(wanted in f"{key}={value}".lower() for key, value in labels)
    }
    return Family(
        name=family.name, kind=family.kind, help=family.help, buckets=family.buckets,
        samples=samples,
    ) if samples else None  # fmt: skip


def _errors(state: RunState, width: int, glyphs: Glyphs) -> Iterator[Line]:
    said = text.safe(state.run.metrics_error)
    if not said:
        return
    for line in textwrap.wrap(f"not measured: {said}", max(20, width - 2)):
        yield [(line, "yellow")]
    yield []


def _nothing(source: Mapping[str, Any], width: int) -> Iterator[Line]:
    if declares(source):
        yield [("Nothing has been measured yet: most metrics are when their step ends.", "")]
        return
    yield [("This workflow declares no metrics.", "")]
    yield []
    for line in textwrap.wrap(_WHAT, max(20, min(width - 2, 96))):
        yield [(line, "dim")]
    yield []
    for line in _EXAMPLE.splitlines():
        yield [(f"  {line}", "dim")]


def _family(
    family: Family, live: set[tuple[str, Labels]], name: int, width: int, glyphs: Glyphs
) -> Iterator[Line]:
    """A metric of one series without labels takes one line, any other one more a series."""
    short = text.middle(text.safe(family.name), name, glyphs.ellipsis)
    left: Line = [
        (text.pad(short, name), "bold"),
        ("  ", ""),
        (text.pad(str(family.kind), _KIND), "dim"),
    ]
    help_ = (text.safe(family.help), "dim")
    alone = family.samples.get(()) if len(family.samples) == 1 else None
    if alone is not None and family.kind is not Kind.HISTOGRAM:
        yield _row([*left, help_], alone, (family.name, ()) in live, width, glyphs)
        return
    yield draw.fit([*left, help_], width - 2, glyphs.ellipsis)
    if family.kind is Kind.HISTOGRAM:
        yield draw.fit([(_buckets(family), "dim")], width - 2, glyphs.ellipsis)
    for labels, sample in family.samples.items():
        if family.kind is Kind.HISTOGRAM:
            yield _histogram(family, sample, width, glyphs)
        else:
            shown = [(f"  {_labels(labels)}", "")]
            yield _row(shown, sample, (family.name, labels) in live, width, glyphs)


def _row(left: Line, sample: Sample, is_live: bool, width: int, glyphs: Glyphs) -> Line:
    value = _value(sample.value)
    right = [(" goes on  " if is_live else "", "blue"), (value.rjust(_VALUE), "")]
    return _spread(left, right, width, glyphs)


def _histogram(family: Family, sample: Sample, width: int, glyphs: Glyphs) -> Line:
    """Bars for the buckets, the mean, and how often it was measured."""
    times = sum(sample.counts)
    shown = _labels(sample.labels) or "every time"
    mean = f"mean {_value(sample.value / times)}" if times else ""
    right = [
        (f" {_bars(sample.counts, glyphs)}", "cyan"),
        (f"  {mean}".rjust(_VALUE), "dim"),
        (_value(float(times)).rjust(_VALUE), ""),
    ]
    return _spread([(f"  {shown}", "")], right, width, glyphs)


def _buckets(family: Family) -> str:
    if not family.buckets:
        return "  one bucket for all"
    return f"  buckets up to {', '.join(map(_value, family.buckets))}, more"


def _spread(left: Line, right: Line, width: int, glyphs: Glyphs) -> Line:
    """Names of one piece give way in their middle, what explains them at the end."""
    free = max(0, width - 2 - sum(text.width(part) for part, _ in right))
    if len(left) == 1:
        left = [(text.middle(left[0][0], free, glyphs.ellipsis), left[0][1])]
    return [*draw.fit(left, free, glyphs.ellipsis), *right]


def _bars(counts: Iterable[int], glyphs: Glyphs) -> str:
    numbers = list(counts)[:_MOST_BARS]
    bars = _ASCII_BARS if glyphs.is_ascii else _BARS
    most = max(numbers, default=0)
    steps = len(bars) - 1
    return "".join(bars[-(-count * steps // most)] if most else bars[0] for count in numbers)


def _labels(labels: Labels) -> str:
    return "  ".join(f"{key}={text.safe(value)}" for key, value in labels)


def _value(value: float) -> str:
    """Numbers in groups of three, and as many places as matter."""
    if float(value).is_integer() and abs(value) < 1e12:
        return f"{int(value):,}"
    if 1000 <= abs(value) < 1e9:
        return f"{value:,.1f}"
    plain = number(value)
    return plain if len(plain) <= 9 else f"{value:.6g}"

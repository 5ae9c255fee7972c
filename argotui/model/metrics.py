"""Custom metrics as a run has them: families of samples, and the fold of what was measured.

Pure; written by model.fold only, read by model.exposition, tui/ and cli/. Argo: 2.5, 4.13.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

Labels: TypeAlias = tuple[tuple[str, str], ...]


class Kind(StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Operation(StrEnum):
    """What a measurement does to what was there; a histogram observes, a counter adds."""

    SET = "Set"
    ADD = "Add"
    SUB = "Sub"
    OBSERVE = "Observe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One series of a family. `value` is a histogram's sum; `counts` has one number a bucket and
    one for what is above them all, not added up. `at` is when it was last measured, `was_set`
    says that it does not only add to what another run left.

    `since` makes it a real-time gauge, the seconds from then on: `owner` is the node whose end
    ends it, "" the run; `is_final` says that it was measured again at that end.
    """

    labels: Labels
    value: float = 0.0
    counts: tuple[int, ...] = ()
    at: float = 0.0
    was_set: bool = False
    since: float | None = None
    owner: str = ""
    is_final: bool = False


@dataclass(slots=True, kw_only=True)
class Family:
    """All series of one metric. `name` is the manifest's; `buckets` are upper bounds, rising."""

    name: str
    kind: Kind
    help: str
    buckets: tuple[float, ...] = ()
    samples: dict[Labels, Sample] = field(default_factory=dict)

    def copy(self) -> Family:
        return replace(self, samples=dict(self.samples))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A change: a metric was measured at the end of a node, of the run, or, in real time, at its
    start. See Sample."""

    name: str
    kind: Kind
    help: str
    at: float
    labels: Labels = ()
    value: float = 0.0
    operation: Operation = Operation.SET
    buckets: tuple[float, ...] = ()
    since: float | None = None
    owner: str = ""
    is_final: bool = False


def measure(families: dict[str, Family], seen: Measured) -> None:
    """Fold a measurement in. The first one of a name decides on kind, help and buckets."""
    family = families.get(seen.name)
    if family is None:
        family = families[seen.name] = Family(
            name=seen.name, kind=seen.kind, help=seen.help, buckets=seen.buckets
        )
    before = family.samples.get(seen.labels, Sample(labels=seen.labels))
    family.samples[seen.labels] = _measured(before, seen, family.buckets)


def _measured(before: Sample, seen: Measured, buckets: tuple[float, ...]) -> Sample:
    now = replace(before, at=seen.at, since=seen.since, owner=seen.owner, is_final=seen.is_final)
    match seen.operation:
        case Operation.SET:
            return replace(now, value=seen.value, was_set=True)
        case Operation.ADD:
            return replace(now, value=before.value + seen.value)
        case Operation.SUB:
            return replace(now, value=before.value - seen.value)
        case Operation.OBSERVE:
            counts = list(before.counts or (0,) * (len(buckets) + 1))
            counts[bisect_left(buckets, seen.value)] += 1
            return replace(now, value=before.value + seen.value, counts=tuple(counts))


def settled(
    families: Iterable[Family], now: float, ended: Callable[[str], float | None]
) -> list[Family]:
    """Return the families with their real-time gauges read at `now`, in order of their names.

    `ended` says when a node, "" the run, ended. What was measured at the start only is gone after
    the end: other labels, or a `when`, stand for the end.
    """
    found = []
    for family in sorted(families, key=lambda each: each.name):
        samples = {}
        for labels, sample in sorted(family.samples.items()):
            if sample.since is None:
                samples[labels] = sample
                continue
            end = ended(sample.owner)
            if end is not None and not sample.is_final:
                continue
            until = min(now, end) if end is not None else now
            samples[labels] = replace(
                sample, value=round(max(0.0, until - sample.since), 6), since=None
            )
        if samples:
            found.append(replace(family, samples=samples))
    return found


def summed(runs: Iterable[list[Family]]) -> tuple[list[Family], list[str]]:
    """Return the metrics of several runs as one controller would have them, and what of them did
    not fit together. `runs` are settled, oldest first: counters, histograms and gauges that add
    are added up, a gauge that was set replaces. The first run decides on help, kind and buckets.
    """
    total: dict[str, Family] = {}
    problems: dict[str, None] = {}
    for families in runs:
        for family in families:
            known = total.setdefault(family.name, replace(family, samples={}))
            if (known.kind, known.help, known.buckets) != (
                family.kind,
                family.help,
                family.buckets,
            ):
                problems[f"metric '{family.name}' has another type, help or buckets elsewhere"] = (
                    None
                )
                continue
            for labels, sample in family.samples.items():
                known.samples[labels] = _joined(known.samples.get(labels), sample, family.kind)
    ordered = [replace(each, samples=dict(sorted(each.samples.items()))) for each in total.values()]
    return sorted(ordered, key=lambda each: each.name), list(problems)


def _joined(before: Sample | None, sample: Sample, kind: Kind) -> Sample:
    if before is None:
        return sample
    if kind is Kind.GAUGE and sample.was_set:
        return sample if sample.at >= before.at else before
    counts = tuple(map(sum, zip(before.counts, sample.counts, strict=True)))
    return replace(
        before,
        value=before.value + sample.value,
        counts=counts,
        at=max(before.at, sample.at),
    )

"""Metrics in Prometheus' text format, version 0.0.4. Called by driver/metering and cli/metrics.

Names begin with `argo_workflows_`, as those of the Argo controller do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from argotui.model.fold import RunState
from argotui.model.metrics import Family, Kind, Labels, Sample, settled

PREFIX = "argo_workflows_"


def run_metrics(state: RunState, now: float) -> list[Family]:
    """Return a run's metrics as they stand at `now`, unix seconds. See metrics.settled."""
    run, nodes = state.run, state.nodes

    def ended(owner: str) -> float | None:
        node = nodes.get(owner)
        if node is not None and node.finished_at is not None:
            return node.finished_at
        return run.finished_at

    return settled(state.metrics.values(), now, ended)


def exposition(families: Iterable[Family]) -> str:
    """Return the text, each line ended; empty without metrics. It can be written as UTF-8."""
    text = "".join(f"{line}\n" for family in families for line in _family(family))
    return text.encode(errors="replace").decode()


def _family(family: Family) -> Iterator[str]:
    name = PREFIX + family.name
    yield f"# HELP {name} {_escaped(family.help)}"
    yield f"# TYPE {name} {family.kind}"
    for sample in family.samples.values():
        if family.kind is Kind.HISTOGRAM:
            yield from _histogram(name, family.buckets, sample)
        else:
            yield f"{name}{_labels(sample.labels)} {number(sample.value)}"


def _histogram(name: str, buckets: tuple[float, ...], sample: Sample) -> Iterator[str]:
    so_far = 0
    for bound, count in zip((*buckets, math.inf), sample.counts, strict=True):
        so_far += count
        labels = (*sample.labels, ("le", number(bound)))
        yield f"{name}_bucket{_labels(labels)} {so_far}"
    yield f"{name}_sum{_labels(sample.labels)} {number(sample.value)}"
    yield f"{name}_count{_labels(sample.labels)} {so_far}"


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{key}="{_quoted(value)}"' for key, value in labels) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')


def number(value: float) -> str:
    """Return a float as the format has it: whole numbers without a point, `+Inf`, `NaN`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)

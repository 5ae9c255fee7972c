"""Runs that measure something, for pictures of the metrics screen."""

from __future__ import annotations

from pathlib import Path

from argotui.model.changes import Measured
from argotui.model.metrics import Kind, Labels, Operation
from tests.tui.fake_run import NOW, FakeRun, release


def measured(folder: Path) -> FakeRun:
    """Counters, gauges that go on, and a histogram; labels of every length."""
    run = release(folder)
    for status, count in (("Failed", 3), ("Succeeded", 1218)):
        labels = (("platform", "linux-arm64"), ("status", status))
        run.send(_seen("tests_run", Kind.COUNTER, labels, count, "Tests by how they ended"))
    run.send(_seen("image_bytes", Kind.GAUGE, (), 83_886_081.5, "Size of the image"))
    since = NOW - 221
    run.send(
        Measured(
            name="release_seconds", kind=Kind.GAUGE, help="How long the release goes on", at=since,
            since=since,
        )
    )  # fmt: skip
    for layer, seconds in enumerate((0.4, 0.8, 1.2, 2.5, 3, 3.5, 4, 40)):
        labels = (("image", "registry.example/team/with/a/long/name/app:7f3a21"),)
        run.send(
            Measured(
                name="layer_seconds", kind=Kind.HISTOGRAM, labels=labels, at=NOW + layer,
                help="Seconds a layer of the image took to scan, from the first byte",
                value=seconds, operation=Operation.OBSERVE, buckets=(0.5, 1, 2.5, 5, 10),
            )
        )  # fmt: skip
    run.run(metrics_error="could not construct metric 'ratio': strconv.ParseFloat: parsing"
            ' "none\\x1b": invalid syntax')  # fmt: skip
    return run


def _seen(name: str, kind: Kind, labels: Labels, value: float, about: str) -> Measured:
    return Measured(name=name, kind=kind, labels=labels, value=value, help=about, at=NOW)

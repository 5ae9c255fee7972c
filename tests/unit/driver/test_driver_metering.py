"""The file of a run's metrics: when it is written, and what is done where it cannot be."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from argotui.driver import metering
from argotui.driver.metering import Meter
from argotui.model.fold import RunState, apply
from argotui.model.metrics import Kind, Measured, Operation
from tests.waiting import until

COUNT = Measured(name="c", kind=Kind.COUNTER, help="h", at=1.0, value=1.0, operation=Operation.ADD)
LIVE = Measured(name="g", kind=Kind.GAUGE, help="h", at=1.0, since=100.0)


class House:
    """A folder, a state, a clock and what was told."""

    def __init__(self, folder: Path, copy: Path | None = None) -> None:
        self.state, self.at, self.told = RunState(), 100.0, []
        self.file = folder / "metrics.prom"
        self.meter = Meter(
            folder, lambda: self.state, lambda: self.at, tell=self.told.append, copy=copy
        )

    def text(self) -> str:
        return self.file.read_text() if self.file.exists() else ""


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    monkeypatch.setattr(metering, "_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(metering, "_IDLE_SECONDS", 0.02)


def test_a_run_without_metrics_has_no_file(tmp_path):
    async def play():
        house = House(tmp_path)
        house.meter.note()
        house.meter.finish()

    asyncio.run(play())
    assert not list(tmp_path.iterdir())


def test_changes_are_written_soon_and_the_last_ones_at_the_end(tmp_path):
    async def play():
        house = House(tmp_path)
        apply(house.state, COUNT)
        house.meter.note()
        assert not house.text()
        await until(lambda: house.text().endswith("argo_workflows_c 1\n"), "the file")
        apply(house.state, COUNT)
        house.meter.note()
        house.meter.finish()
        assert house.text().endswith("argo_workflows_c 2\n")

    asyncio.run(play())
    assert stat.S_IMODE((tmp_path / "metrics.prom").stat().st_mode) == 0o600


def test_gauges_that_go_on_are_read_again_without_a_change(tmp_path):
    async def play():
        house = House(tmp_path)
        apply(house.state, LIVE)
        house.meter.note()
        await until(lambda: house.text().endswith("argo_workflows_g 0\n"), "the file")
        house.at = 107.0
        await until(lambda: house.text().endswith("argo_workflows_g 7\n"), "the file")
        house.meter.finish()

    asyncio.run(play())


def test_a_copy_is_for_others_to_read_and_begins_empty(tmp_path):
    copy = tmp_path / "node.prom"
    copy.write_text("of an earlier run")

    async def play():
        house = House(tmp_path, copy)
        house.meter.note()
        await until(lambda: copy.read_text() == "", "the file")
        apply(house.state, COUNT)
        house.meter.finish()
        assert copy.read_text() == house.text() != ""

    asyncio.run(play())
    assert stat.S_IMODE(copy.stat().st_mode) & 0o444 == 0o444


def test_a_file_that_cannot_be_written_is_told_of_once_and_ends_nothing(tmp_path):
    async def play():
        house = House(tmp_path, tmp_path / "gone" / "node.prom")
        for _ in range(3):
            apply(house.state, COUNT)
            house.meter.finish()
        assert len(house.told) == 1
        assert "metrics cannot be written" in house.told[0]
        assert house.text()

    asyncio.run(play())

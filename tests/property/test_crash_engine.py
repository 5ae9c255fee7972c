"""The same with the real engine: a workflow with steps, a DAG, retries, loops and waits ends in
the same tree, wherever its driver died on the way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from argotui.driver.clock import VirtualClock
from argotui.driver.driven import DrivenRun, DriveOptions
from argotui.journal.header import RunHeader
from argotui.journal.store import DiskFile, create, open_run, read_state
from argotui.manifest.load import load
from argotui.manifest.resolve import resolve
from argotui.model.events import RunStarted
from argotui.model.exposition import exposition, run_metrics
from argotui.model.fold import RunState
from argotui.runtimes.fake import FakeRuntime, Scripted
from argotui.runtimes.port import Emit, RunPlace
from argotui.templates import engine_for

RUN = "run1"
MANIFEST = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  onExit: bye
  metrics:
    prometheus:
    - {name: runs, help: h, labels: [{key: s, value: "{{workflow.status}}"}], counter: {value: "1"}}
  templateDefaults:
    metrics:
      prometheus:
      - name: ends
        help: how often
        labels: [{key: node, value: "{{node.name}}"}, {key: s, value: "{{status}}"}]
        counter: {value: "1"}
  templates:
  - name: main
    steps:
    - - {name: one, template: say}
      - {name: loop, template: say, withItems: [x, y]}
    - - {name: nap, template: nap}
    - - {name: graph, template: graph}
      - {name: never, template: say, when: "1 == 2"}
  - name: graph
    dag:
      tasks:
      - {name: a, template: flaky}
      - {name: b, template: say, dependencies: [a]}
      - {name: c, template: say, dependencies: [a]}
      - {name: d, template: use, dependencies: [b, c],
         arguments: {parameters: [{name: v, value: "{{tasks.b.outputs.result}}"}]}}
  - name: say
    script: {image: alpine, command: [sh], source: echo hi}
  - name: use
    inputs: {parameters: [{name: v}]}
    container: {image: alpine, command: [echo, "{{inputs.parameters.v}}"]}
  - name: flaky
    retryStrategy: {limit: 2, backoff: {duration: "5"}}
    container: {image: alpine, command: [sh]}
  - name: nap
    suspend: {duration: "20"}
  - name: bye
    container: {image: alpine, command: [echo, bye]}
"""
SCRIPT = {
    "*.a(0)": Scripted(exit_codes={"main": 1}),
    "*.b": Scripted(result="forty-two", delay=3.0),
    "*loop*": Scripted(pending=1.0, delay=2.0),
}


class Crash(BaseException):
    """The process is gone."""


class Fuse(DiskFile):
    """Dies at the write of number `at`, before or after it."""

    at = -1
    after = False
    written = 0

    def write(self, data: bytes) -> None:
        Fuse.written += 1
        if Fuse.written == Fuse.at and not Fuse.after:
            raise Crash
        super().write(data)
        if Fuse.written == Fuse.at:
            raise Crash


class LastingFake(FakeRuntime):
    """A fake whose pods outlive their driver: what it had begun goes on as the next one opens."""

    def __init__(self) -> None:
        super().__init__(SCRIPT, now=lambda: self.clock.now(), after=self._on_the_clock)
        self.clock = VirtualClock(start=1000.0)

    def _on_the_clock(self, seconds, call):
        return self.clock.after(seconds, call)

    async def open(self, place: RunPlace, emit: Emit) -> None:
        await super().open(place, emit)
        for ref in self._works:
            if not self._is_over(ref):
                self._later(0.0, lambda ref=ref: self._run(ref))

    async def close(self, *, keep_running: bool = False) -> None:
        if keep_running:
            self._emit = None
        else:
            await super().close()


async def _drive(runs: Path, runtime: LastingFake) -> None:
    loaded = load([("wf.yaml", MANIFEST)])
    resolved = resolve(loaded.workflows[0], loaded, strict=False, parameters={})
    state = None
    if (runs / RUN).exists():
        journal, state = open_run(runs / RUN, open_file=Fuse)
    else:
        header = RunHeader(run_id=RUN, workflow_name="wf", created=1.0)
        journal = create(runs, header, open_file=Fuse)
    runtime.clock = VirtualClock(start=max(1000.0, journal.at))
    folder = journal.folder
    run = DrivenRun(
        engine=engine_for(resolved, state),
        journal=journal,
        runtime=runtime,
        place=RunPlace(
            run_id=RUN,
            workflow_name="wf",
            namespace="default",
            folder=folder,
            logs=folder / "logs",
            work=folder / "work",
        ),
        options=DriveOptions(shared=runs / ".shared"),
        clock=runtime.clock,
    )
    runtime.clock.busy.append(lambda: run.is_busy)
    await run.drive(RunStarted(run_id=RUN, name="wf", uid="u"))


def attempt(runs: Path, runtime: LastingFake) -> bool:
    try:
        asyncio.run(asyncio.wait_for(_drive(runs, runtime), 120))
    except Crash:
        return False
    return True


def tree(state: RunState) -> list[tuple]:
    """What a run came to, apart from times, causes and the order of brothers."""
    rows = sorted(
        (
            node.name,
            node.type,
            node.phase,
            node.message,
            str(node.outputs),
            str(node.inputs),
            tuple(sorted(state.children.get(node.name, ()))),
        )
        for node in state.nodes.values()
    )
    measured = exposition(run_metrics(state, 0.0))
    return [*rows, (state.run.phase, state.run.message), measured]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_the_tree_is_the_same_wherever_the_driver_died(tmp_path: Path, after: bool):
    Fuse.at, Fuse.after, Fuse.written = -1, after, 0
    assert attempt(tmp_path / "whole", LastingFake())
    wanted = tree(read_state(tmp_path / "whole" / RUN).state)
    assert wanted[-2][0] == "Succeeded"
    assert len(wanted) == 19
    assert wanted[-1].count("\n") == 17
    total = Fuse.written
    differing = []
    for at in range(1, total + 1):
        runs, runtime = tmp_path / f"at{at}", LastingFake()
        Fuse.at, Fuse.written = at, 0
        assert not attempt(runs, runtime)
        Fuse.at = -1
        assert attempt(runs, runtime)
        if tree(read_state(runs / RUN).state) != wanted:
            differing.append(at)
    assert not differing, f"{len(differing)} of {total} crashes changed the end: {differing}"

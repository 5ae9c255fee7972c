"""Every probe on the local runtime, strictly, against what a real controller made of it."""

from __future__ import annotations

import asyncio
import json
import re
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from argotui import bootstrap
from argotui.driver.driven import DrivenRun
from argotui.model.errors import ManifestError
from argotui.model.events import (
    NodeSetRequested,
    Request,
    ResumeRequested,
    RunSuspendToggled,
    ShutdownRequested,
)
from argotui.model.export import workflow_json
from argotui.model.fold import RunState
from argotui.model.status import Node, NodePhase, NodeType, Shutdown
from argotui.submit.prepare import Prepared, prepare
from argotui.submit.request import Choices, Source, Where
from tests.probes.known import ARTIFACTS, KNOWN
from tests.probes.trees import differences, normal_form, recorded_form
from tests.results import note

HERE = Path(__file__).parent
PROBES = sorted(path.stem for path in HERE.glob("*.yaml") if not path.stem.startswith(ARTIFACTS))
LIMIT = 60.0
_HIGHEST = 4  # level of the comparison
STAMP = "1700000000"


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("name", PROBES)
def test_probe(name: str) -> None:
    if name in KNOWN:
        pytest.skip(KNOWN[name])
    text = (HERE / f"{name}.yaml").read_text()
    tree = json.loads((HERE / "trees" / f"{name}.json").read_text())
    wants = tree.get("results", [tree])
    refused = [want["submit_error"] for want in wants if want.get("submit_error")]
    try:
        prepared = prepare(
            Source(names=(name,), contents={name: text.encode()}),
            Choices(strict=True, runtime=Where.LOCAL),
        )
    except ManifestError as error:
        _same_words(error, refused or [str(want["message"]) for want in wants])
        note("probes", name, level=_HIGHEST, refused=True)
        return
    assert not refused, f"Argo refuses this: {refused}"
    state = asyncio.run(_run(prepared, _actions(text)))
    created = str(int(state.run.created_at or 0))
    got = normal_form(workflow_json(prepared.resolved.source, state), created)
    if all(want["phase"] == "Running" for want in wants):
        _ends_by_name(got)
        note("probes", name, level=_HIGHEST, hangs=True)
        return
    found = min((list(differences(recorded_form(want), got)) for want in wants), key=len)
    note("probes", name, level=min((level - 1 for level, _ in found), default=_HIGHEST))
    assert not found


def _same_words(error: ManifestError, refused: list[str]) -> None:
    """Argo stops at the first problem; ours is among those we found."""
    # a template's place in the controller's own walk, which no user has ever seen
    hidden = re.compile(r"__argo__internal__placeholder-\d+|\{\{inputs\.parameters\.\w+\}\}")
    said = " ".join(hidden.sub("~", refused[0]).split())
    for problem in error.problems:
        if hidden.sub("~", problem.what) in said:
            return
    raise AssertionError(f"want: {said}\ngot: {error}")


def _ends_by_name(got: dict[str, Any]) -> None:
    """Argo would wait for ever here: the run has ended, and says what for."""
    assert got["phase"] in ("Failed", "Error"), got["phase"]
    said = [got["message"], *(node.get("message") for node in got["nodes"].values())]
    assert any("Argo controller would" in (text or "") for text in said), said


def _actions(text: str) -> list[tuple[str, str]]:
    found = re.findall(r"^# action: (\S+): (.*)$", text, re.MULTILINE)
    return [(when, command) for when, command in found]


async def _run(prepared: Prepared, actions: list[tuple[str, str]]) -> RunState:
    journal = bootstrap.create_run(prepared, bootstrap.Place(runtime=Where.LOCAL))
    run = bootstrap.assemble(prepared, journal)
    driving = asyncio.create_task(run.drive(bootstrap.first_event(journal.header)))
    acting = asyncio.create_task(_act(run, prepared.name, actions))
    try:
        await asyncio.wait_for(asyncio.shield(driving), LIMIT)
    finally:
        for task in (acting, driving):
            task.cancel()
        await asyncio.gather(acting, driving, return_exceptions=True)
    return (await run.snapshot()).state


async def _act(run: DrivenRun, name: str, actions: list[tuple[str, str]]) -> None:
    end = time.monotonic() + LIMIT
    for when, command in actions:
        while time.monotonic() < end:
            state = (await run.snapshot()).state
            if _is_time(when, name, state):
                break
            await asyncio.sleep(0.05)
        for request in _requests(command.replace("{wf}", name), state):
            await run.submit(request)


def _is_time(when: str, name: str, state: RunState) -> bool:
    nodes = state.nodes.values()
    if when == "held":
        return state.run.suspended
    if when.startswith("running:"):
        wanted = when.removeprefix("running:")
        return any(node.display_name == wanted and _runs(node) for node in nodes)
    pods = [node for node in nodes if node.type is NodeType.POD and not node.has_ended]
    return not pods and any(node.type is NodeType.SUSPEND and _runs(node) for node in nodes)


def _runs(node: Node) -> bool:
    return node.phase is NodePhase.RUNNING


def _requests(command: str, state: RunState) -> list[Request]:
    """Return what Argo's CLI would ask of the controller."""
    words = command.split()
    options = dict(pairwise(words))
    selected = _selected(options.get("--node-field-selector", ""), state)
    by_node = "--node-field-selector" in options
    match words[0]:
        case "stop" if not by_node:
            return [ShutdownRequested(strategy=Shutdown.STOP)]
        case "resume" if state.run.suspended:
            return [RunSuspendToggled(suspended=False)]
        case "resume" if by_node:
            done = NodePhase.SUCCEEDED
            return [NodeSetRequested(node_name=node.name, phase=done) for node in selected]
        case "resume":
            return [ResumeRequested(node_name=node.name) for node in selected]
        case "stop":
            fields: dict[str, Any] = {"phase": NodePhase.FAILED}
        case _:
            phase = options.get("--phase")
            fields = {"phase": NodePhase(phase) if phase else None}
    name, _, value = options.get("--output-parameter", "").partition("=")
    fields |= {"message": options.get("--message", ""), "values": {name: value} if name else {}}
    return [NodeSetRequested(node_name=node.name, **fields) for node in selected]


def _selected(selector: str, state: RunState) -> list[Node]:
    found = [n for n in state.nodes.values() if n.type is NodeType.SUSPEND and _runs(n)]
    for part in filter(None, selector.split(",")):
        key, _, value = part.partition("!=" if "!=" in part else "=")
        fields = {"displayName": "display_name", "templateName": "template_name", "phase": "phase"}
        found = [
            node for node in found if (str(getattr(node, fields[key])) == value) != ("!=" in part)
        ]
    return found

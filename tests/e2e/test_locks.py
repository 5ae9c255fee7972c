"""Locks between whole runs of this machine, through killed drivers."""

from __future__ import annotations

import json

import pytest

from .manifests import workflow

HOLDER = """
  - name: main
    synchronization: {mutexes: [{name: shared}]}
    steps:
    - - {name: first, template: hold}
    - - {name: second, template: say}
  - name: hold
    container:
      image: alpine
      command: [sh, -c]
      args: ["echo began; while [ ! -e FLAG ]; do sleep 0.05; done; echo ended"]
  - name: say
    container: {image: alpine, command: [echo, second]}
"""
OTHER = """
  - name: main
    synchronization: {mutexes: [{name: shared}]}
    container: {image: alpine, command: [echo, mine]}
"""
WAITS = "Waiting for default/Mutex/shared lock. Lock status: 0/1"


def held(argotui, write):
    """Start a run that holds the mutex until told, and one that waits for it; return both."""
    flag = argotui.folder / "flag"
    text = workflow("holder", HOLDER.replace("FLAG", str(flag)))
    holder = argotui("run", "--runtime", "local", "--no-sandbox", "--detach", write(text))
    first = holder.out.strip()
    argotui.wait_for("the first step", lambda: "began" in argotui("logs", first).out)
    argotui.kill_driver(first)
    other = argotui.run("--detach", write(workflow("other", OTHER))).out.strip()
    argotui.wait_for("the wait", lambda: WAITS in argotui("get", other).out)
    return first, other, flag


def ended(argotui, run):
    """Wait for the good end of a run."""
    status = {"run": run, "status": "Succeeded"}
    argotui.wait_for(
        "its end", lambda: any(status.items() <= each.items() for each in argotui.runs())
    )


def node_of(argotui, run):
    (node,) = json.loads(argotui("get", run, "-o", "json").out)["status"]["nodes"].values()
    return node


@pytest.mark.slow
def test_a_killed_driver_holds_its_lock_while_its_step_runs_and_keeps_it_when_recovered(
    argotui, write
):
    first, other, flag = held(argotui, write)
    node = node_of(argotui, other)
    assert (node["phase"], node["message"]) == ("Pending", WAITS)
    assert node["synchronizationStatus"] == {"waiting": "default/Mutex/shared"}
    assert argotui("recover", first).code == 0
    flag.touch()
    ended(argotui, other)
    said = {run: argotui("get", run, "-o", "json").json["status"] for run in (first, other)}
    assert said[first]["phase"] == said[other]["phase"] == "Succeeded"
    assert said[first]["finishedAt"] <= node_of(argotui, other)["finishedAt"]


@pytest.mark.slow
def test_once_nothing_is_left_the_lock_is_free_and_who_comes_back_queues_for_it(argotui, write):
    first, other, flag = held(argotui, write)
    flag.touch()  # the step ends, and with it the last that runs
    ended(argotui, other)
    assert argotui("recover", first).code == 0
    ended(argotui, first)
    assert "second: second" in argotui("logs", first).out


@pytest.mark.slow
def test_deleting_a_run_frees_its_lock(argotui, write):
    first, other, _ = held(argotui, write)
    done = argotui("delete", first)
    assert done.code == 0, done.err
    ended(argotui, other)

"""What a stop, a deadline or a lost pod makes of what hangs on pods. Argo: 1.6, 4.8, 4.14."""

from __future__ import annotations

import pytest

from tests.play import Play
from tests.scenarios.test_hooks import dag, steps
from tests.scenarios.test_shutdown import ends

SET = """
    - name: set
      containerSet:
        containers:
          - {name: main, image: busybox, command: [x]}
          - {name: next, image: busybox, command: [x], dependencies: [main]}
"""
DB = """
    - name: db
      daemon: true
      container: {image: busybox, command: [x]}
    - name: gate
      suspend: {}
"""
LATE = "  activeDeadlineSeconds: 60\n"
STOPPED = "Failed workflow shutdown with strategy:  Stop"
OVERDUE = "Failed Step exceeded its deadline"


def a_set(spec: str = "") -> Play:
    return Play(dag("          - {name: t, template: set}\n", spec) + SET).start()


def test_containers_are_there_with_their_pod() -> None:
    play = a_set()
    assert ends(play) == {
        ".": "Running",
        ".t": "Pending",
        ".t.main": "Pending",
        ".t.next": "Pending",
    }
    children = play.engine.state.children
    assert children["wf.t"] == ["wf.t.main"]
    assert children["wf.t.main"] == ["wf.t.next"]


@pytest.mark.parametrize("seen", ["", "Pending", "Running"])
@pytest.mark.parametrize("how", ["stop", "deadline"])
def test_containers_end_with_their_pod(seen: str, how: str) -> None:
    play = a_set(LATE)
    if seen:
        play.report(".t", seen)
    if how == "stop":
        play.stop()
    else:
        play.advance(60)
    words = STOPPED if how == "stop" else OVERDUE
    found = ends(play)
    assert {name: found[name] for name in (".t", ".t.main", ".t.next")} == {
        ".t": words,
        ".t.main": words,
        ".t.next": words,
    }
    assert play.phase == "Failed"


def test_containers_are_lost_with_their_pod_whatever_they_had_done() -> None:
    play = a_set().report(".t", "Running")
    play.report(".t", "Gone")
    assert ends(play)[".t"] == "Error pod deleted"
    assert ends(play)[".t.main"] == ends(play)[".t.next"] == "Error container deleted"
    assert play.phase == "Error"


def test_a_set_that_is_due_after_the_deadline_has_its_containers() -> None:
    tasks = """
          - {name: a, template: work, continueOn: {failed: true}}
          - {name: t, template: set, dependencies: [a]}
"""
    play = Play(dag(tasks, LATE) + SET).start().report(".a", "Running").advance(60)
    assert ends(play)[".t"] == ends(play)[".t.main"] == ends(play)[".t.next"] == OVERDUE
    assert play.phase == "Failed"


def test_a_set_that_a_stop_refuses_leaves_its_containers_pending() -> None:
    groups = """
        - - {name: a, template: work, continueOn: {failed: true}}
        - - {name: t, template: set}
"""
    play = Play(steps(groups) + SET).start().report("[0].a", "Running").stop()
    assert ends(play)["[1].t"] == "Failed workflow shutdown with strategy: Stop"
    assert ends(play)["[1].t.main"] == "Pending"
    assert play.phase == "Failed"


@pytest.mark.parametrize("how", ["stop", "terminate", "deadline"])
@pytest.mark.parametrize("kind", ["steps", "dag"])
def test_a_daemon_that_is_up_ends_with_its_boundary(kind: str, how: str) -> None:
    if kind == "steps":
        groups = "        - - {name: d, template: db}\n        - - {name: a, template: work}\n"
        play = Play(steps(groups, LATE) + DB).start()
        daemon, pod = "[0].d", "[1].a"
    else:
        tasks = "          - {name: d, template: db}\n"
        tasks += "          - {name: a, template: work, dependencies: [d]}\n"
        play = Play(dag(tasks, LATE) + DB).start()
        daemon, pod = ".d", ".a"
    play.report(daemon, "Running").report(pod, "Running")
    match how:
        case "stop":
            play.stop()
        case "terminate":
            play.terminate()
        case _:
            play.advance(60)
    assert ends(play)[daemon] == "Succeeded"
    assert ends(play)[pod].startswith("Failed")
    assert play.phase == "Failed"
    assert not play.running, "its pod is stopped"


def test_a_daemon_that_is_not_up_yet_is_a_pod_like_any_other() -> None:
    groups = "        - - {name: d, template: db}\n"
    play = Play(steps(groups) + DB).start().report("[0].d", "Pending").stop()
    assert ends(play)["[0].d"] == STOPPED


def test_a_hook_that_waits_ends_with_the_pod_it_hangs_on() -> None:
    groups = """
        - - name: a
            template: work
            hooks: {up: {template: gate, expression: 'steps.a.status == "Running"'}}
"""
    play = Play(steps(groups) + DB).start().report("[0].a", "Running")
    assert ends(play)["[0].a.hooks.up"] == "Running"
    play.stop()
    assert ends(play)["[0].a"] == ends(play)["[0].a.hooks.up"] == STOPPED

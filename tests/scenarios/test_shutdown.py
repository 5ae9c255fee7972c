"""Stop, Terminate and the deadline at every moment of a run. Argo: 1.6, 4.6, 4.14."""

from __future__ import annotations

import pytest

from argotui.model.events import LockGranted
from tests.play import Play
from tests.scenarios.test_hooks import dag, steps

GATE = "    - name: gate\n      suspend: {}\n"
SLOW = (
    "    - name: slow\n      retryStrategy: {limit: 5, backoff: {duration: 1h}}\n"
    "      container: {image: busybox, command: [x]}\n"
)


def ends(play: Play) -> dict[str, str]:
    """Return phase and message of every node."""
    return {
        play.short(node.name) or ".": f"{node.phase} {node.message}".strip()
        for node in play.engine.state.nodes.values()
    }


def test_a_stop_ends_a_retry_that_waits_for_its_next_attempt() -> None:
    play = Play(steps("        - - {name: a, template: slow}\n") + SLOW).start()
    play.report("[0].a(0)", 1)
    assert play.node("[0].a").message == "Backoff for 1 hour"
    play.stop()
    assert ends(play)["[0].a"] == "Failed Stopped with strategy 'Stop'"
    assert (play.phase, play.message) == ("Failed", "Stopped with strategy 'Stop'")


def test_the_deadline_ends_a_retry_that_waits_for_its_next_attempt() -> None:
    spec = "  activeDeadlineSeconds: 60\n"
    play = Play(steps("        - - {name: a, template: slow}\n", spec) + SLOW).start()
    play.report("[0].a(0)", 1).advance(61)
    assert play.phase == "Failed"
    assert ends(play)["[0].a"] == (
        "Failed retry exceeded workflow deadline 1970-01-12 13:47:40 +0000 UTC"
    )


@pytest.mark.parametrize("how", ["stop", "deadline"])
def test_what_begins_to_wait_after_the_end_was_asked_for_ends_at_once(how: str) -> None:
    groups = """
        - - {name: a, template: gate, continueOn: {failed: true}}
        - - {name: b, template: gate, continueOn: {failed: true}}
        - - {name: c, template: nop}
"""
    spec = "  activeDeadlineSeconds: 60\n" if how == "deadline" else ""
    play = Play(steps(groups, spec) + GATE).start()
    if how == "stop":
        play.stop()
        assert ends(play)["[1].b"] == "Failed Stopped with strategy 'Stop'"
    else:
        play.advance(60)
        assert ends(play)["[1].b"] == "Failed Step exceeded its deadline"
    assert play.phase == "Succeeded"


def test_a_stop_fails_a_dag_at_once_and_leaves_what_is_in_it() -> None:
    tasks = """
          - {name: a, template: inner}
          - {name: b, template: work, depends: a}
"""
    inner = "    - name: inner\n      steps:\n        - - {name: s, template: work, onExit: nop}\n"
    play = Play(dag(tasks) + inner).start().report(".a[0].s", "Running").stop()
    assert ends(play) == {
        ".": "Failed",
        ".a": "Running",
        ".a[0]": "Running",
        ".a[0].s": "Failed workflow shutdown with strategy:  Stop",
    }
    assert (play.phase, play.message) == ("Failed", "Stopped with strategy 'Stop'")


def test_a_stop_of_what_had_not_begun_is_seen_by_its_dag() -> None:
    tasks = """
          - {name: a, template: gate, onExit: nop}
          - {name: b, template: work, depends: a}
          - {name: c, template: work, depends: b.Omitted}
"""
    play = Play(dag(tasks) + GATE).start().stop()
    found = ends(play)
    assert found["."] == "Failed"
    assert found[".a.onExit"] == "Succeeded"
    assert found[".b"] == "Omitted omitted: depends condition not met"
    assert found[".c"] == "Failed workflow shutdown with strategy: Stop"


def test_a_stopped_dag_waits_for_the_exit_handlers_of_its_targets() -> None:
    tasks = "          - {name: a, template: gate, onExit: work}\n"
    play = Play(dag(tasks) + GATE).start().stop()
    assert play.running == [".a.onExit"]
    assert play.phase == "Running"
    play.report(".a.onExit")
    assert (play.phase, play.message) == ("Failed", "Stopped with strategy 'Stop'")


def test_the_dag_of_an_exit_handler_goes_on_after_a_stop() -> None:
    text = steps("        - - {name: a, template: gate}\n", "  onExit: bye\n") + GATE
    text += """
    - name: bye
      dag:
        tasks:
          - {name: x, template: work}
          - {name: z, template: work, depends: x}
"""
    play = Play(text).start().stop()
    assert play.running == [".onExit.x"]
    play.report(".onExit.x").report(".onExit.z")
    assert (play.phase, play.message) == ("Failed", "Stopped with strategy 'Stop'")


def test_a_terminate_ends_a_running_exit_handler() -> None:
    play = Play(steps("        - - {name: a, template: nop}\n", "  onExit: work\n")).start()
    play.report(".onExit", "Running").terminate()
    assert ends(play)[".onExit"] == "Failed workflow shutdown with strategy:  Terminate"
    assert (play.phase, play.message) == (
        "Failed",
        "workflow shutdown with strategy:  Terminate",
    )


def test_a_terminate_during_the_exit_handler_of_a_failed_run() -> None:
    play = Play(steps("        - - {name: a, template: work}\n", "  onExit: work\n")).start()
    play.report("[0].a", 1).terminate()
    assert (play.phase, play.message) == ("Failed", "Stopped with strategy 'Terminate'")


LOCKED = """
    - name: locked
      synchronization: {mutexes: [{name: m}]}
      steps: [[]]
"""


def test_a_stop_ends_a_steps_template_that_waits_for_its_lock() -> None:
    play = Play(steps("        - - {name: a, template: locked}\n") + LOCKED).start()
    play.waits("[0].a", "default/Mutex/m", 0, 1).stop()
    assert ends(play)["[0].a"] == "Failed Stopped with strategy 'Stop'"
    assert play.phase == "Failed"


def test_the_deadline_ends_a_steps_template_that_waits_for_its_lock() -> None:
    spec = "  activeDeadlineSeconds: 60\n"
    play = Play(steps("        - - {name: a, template: locked}\n", spec) + LOCKED)
    play.start().waits("[0].a", "default/Mutex/m", 0, 1).advance(61)
    assert ends(play)["[0].a"] == "Failed Step exceeded its deadline"
    assert play.phase == "Failed"


def test_a_stop_before_the_first_pod() -> None:
    spec = "  suspend: true\n  onExit: nop\n"
    play = Play(steps("        - - {name: a, template: work}\n", spec)).start()
    assert ends(play) == {}
    play.stop()
    assert play.phase == "Running"
    play.suspend(False)
    assert ends(play)["[0].a"] == "Failed workflow shutdown with strategy: Stop"
    assert (play.phase, play.message) == ("Failed", "Stopped with strategy 'Stop'")
    assert ends(play)[".onExit"] == "Succeeded"


@pytest.mark.parametrize("kind", ["steps", "dag"])
def test_a_stop_in_a_loop_that_a_limit_holds_back(kind: str) -> None:
    call = "{name: l, template: work, withItems: [1, 2, 3]}"
    spec = "  parallelism: 1\n"
    if kind == "steps":
        play = Play(steps(f"        - - {call}\n", spec)).start()
        play.report("[0].l(0:1)", "Running").stop()
        name = "[0].l"
    else:
        play = Play(dag(f"          - {call}\n", spec)).start()
        play.report(".l(0:1)", "Running").stop()
        name = ".l"
    found = ends(play)
    assert found[f"{name}(0:1)"] == "Failed workflow shutdown with strategy:  Stop"
    assert found[f"{name}(2:3)"] == "Failed workflow shutdown with strategy: Stop"
    assert (play.phase, play.message) == ("Failed", "Stopped with strategy 'Stop'")


def test_the_hook_of_a_step_is_an_ordinary_pod_to_a_stop() -> None:
    groups = """
        - - name: a
            template: gate
            hooks: {h: {template: work, expression: "true"}, exit: {template: work}}
"""
    play = Play(steps(groups) + GATE).start()
    assert play.running == ["[0].a.hooks.h"]
    play.report("[0].a.hooks.h", "Running").stop()
    assert ends(play)["[0].a.hooks.h"] == "Failed workflow shutdown with strategy:  Stop"
    assert play.running == ["[0].a.onExit"]
    play.report("[0].a.onExit")
    assert play.phase == "Failed"


def test_the_clock_of_the_deadline_starts_when_the_runs_own_lock_is_there() -> None:
    spec = "  activeDeadlineSeconds: 60\n  synchronization: {mutexes: [{name: m}]}\n"
    play = Play(steps("        - - {name: a, template: work}\n", spec)).start()
    play.waits("", "default/Mutex/m", 0, 1, of_run=True)
    play.now += 100
    play.send(LockGranted(node_name=""))
    assert play.phase == "Running"

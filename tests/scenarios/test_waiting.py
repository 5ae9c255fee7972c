"""Waiting for people, time, limits and locks. Argo: 3.5, 4.6, 4.7, 4.10, 4.14."""

from __future__ import annotations

from typing import Any

import pytest

from argotui.model.commands import AcquireLock, Ask, ReleaseLock, SaveCache
from argotui.model.events import Answered, LockGranted, LockRefused
from tests.play import Play

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
"""
GATE = """
  templates:
    - name: main
      steps:
        - - {name: gate, template: gate}
        - - name: use
            template: work
            arguments:
              parameters: [{name: m, value: "{{steps.gate.outputs.parameters.env}}"}]
    - name: gate
      suspend: {}
      inputs:
        parameters:
          - {name: env, default: staging, enum: [staging, production]}
          - {name: why, value: ""}
      outputs:
        parameters:
          - {name: env, valueFrom: {supplied: {}}}
          - {name: why, valueFrom: {supplied: {}}}
    - name: work
      inputs: {parameters: [{name: m}]}
      container: {image: busybox, command: [echo, "{{inputs.parameters.m}}"]}
"""


def test_an_approval_hands_its_values_on() -> None:
    play = Play(HEAD + GATE).start()
    assert play.node("[0].gate").waits_for_person
    play.approve("[0].gate", env="production", why="because")
    assert play.rejected == []
    assert play.inputs("[1].use") == {"m": "production"}
    assert play.node("[0].gate").approved_by == "me"


def test_an_approval_without_values_takes_the_defaults() -> None:
    play = Play(HEAD + GATE).start().approve("[0].gate")
    assert play.outputs("[0].gate") == {"env": "staging", "why": ""}


def test_a_value_that_is_no_choice_is_refused_and_changes_nothing() -> None:
    play = Play(HEAD + GATE).start().approve("[0].gate", env="moon")
    assert play.rejected == ["env must be one of staging, production, not 'moon'"]
    assert play.node("[0].gate").waits_for_person
    play.approve("[0].gate", colour="red")
    assert play.rejected[1] == "node is not expecting output parameter 'colour'"


def test_what_does_not_wait_cannot_be_approved() -> None:
    play = Play(HEAD + GATE).start().approve("[0].gate").approve("[0].gate").approve("[1].use")
    assert play.rejected == [
        "'gate' does not wait any more: Succeeded",
        "'use' is no suspend node",
    ]


def test_a_rejection_fails_the_node_with_its_reason() -> None:
    play = Play(HEAD + GATE).start().reject("[0].gate", "not on a Friday")
    assert play.phase == "Failed"
    assert play.node("[0].gate").message == "not on a Friday"


TIMED = """
  templates:
    - name: main
      steps:
        - - {name: nap, template: nap}
    - name: nap
      suspend: {duration: "1m30s"}
"""


def test_a_timed_suspend_goes_on_by_itself() -> None:
    play = Play(HEAD + TIMED).start()
    assert not play.node("[0].nap").waits_for_person
    play.advance(89)
    assert play.phase == "Running"
    play.advance(1)
    assert play.phase == "Succeeded"


def test_the_deadline_of_the_workflow_ends_what_is_open_and_runs_the_exit_handler() -> None:
    text = (
        HEAD
        + "  activeDeadlineSeconds: 10\n  onExit: work"
        + GATE.replace("{name: m}", "{name: m, value: bye}")
    )
    play = Play(text).start().advance(11)
    assert play.node("[0].gate").message == "Step exceeded its deadline"
    assert play.running == [".onExit"]
    play.report(".onExit")
    assert play.phase == "Failed"


RETRIED = """
  templates:
    - name: main
      steps:
        - - {name: a, template: work}
    - name: work
      retryStrategy: {limit: 2, backoff: {duration: 4s, factor: 3}}
      container: {image: busybox, command: [echo, "{{retries}} {{lastRetry.exitCode}}"]}
"""


def test_retries_wait_longer_each_time_and_see_the_attempt_before() -> None:
    play = Play(HEAD + RETRIED).start().report("[0].a(0)", 7)
    assert play.running == []
    assert play.node("[0].a").message == "Backoff for 4 seconds"
    play.advance(4)
    assert play.running == ["[0].a(1)"]
    container = play.work["wf[0].a(1)"][1].pod["spec"]["containers"][0]
    assert container["command"] == ["echo", "1 7"]
    play.report("[0].a(1)", 7).advance(11.9)
    assert play.running == []
    play.advance(0.2).report("[0].a(2)", 7)
    assert play.phase == "Failed"
    assert play.node("[0].a").message == "No more retries left"


def test_a_stop_ends_pods_and_retries_but_runs_exit_handlers() -> None:
    text = (
        HEAD
        + "  onExit: bye"
        + RETRIED
        + """
    - name: bye
      container: {image: busybox, command: ["true"]}
"""
    )
    play = Play(text).start().report("[0].a(0)", "Running").stop()
    assert play.node("[0].a(0)").message == "workflow shutdown with strategy:  Stop"
    assert play.node("[0].a").message == "Stopped with strategy 'Stop'"
    assert play.running == [".onExit"]
    play.report(".onExit")
    assert (play.phase, play.message) == ("Failed", "Stopped with strategy 'Stop'")


def test_a_terminate_runs_no_exit_handler() -> None:
    text = (
        HEAD
        + "  onExit: bye"
        + RETRIED
        + """
    - name: bye
      container: {image: busybox, command: ["true"]}
"""
    )
    play = Play(text).start().terminate()
    assert play.phase == "Failed"
    assert "wf.onExit" not in play.engine.state.nodes


def test_a_suspended_run_starts_nothing_and_goes_on_when_resumed() -> None:
    play = Play(HEAD + GATE).start().suspend().approve("[0].gate")
    assert play.running == []
    play.suspend(False)
    assert play.running == ["[1].use"]


LOCKED = """
  templates:
    - name: main
      steps:
        - - {name: a, template: work}
          - {name: b, template: work}
    - name: work
      synchronization: {mutexes: [{name: m}]}
      container: {image: busybox, command: ["true"]}
"""


def test_a_mutex_lets_one_in_at_a_time() -> None:
    play = Play(HEAD + LOCKED).start()
    assert "wf[0].a" not in play.engine.state.nodes  # until something is known of its lock
    play.grant("[0].a").waits("[0].b", "default/Mutex/m", 0, 1)
    assert play.running == ["[0].a"]
    assert play.node("[0].b").message == "Waiting for default/Mutex/m lock. Lock status: 0/1"
    assert play.node("[0].b").waiting_lock == "default/Mutex/m"
    play.report("[0].a").grant("[0].b").report("[0].b")
    assert play.phase == "Succeeded"


@pytest.mark.parametrize("level", ["spec", "template"])
def test_parallelism_counts_pods_of_the_run_or_of_the_template(level: str) -> None:
    spec = "  parallelism: 1\n" if level == "spec" else ""
    own = "      parallelism: 1\n" if level == "template" else ""
    text = f"""{HEAD}{spec}
  templates:
    - name: main
{own}
      dag:
        tasks:
          - {{name: a, template: work}}
          - {{name: b, template: work}}
          - {{name: c, template: work}}
    - name: work
      container: {{image: busybox, command: ["true"]}}
"""
    play = Play(text).start()
    assert play.running == [".a"]
    play.report(".a")
    assert play.running == [".b"]
    play.report(".b").report(".c")
    assert play.phase == "Succeeded"


def test_a_daemon_is_up_until_its_steps_have_ended() -> None:
    text = f"""{HEAD}
  templates:
    - name: main
      steps:
        - - {{name: db, template: db}}
        - - name: use
            template: work
            arguments: {{parameters: [{{name: m, value: "{{{{steps.db.ip}}}}"}}]}}
    - name: db
      daemon: true
      container: {{image: busybox, command: [sleep, "9"]}}
    - name: work
      inputs: {{parameters: [{{name: m}}]}}
      container: {{image: busybox, command: ["true"]}}
"""
    play = Play(text).start().report("[0].db", "Running", pod_ip="10.0.0.7")
    assert play.inputs("[1].use") == {"m": "10.0.0.7"}
    play.report("[1].use")
    assert play.phase == "Succeeded"
    assert str(play.node("[0].db").phase) == "Succeeded"
    assert any(getattr(command, "reason", "") == "daemon" for command in play.commands)


def test_a_hook_runs_beside_its_step_and_the_group_waits_for_it() -> None:
    text = f"""{HEAD}
  templates:
    - name: main
      steps:
        - - name: a
            template: work
            hooks: {{running: {{template: work, expression: 'steps.a.status == "Running"'}}}}
        - - {{name: b, template: work}}
    - name: work
      container: {{image: busybox, command: ["true"]}}
"""
    play = Play(text).start().report("[0].a", "Running")
    assert play.running == ["[0].a", "[0].a.hooks.running"]
    play.report("[0].a")
    assert play.running == ["[0].a.hooks.running"]
    play.report("[0].a.hooks.running", 1)
    assert play.running == ["[1].b"]


BOTH = """
  templates:
    - name: main
      synchronization:
        mutexes: [{name: m}, {name: far, namespace: other}]
        semaphores: [{configMapKeyRef: {name: cm, key: k}}]
      steps: [[{name: a, template: work}]]
    - name: work
      container: {image: busybox, command: ["true"]}
"""


def asked(play: Play) -> list[AcquireLock]:
    return [command for command in play.commands if isinstance(command, AcquireLock)]


def test_semaphores_are_tried_before_mutexes_each_in_its_namespace() -> None:
    play = Play(HEAD + BOTH).start()
    (command,) = asked(play)
    names = ("default/ConfigMap/cm/k", "default/Mutex/m", "other/Mutex/far")
    assert (command.node_name, command.locks) == ("wf", names)
    play.waits("", "default/Mutex/m", 0, 1)
    node = play.node("")
    assert (str(node.phase), node.waiting_lock) == ("Pending", "default/Mutex/m")
    assert node.message == "Waiting for default/Mutex/m lock. Lock status: 0/1"
    play.waits("", "default/ConfigMap/cm/k", 1, 3)
    assert node.message == "Waiting for default/ConfigMap/cm/k lock. Lock status: 1/3"
    play.waits("", "default/ConfigMap/cm/k", 0, 0)
    assert node.message == "Failed to get semaphore limit for default/ConfigMap/cm/k"
    play.grant("")
    assert (str(node.phase), node.message, node.waiting_lock) == ("Running", "", "")
    assert play.running == ["[0].a"]
    play.report("[0].a")
    assert play.phase == "Succeeded"
    assert [each.node_name for each in play.commands if isinstance(each, ReleaseLock)] == ["wf"]


WHOLE = """
  synchronization: {mutexes: [{name: m}]}
  templates:
    - name: main
      steps: [[{name: a, template: work}]]
    - name: work
      container: {image: busybox, command: ["true"]}
"""


def test_a_run_that_waits_for_its_own_lock_is_pending_and_says_so() -> None:
    play = Play(HEAD + WHOLE).start().waits("", "default/Mutex/m", 0, 1, of_run=True)
    assert play.phase == "Pending"
    assert play.message == "Waiting for default/Mutex/m lock. Lock status: 0/1"
    play.stop()  # it goes on waiting
    assert play.phase == "Pending"
    play.send(LockGranted(node_name=""))
    assert play.phase == "Failed"
    assert play.message == "Stopped with strategy 'Stop'"


def test_a_run_that_is_terminated_while_it_waits_ends_without_its_lock() -> None:
    play = Play(HEAD + WHOLE).start().waits("", "default/Mutex/m", 0, 1, of_run=True).terminate()
    assert play.phase == "Failed"
    assert play.message == "Stopped with strategy 'Terminate'"
    assert play.running == []
    assert [each.node_name for each in play.commands if isinstance(each, ReleaseLock)] == [""]


@pytest.mark.parametrize("kind", ["container", "steps", "retry"])
def test_stop_ends_a_node_that_waits_for_a_lock(kind: str) -> None:
    body = {
        "container": "container: {image: busybox, command: [x]}",
        "steps": "steps: [[]]",
        "retry": "retryStrategy: {limit: 1}\n      container: {image: busybox, command: [x]}",
    }[kind]
    text = f"""{HEAD}
  templates:
    - name: main
      steps: [[{{name: a, template: work}}]]
    - name: work
      synchronization: {{mutexes: [{{name: m}}]}}
      {body}
"""
    play = Play(text).start().waits("[0].a", "default/Mutex/m", 0, 1).stop()
    node = play.node("[0].a")
    assert (str(node.phase), node.message) == ("Failed", "Stopped with strategy 'Stop'")
    assert node.waiting_lock == ""
    assert play.phase == "Failed"


def test_a_retry_node_holds_its_lock_over_all_attempts() -> None:
    text = f"""{HEAD}
  templates:
    - name: main
      synchronization: {{mutexes: [{{name: m}}]}}
      retryStrategy: {{limit: 2}}
      container: {{image: busybox, command: [x]}}
"""
    play = Play(text).start().grant("").report("(0)", 1).report("(1)", 1)
    assert [command.node_name for command in asked(play)] == ["wf"]
    assert not [each for each in play.commands if isinstance(each, ReleaseLock)]
    play.report("(2)")
    assert [each.node_name for each in play.commands if isinstance(each, ReleaseLock)] == ["wf"]


def test_the_same_lock_twice_is_an_error_in_argos_words() -> None:
    twice = "synchronization: {mutexes: [{name: m}, {name: m}]}"
    why = "requested configuration is invalid: Duplicate synchronization item found"
    play = Play(HEAD + WHOLE.replace("synchronization: {mutexes: [{name: m}]}", twice)).start()
    assert play.phase == "Failed"
    assert play.message == f"Failed to acquire the synchronization lock. {why}"
    text = LOCKED.replace("synchronization: {mutexes: [{name: m}]}", twice)
    play = Play(HEAD + text).start()
    assert (str(play.node("[0].a").phase), play.node("[0].a").message) == ("Error", why)


def test_a_lock_that_is_refused_is_an_error() -> None:
    why = "failed to initialize semaphore default/ConfigMap/cm/k with limit"
    play = Play(HEAD + BOTH).start().send(LockRefused(node_name="wf", why=why))
    assert (play.phase, play.node("").message) == ("Error", why)
    play = Play(HEAD + WHOLE).start().send(LockRefused(node_name="", why=why))
    assert play.phase == "Failed"
    assert play.message == f"Failed to acquire the synchronization lock. {why}"


@pytest.mark.parametrize(("limit", "phase"), [(1, "Error"), (2, "Pending")])
def test_a_semaphore_whose_places_are_all_held_above_never_comes_free(limit, phase) -> None:
    sync = "synchronization: {semaphores: [{configMapKeyRef: {name: cm, key: k}}]}"
    text = f"""{HEAD}
  templates:
    - name: main
      {sync}
      steps: [[{{name: a, template: work}}]]
    - name: work
      {sync}
      container: {{image: busybox, command: [x]}}
"""
    lock = "default/ConfigMap/cm/k"
    play = Play(text).start().grant("").waits("[0].a", lock, 0, limit)
    assert str(play.node("[0].a").phase) == phase
    assert (f"{lock} is held by 'wf'" in play.node("[0].a").message) == (phase == "Error")


def test_a_holder_of_a_recovered_run_says_what_it_waits_for_and_goes_on() -> None:
    text = LOCKED.replace("          - {name: b, template: work}\n", "")
    play = Play(HEAD + text).start().grant("[0].a").waits("[0].a", "default/Mutex/m", 0, 1)
    assert play.node("[0].a").waits_for == "Waiting for default/Mutex/m lock. Lock status: 0/1"
    assert play.running == ["[0].a"]
    play.grant("[0].a")
    assert play.node("[0].a").waits_for == ""
    assert play.report("[0].a").phase == "Succeeded"


MEMO = """
  templates:
    - name: main
      synchronization: {mutexes: [{name: m}]}
      memoize: {key: k, cache: {configMap: {name: cache}}}
      container: {image: busybox, command: [x]}
"""
ENTRY = '{"nodeID":"x","outputs":{"exitCode":"0"},"creationTimestamp":"1970-01-12T13:46:00Z"}'


def answer(play: Play, **values: Any) -> Play:
    question = next(each for each in play.commands if isinstance(each, Ask)).question
    return play.send(Answered(question=question, **values))


def test_the_cache_is_asked_once_the_lock_is_there() -> None:
    play = Play(HEAD + MEMO).start()
    assert not any(isinstance(each, Ask) for each in play.commands)
    play.grant("")
    assert play.running == []
    answer(play, values={"k": ENTRY})
    node = play.node("")
    assert (play.phase, node.outputs) == ("Succeeded", {"exitCode": "0"})
    assert node.memoization == {"hit": True, "key": "k", "cacheName": "cache"}
    assert any(isinstance(each, ReleaseLock) for each in play.commands)


def test_a_remembered_result_gives_the_lock_back_to_the_next() -> None:
    text = MEMO.replace(
        "- name: main",
        "- {name: main, steps: [[{name: a, template: w}], [{name: b, template: w}]]}\n"
        "    - name: w",
    )
    play = Play(HEAD + text).start().grant("[0].a")
    answer(play, values={"k": ENTRY})
    assert play.node("[0].a").phase == "Succeeded"
    released = [each.node_name for each in play.commands if isinstance(each, ReleaseLock)]
    assert released == [play.node("[0].a").name]


def test_a_miss_after_the_lock_does_the_work() -> None:
    play = Play(HEAD + MEMO).start().grant("")
    answer(play).report("")
    assert play.phase == "Succeeded"
    assert any(isinstance(each, SaveCache) for each in play.commands)


# what is played begins at 1970-01-12T13:46:40Z
@pytest.mark.parametrize(("age", "remembered"), [("41s", True), ("40s", True), ("39s", False)])
def test_what_is_remembered_grows_too_old(age: str, remembered: bool) -> None:
    text = (HEAD + MEMO).replace("{key: k,", f"{{key: k, maxAge: {age},")
    play = answer(Play(text).start().grant(""), values={"k": ENTRY})
    assert (play.phase == "Succeeded") is remembered
    assert (play.running == [""]) is not remembered
    if not remembered:
        play.report("")
        assert any(isinstance(each, SaveCache) for each in play.commands), "written over"


@pytest.mark.parametrize(
    ("age", "why"),
    [
        ("'10'", 'time: missing unit in duration "10"'),
        ("10d", 'time: unknown unit "d" in duration "10d"'),
    ],
)
def test_an_age_that_cannot_be_read_is_an_error_also_where_nothing_is_remembered(age, why) -> None:
    text = (HEAD + MEMO).replace("{key: k,", f"{{key: k, maxAge: {age},")
    play = answer(Play(text).start().grant(""))
    assert play.phase == "Error"
    assert play.node("").message == f"invalid maxAge: {why}"


@pytest.mark.parametrize("code", [0, 1])
def test_only_a_success_is_remembered(code: int) -> None:
    play = answer(Play(HEAD + MEMO).start().grant("")).report("", code)
    saved = [each for each in play.commands if isinstance(each, SaveCache)]
    assert len(saved) == (0 if code else 1)


@pytest.mark.parametrize("key", ["a.b", "a_b", "-a", "''", "a b"])
def test_a_key_that_argo_cannot_keep_is_an_error(key: str) -> None:
    text = (HEAD + MEMO).replace("{key: k,", f"{{key: {key},")
    play = Play(text).start().grant("")
    assert (play.phase, play.node("").message) == ("Error", "invalid cache key")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"fault": "memoization configmap has no label"}, "memoization configmap has no label"),
        ({"values": {"k": "{"}}, "malformed cache entry: could not unmarshal JSON"),
    ],
)
def test_a_cache_that_may_not_be_used_is_an_error(given, words) -> None:
    play = answer(Play(HEAD + MEMO).start().grant(""), **given)
    assert play.phase == "Error"
    assert play.node("").message.startswith(words)


@pytest.mark.parametrize("waited", [True, False])
@pytest.mark.parametrize("kind", ["steps", "dag", "suspend", "retry"])
def test_what_has_its_lock_runs_as_without_one(kind: str, waited: bool) -> None:
    body = {
        "steps": "steps: [[{name: a, template: work}]]",
        "dag": "dag: {tasks: [{name: a, template: work}]}",
        "suspend": "suspend: {}\n"
        "      outputs: {parameters: [{name: o, valueFrom: {supplied: {}}}]}",
        "retry": "retryStrategy: {limit: 1}\n      container: {image: busybox, command: [x]}",
    }[kind]
    text = f"""{HEAD}
  templates:
    - name: main
      synchronization: {{mutexes: [{{name: m}}]}}
      {body}
    - name: work
      container: {{image: busybox, command: [x]}}
"""
    play = Play(text).start()
    if waited:
        play.waits("", "default/Mutex/m", 0, 1)
        assert str(play.node("").phase) == "Pending"
    play.grant("")
    node = play.node("")
    assert (str(node.phase), node.message, node.waiting_lock) == ("Running", "", "")
    if kind == "suspend":
        assert node.waits_for_person
        play.approve("", o="x")
        assert play.outputs("") == {"o": "x"}
    play.run_all()
    assert play.phase == "Succeeded"

"""What random whole workflows found (tests/differential), each as small as it gets."""

from __future__ import annotations

import json
from dataclasses import replace

from argotui.model.commands import AcquireLock, Ask, ReleaseLock
from argotui.model.events import Answered, WorkReported
from argotui.model.progress import node_progress
from tests.play import Play, make_report
from tests.property.test_engine_recovery import crash

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  templates:
    - name: work
      container: {image: busybox, command: ["true"]}
    - name: main
"""


def test_handlers_that_outlive_their_loop_do_not_hold_the_dag_for_ever() -> None:
    """Argo: 4.5. The item's handler still runs when nothing looks at the items any more."""
    play = Play(
        HEAD
        + """
      dag:
        tasks:
          - {name: inner, template: inner}
    - name: inner
      dag:
        tasks:
          - {name: a, template: work, withItems: [x], hooks: {exit: {template: work}}}
          - {name: b, template: work, depends: a}
          - {name: c, template: work, depends: b.Failed}
"""
    ).start()
    play.report(".inner.a(0:x)")
    play.report(".inner.a(0:x).onExit", "Running")
    play.report(".inner.b").report(".inner.a.onExit")
    assert play.phase == "Running"
    play.report(".inner.a(0:x).onExit")
    assert play.phase == "Succeeded"


def test_what_follows_a_set_of_containers_is_not_one_of_them() -> None:
    """Argo: 1.5. A task was linked to itself: its tree had no end."""
    play = Play(
        HEAD
        + """
      dag:
        tasks:
          - {name: a, template: set}
          - {name: b, template: work, dependencies: [a]}
          - {name: c, template: set, dependencies: [b, a]}
    - name: set
      containerSet:
        containers:
          - {name: first, image: busybox, command: ["true"]}
          - {name: main, image: busybox, command: ["true"], dependencies: [first]}
"""
    ).start()
    play.run_all()
    children = play.engine.state.children
    assert children["wf.a.main"] == ["wf.b", "wf.c"]
    assert children["wf.c"] == ["wf.c.first"]
    assert node_progress(play.engine.state)["wf"] == "7/7"


def test_who_is_kept_back_by_a_limit_keeps_no_lock() -> None:
    """Argo: 4.0, locks behind parallelism. A sibling waited for the lock, and was waited for."""
    play = Play(
        HEAD
        + """
      parallelism: 1
      dag:
        tasks:
          - {name: a, template: locked}
          - {name: b, template: inner}
    - name: inner
      steps:
        - - {name: s, template: locked}
    - name: locked
      synchronization: {mutexes: [{name: m}]}
      container: {image: busybox, command: ["true"]}
"""
    ).start()
    play.grant(".a")
    assert play.running == []
    freed = [each.node_name for each in play.commands if isinstance(each, ReleaseLock)]
    assert freed == ["wf.a"]
    play.grant(".b[0].s").report(".b[0].s")
    asked = [each.node_name for each in play.commands if isinstance(each, AcquireLock)]
    assert asked.count("wf.a") == 2
    play.grant(".a").report(".a")
    assert play.phase == "Succeeded"


def test_a_lost_driver_does_not_lose_what_everything_waits_for() -> None:
    """Argo: 4.8. The run has ended by name, whoever drove it last."""
    text = (
        HEAD
        + """
      parallelism: 1
      steps:
        - - {name: a, template: up}
        - - {name: b, template: work}
    - name: up
      daemon: true
      container: {image: busybox, command: ["true"]}
"""
    )
    play = Play(text).start()
    crash(play)
    play.report("[0].a", "Running")
    assert "the parallelism of 'wf' is 1, taken by the daemons a" in play.message


def test_a_remembered_result_of_a_retried_task_is_one_of_the_dag() -> None:
    """Argo: 4.11. Its Retry node has no attempts."""
    play = Play(
        HEAD
        + """
      dag:
        tasks:
          - {name: a, template: kept}
          - {name: b, template: work, dependencies: [a]}
    - name: kept
      memoize: {key: k, maxAge: 1h, cache: {configMap: {name: kept}}}
      retryStrategy: {limit: 1}
      container: {image: busybox, command: ["true"]}
"""
    ).start()
    (question,) = [each.question for each in play.commands if isinstance(each, Ask)]
    entry = {"nodeID": "x", "outputs": {}, "creationTimestamp": "1970-01-12T13:46:40Z"}
    play.send(Answered(question=question, values={"k": json.dumps(entry)}))
    assert play.engine.state.children["wf.a"] == ["wf.b"]
    play.report(".b")
    assert play.phase == "Succeeded"


def test_a_container_that_ends_at_once_began_before_that() -> None:
    """A kubelet tells whole seconds: the container is over before its node was made."""
    play = Play(
        HEAD
        + """
      containerSet:
        containers: [{name: first, image: busybox, command: ["true"]}]
"""
    )
    play.now += 0.7
    play.start().report("", "Pending")
    ref, work = play.work["wf"]
    ended = make_report(work, 0, at=1_000_000.0)
    containers = tuple(replace(each, started_at=1_000_000.0) for each in ended.containers)
    play.send(WorkReported(ref=ref, report=replace(ended, containers=containers)))
    assert play.node(".first").started_at == 1_000_000.0
    assert play.node(".first").finished_at == 1_000_000.0


def test_a_lock_that_only_somebody_left_behind_wants_holds_no_run_up() -> None:
    """Argo: 1.6, failFast of the template leaves who waits for a lock behind."""
    play = Play(
        HEAD
        + """
      dag:
        tasks:
          - {name: a, template: locked}
          - {name: b, template: inner}
    - name: inner
      failFast: true
      steps:
        - - {name: bad, template: work}
          - {name: s, template: locked}
    - name: locked
      synchronization: {mutexes: [{name: m}]}
      container: {image: busybox, command: ["true"]}
"""
    ).start()
    play.grant(".a").waits(".b[0].s", "default/Mutex/m", 0, 1)
    play.report(".b[0].bad", 1)
    assert str(play.node(".b").phase) == "Failed"
    play.report(".a")
    assert "nothing is left that 's' could wait for" in play.message
    assert play.phase == "Error"


def test_a_lock_is_not_given_to_who_was_left_behind() -> None:
    play = Play(
        HEAD
        + """
      dag:
        tasks:
          - {name: a, template: work}
          - {name: b, template: inner}
    - name: inner
      failFast: true
      steps:
        - - {name: bad, template: work}
          - {name: s, template: locked}
    - name: locked
      synchronization: {mutexes: [{name: m}]}
      container: {image: busybox, command: ["true"]}
"""
    ).start()
    play.waits(".b[0].s", "default/Mutex/m", 0, 1).report(".b[0].bad", 1)
    play.grant(".b[0].s")
    freed = [each.node_name for each in play.commands if isinstance(each, ReleaseLock)]
    assert freed == ["wf.b[0].s"]


def test_a_lock_that_only_this_run_holds_hides_no_stall() -> None:
    """Argo: 4.7, 4.8. Who holds the lock waits for ever, so do those who wait for the lock."""
    play = Play(
        HEAD
        + """
      dag:
        tasks: [{name: a, template: inner, withItems: [1, 2]}]
    - name: inner
      synchronization: {mutexes: [{name: m}]}
      parallelism: 1
      steps:
        - - {name: up, template: up}
        - - {name: s, template: work}
    - name: up
      daemon: true
      container: {image: busybox, command: ["true"]}
"""
    ).start()
    play.grant(".a(0:1)").waits(".a(1:2)", "default/Mutex/m", 0, 1)
    play.report(".a(0:1)[0].up", "Running")
    assert play.phase == "Error"
    assert "taken by the daemons up" in play.message


def test_a_dag_waits_for_the_word_about_a_lock() -> None:
    """Argo: 1.6, 4.10. There the task has its lock, or is pending, before the dag is judged."""
    play = Play(
        HEAD
        + """
      dag:
        tasks:
          - {name: a, template: work}
          - {name: b, template: work, depends: a.Succeeded}
          - {name: c, template: locked, depends: a.Failed}
    - name: locked
      synchronization: {mutexes: [{name: m}]}
      container: {image: busybox, command: ["true"]}
"""
    ).start()
    play.report(".a", 1)
    assert play.phase == "Running"
    play.grant(".c").report(".c")
    assert str(play.node(".c").phase) == "Succeeded"
    assert play.phase == "Failed"

"""DAGs: readiness, depends, roll-up over branches. Argo: 1.6, 4.2."""

from __future__ import annotations

from tests.play import Play

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
      dag:
        tasks:
"""
DIAMOND = (
    HEAD
    + """
          - {name: A, template: work}
          - {name: B, template: work, dependencies: [A]}
          - {name: C, template: work, dependencies: [A]}
          - {name: D, template: work, dependencies: [B, C]}
"""
)


def test_a_diamond_runs_in_order() -> None:
    play = Play(DIAMOND).start()
    assert play.running == [".A"]
    play.report(".A")
    assert play.running == [".B", ".C"]
    play.report(".C")
    assert play.running == [".B"]
    play.report(".B")
    assert play.running == [".D"]
    play.report(".D")
    assert play.phase == "Succeeded"
    assert play.engine.state.children["wf.B"] == ["wf.D"]


def test_a_failure_omits_what_depends_on_it_and_fails_the_dag_without_message() -> None:
    play = Play(DIAMOND).start().report(".A").report(".B", 1).report(".C")
    assert play.phase == "Failed"
    assert play.message == ""
    assert play.node(".D").message == "omitted: depends condition not met"
    assert str(play.node(".D").phase) == "Omitted"


def test_depends_on_results() -> None:
    text = (
        HEAD
        + """
          - {name: A, template: work}
          - {name: B, template: work, depends: A.Failed}
          - {name: C, template: work, depends: "A.Succeeded || B.Succeeded"}
"""
    )
    play = Play(text).start().report(".A", 1)
    assert play.running == [".B"]
    play.report(".B").report(".C")
    assert play.phase == "Succeeded"


def test_a_loop_in_a_dag_is_a_task_group() -> None:
    text = (
        HEAD
        + """
          - {name: A, template: work, withItems: [1, 2]}
          - {name: B, template: work, depends: A.AnySucceeded}
"""
    )
    play = Play(text).start().report(".A(0:1)").report(".A(1:2)", 1)
    assert str(play.node(".A").type) == "TaskGroup"
    assert str(play.node(".A").phase) == "Failed"
    assert play.running == [".B"]


def test_a_task_sees_only_its_ancestors() -> None:
    text = (
        HEAD
        + """
          - {name: A, template: work}
          - {name: B, template: work, when: "{{= tasks.A.status == 'Succeeded' }}"}
"""
    )
    play = Play(text).start().run_all()
    assert "tasks.A" in play.node(".B").message
    assert str(play.node(".B").phase) == "Error"

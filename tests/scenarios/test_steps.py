"""Steps: groups in order, siblings at once, what a failure does. Argo: 1.4, 1.5, 1.6."""

from __future__ import annotations

from tests.play import Play

TWO_GROUPS = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: a, template: work}
          - {name: b, template: work}
        - - name: c
            template: work
            arguments: {parameters: [{name: m, value: "{{steps.a.outputs.result}}!"}]}
    - name: work
      inputs: {parameters: [{name: m, value: "-"}]}
      container: {image: busybox, command: [echo, "{{inputs.parameters.m}}"]}
"""


def test_a_group_starts_at_once_and_the_next_one_after_it() -> None:
    play = Play(TWO_GROUPS).start()
    assert play.running == ["[0].a", "[0].b"]
    play.report("[0].a", 0, result="one")
    assert play.running == ["[0].b"]
    play.report("[0].b")
    assert play.running == ["[1].c"]
    assert play.inputs("[1].c") == {"m": "one!"}
    play.report("[1].c")
    assert play.phase == "Succeeded"
    assert play.tree() == "\n".join(
        [
            ". Steps Succeeded",
            "[0] StepGroup Succeeded",
            "[0].a Pod Succeeded",
            "[0].b Pod Succeeded",
            "[1] StepGroup Succeeded",
            "[1].c Pod Succeeded",
        ]
    )


def test_the_next_group_is_a_child_of_every_outbound_node() -> None:
    play = Play(TWO_GROUPS).start().run_all()
    children = play.engine.state.children
    assert children["wf"] == ["wf[0]"]
    assert children["wf[0]"] == ["wf[0].a", "wf[0].b"]
    assert children["wf[0].a"] == ["wf[1]"]
    assert children["wf[0].b"] == ["wf[1]"]


def test_a_failed_step_fails_its_group_and_the_steps_and_nothing_later_starts() -> None:
    play = Play(TWO_GROUPS).start()
    play.report("[0].a", 2).report("[0].b")
    child = play.node("[0].a").id
    assert play.phase == "Failed"
    assert play.message == f"child '{child}' failed"
    assert play.node("[0].a").message == "main: Error (exit code 2)"
    assert "wf[1]" not in play.engine.state.nodes


def test_a_result_is_captured_only_where_the_caller_refers_to_it() -> None:
    play = Play(TWO_GROUPS).start()
    assert play.work["wf[0].a"][1].capture_result
    assert not play.work["wf[0].b"][1].capture_result


def test_a_late_or_repeated_report_changes_nothing() -> None:
    play = Play(TWO_GROUPS).start()
    ref, work = play.work["wf[0].a"]
    play.report("[0].a", 0)
    before = play.tree()
    play.work["wf[0].a"] = (ref, work)
    play.report("[0].a", 3)
    assert play.tree() == before


CONTINUE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: a, template: work, continueOn: {failed: true}}
        - - {name: b, template: work, when: "{{steps.a.status}} == Succeeded"}
          - {name: c, template: work, when: "{{steps.a.status}} == Failed"}
    - name: work
      container: {image: busybox, command: ["true"]}
"""


def test_continue_on_and_when() -> None:
    play = Play(CONTINUE).start().report("[0].a", 1)
    assert play.running == ["[1].c"]
    play.report("[1].c")
    assert play.phase == "Succeeded"
    assert play.node("[1].b").message == "when 'Failed == Succeeded' evaluated false"
    assert str(play.node("[1].b").type) == "Skipped"


LOOP = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  parallelism: 2
  templates:
    - name: main
      steps:
        - - name: l
            template: work
            arguments: {parameters: [{name: m, value: "{{item.k}}"}]}
            withItems: [{k: p}, {k: q}, {k: r}]
        - - name: u
            template: work
            arguments: {parameters: [{name: m, value: "{{steps.l.outputs.result}}"}]}
    - name: work
      inputs: {parameters: [{name: m}]}
      container: {image: busybox, command: [echo, "{{inputs.parameters.m}}"]}
"""


def test_a_loop_keeps_to_the_parallelism_and_aggregates_its_results() -> None:
    play = Play(LOOP).start()
    assert play.running == ["[0].l(0:k:p)", "[0].l(1:k:q)"]
    play.report("[0].l(1:k:q)", 0, result='"y"')
    assert play.running == ["[0].l(0:k:p)", "[0].l(2:k:r)"]
    play.report("[0].l(0:k:p)", 0, result="1").report("[0].l(2:k:r)", 0, result='{"b": 1, "a": []}')
    assert play.inputs("[1].u") == {"m": '[1,"y",{"b":1,"a":[]}]'}


def test_a_reference_that_can_never_come_is_an_error_by_name() -> None:
    text = TWO_GROUPS.replace("{{steps.a.outputs.result}}!", "{{= steps.a.outputs.nothing }}!")
    play = Play(text).start().run_all()
    assert play.phase == "Failed"
    assert "steps.a.outputs" in play.node("[1]").message
    assert str(play.node("[1]").phase) == "Error"


def test_a_volume_claim_template_is_a_claim_of_the_run() -> None:
    text = TWO_GROUPS.replace(
        "  entrypoint: main",
        "  entrypoint: main\n  volumeClaimTemplates: [{metadata: {name: data}, spec: {}}]",
    ).replace(
        "container: {image: busybox,",
        "container: {image: busybox, volumeMounts: [{name: data, mountPath: /data}],",
    )
    play = Play(text)
    play.provides = True
    volumes = play.start().work["wf[0].a"][1].pod["spec"]["volumes"]
    assert volumes == [{"name": "data", "persistentVolumeClaim": {"claimName": "wf-data"}}]

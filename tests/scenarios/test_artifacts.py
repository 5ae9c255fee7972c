"""Artifacts that need no store: raw ones by argument, handed on, absent. Argo: 2.9, 5.4, 5.5."""

from __future__ import annotations

from typing import Any

from tests.play import Play

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  arguments:
    parameters: [{name: who, value: me}]
    artifacts: [{name: seed, raw: {data: "from {{workflow.parameters.who}}"}}]
  templates:
    - name: cat
      inputs: {artifacts: [{name: f, path: /in/f.txt, mode: 384}]}
      container: {image: busybox, command: [cat, "{{inputs.artifacts.f.path}}"]}
    - name: opt
      inputs: {artifacts: [{name: f, path: /in/f, optional: true}]}
      container: {image: busybox, command: ["true"]}
    - name: make
      container: {image: busybox, command: ["true"]}
      outputs: {artifacts: [{name: o, path: /tmp/o}]}
    - name: raw
      inputs: {artifacts: [{name: f, path: /tmp/x, raw: {data: default}}]}
      container: {image: busybox, command: ["true"]}
"""


def play(text: str) -> Play:
    return Play(HEAD + text, strict=True).start()


def staged(play: Play, node: str) -> dict[str, tuple[str, int]]:
    work: Any = play.work[play.full(node)][1]
    return {each.path: (each.content, each.mode) for each in work.stage}


def test_a_raw_argument_is_a_file_of_the_pod() -> None:
    run = play("""    - name: main
      steps:
      - - name: a
          template: cat
          arguments: {artifacts: [{name: f, mode: 511, raw: {data: "{{workflow.name}} {{foo}}"}}]}
        - {name: b, template: raw}
        - name: c
          template: raw
          arguments: {artifacts: [{name: f, raw: {data: other}}]}
""")
    assert staged(run, "[0].a") == {"/in/f.txt": ("wf {{foo}}", 0o600)}
    assert staged(run, "[0].b") == {"/tmp/x": ("default", 0o644)}
    assert staged(run, "[0].c") == {"/tmp/x": ("other", 0o644)}
    assert run.node("[0].a").inputs["artifacts"] == [
        {"name": "f", "path": "/in/f.txt", "mode": 384, "raw": {"data": "wf {{foo}}"}}
    ]


def test_arguments_of_the_workflow_reach_the_entry_template_and_are_handed_on() -> None:
    run = play("""    - name: main
      inputs: {artifacts: [{name: seed}]}
      dag:
        tasks:
          - name: a
            template: cat
            arguments: {artifacts: [{name: f, from: "{{inputs.artifacts.seed}}"}]}
          - name: in
            template: inner
            arguments: {artifacts: [{name: x, from: "{{ inputs.artifacts.seed }}"}]}
    - name: inner
      inputs: {artifacts: [{name: x}]}
      steps:
      - - name: b
          template: cat
          arguments: {artifacts: [{name: f, from: "{{inputs.artifacts.x}}"}]}
""")
    assert staged(run, ".a") == {"/in/f.txt": ("from me", 0o600)}
    assert staged(run, ".in[0].b") == {"/in/f.txt": ("from me", 0o600)}


def test_every_item_of_a_loop_has_its_own() -> None:
    run = play("""    - name: main
      steps:
      - - name: a
          template: cat
          withItems: [1, {k: v}]
          arguments: {artifacts: [{name: f, raw: {data: "{{item}}"}}]}
""")
    assert staged(run, "[0].a(0:1)")["/in/f.txt"][0] == "1"
    assert staged(run, "[0].a(1:k:v)")["/in/f.txt"][0] == '{"k":"v"}'


def test_outputs_hand_an_input_on_and_export_it() -> None:
    run = play("""    - name: main
      steps:
      - - name: p
          template: pass
          arguments: {artifacts: [{name: x, raw: {data: handed}}]}
      - - name: a
          template: cat
          arguments: {artifacts: [{name: f, from: "{{steps.p.outputs.artifacts.y1}}"}]}
        - name: b
          template: cat
          arguments: {artifacts: [{name: f, from: "{{workflow.outputs.artifacts.all}}"}]}
    - name: pass
      inputs: {artifacts: [{name: x}]}
      outputs:
        artifacts:
          - {name: y1, globalName: all, from: "{{inputs.artifacts.x}}"}
          - {name: y2, fromExpression: "inputs.artifacts.x"}
      steps: [[]]
""")
    assert staged(run, "[1].a") == staged(run, "[1].b") == {"/in/f.txt": ("handed", 0o600)}
    assert [each["name"] for each in run.node("[0].p").outputs["artifacts"]] == ["y1", "y2"]
    assert run.engine.state.run.outputs["artifacts"] == [{"name": "all", "raw": {"data": "handed"}}]


def test_an_input_that_nobody_gives_is_named() -> None:
    run = play("""    - name: main
      steps:
      - - {name: m, template: make, when: "false"}
      - - name: a
          template: cat
          arguments: {artifacts: [{name: f, from: "{{steps.m.outputs.artifacts.o}}"}]}
""")
    assert run.message == (
        "step group deemed errored due to child wf[1].a error: "
        "inputs.artifacts.f missing location information"
    )


def test_an_optional_argument_from_a_skipped_step_fails_in_the_pod() -> None:
    run = play("""    - name: main
      steps:
      - - {name: m, template: make, when: "false"}
      - - name: a
          template: opt
          arguments:
            artifacts: [{name: f, optional: true, from: "{{steps.m.outputs.artifacts.o}}"}]
""")
    node = run.node("[1].a")
    assert (str(node.type), str(node.phase), node.message) == (
        "Pod", "Error", "init: Error (exit code 64): required artifact 'f' not supplied",
    )  # fmt: skip


def test_an_optional_argument_from_a_skipped_task_is_left_out() -> None:
    run = play("""    - name: main
      dag:
        tasks:
          - {name: m, template: make, when: "false"}
          - name: a
            template: opt
            dependencies: [m]
            arguments:
              artifacts: [{name: f, optional: true, from: "{{tasks.m.outputs.artifacts.o}}"}]
          - name: b
            template: cat
            dependencies: [m]
            arguments: {artifacts: [{name: f, from: "{{tasks.m.outputs.artifacts.o}}"}]}
""")
    node = run.node(".b")
    assert (str(node.type), node.message) == (
        "Skipped", 'Unable to resolve: "tasks.m.outputs.artifacts.o"',
    )  # fmt: skip
    work: Any = run.work["wf.a"][1]
    main = work.pod["spec"]["containers"][0]
    assert "volumeMounts" not in main  # nothing says where it would be


def test_what_only_a_store_could_bring_is_said_so() -> None:
    run = play("""    - name: main
      steps:
      - - {name: m, template: make}
      - - name: a
          template: cat
          arguments: {artifacts: [{name: f, from: "{{steps.m.outputs.artifacts.o}}"}]}
""")
    run.report("[0].m")
    assert "needs an artifact store" in run.node("[1].a").message


def test_an_expression_chooses_an_artifact() -> None:
    run = play("""    - name: main
      inputs: {artifacts: [{name: seed}, {name: more, optional: true, raw: {data: more}}]}
      outputs:
        artifacts:
          - name: one
            fromExpression: >-
              steps['a-b'].status == 'Skipped' ? inputs.artifacts.more : inputs.artifacts.seed
      steps: [[{name: a-b, template: make, when: "false"}]]
""")
    assert run.node("").outputs["artifacts"][0]["raw"] == {"data": "more"}

"""What the conformance corpus and the fuzzer found: one scenario each."""

from __future__ import annotations

from tests.play import Play

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: data, value: ""}, {name: target, value: C}]}
  templates:
    - name: work
      container: {image: busybox, command: ["true"]}
    - name: say
      inputs: {parameters: [{name: text}]}
      container: {image: busybox, command: [echo, "{{inputs.parameters.text}}"]}
"""


def test_what_no_target_needs_is_left_alone() -> None:
    text = """    - name: main
      dag:
        target: B
        tasks:
          - {name: A, template: work}
          - {name: B, template: work, dependencies: [A]}
          - {name: C, template: work, dependencies: [A]}
"""
    play = Play(HEAD + text).start().report(".A").report(".B")
    assert play.phase == "Succeeded"
    assert "wf.C" not in play.engine.state.nodes


def test_a_target_may_come_from_an_input() -> None:
    text = """    - name: main
      inputs: {parameters: [{name: target}]}
      dag:
        target: "{{inputs.parameters.target}}"
        tasks:
          - {name: A, template: work}
          - {name: B, template: work, dependencies: [A]}
          - {name: C, template: work, dependencies: [A]}
"""
    play = Play(HEAD + text).start().report(".A")
    assert play.running == [".C"]
    assert play.report(".C").phase == "Succeeded"


def test_arguments_of_a_call_that_is_not_made_are_not_computed() -> None:
    text = """    - name: main
      steps:
      - - name: a
          template: say
          when: "{{=workflow.parameters.data != ''}}"
          arguments:
            parameters:
              - {name: text, value: "{{=jsonpath(workflow.parameters.data, '$.id')}}"}
"""
    play = Play(HEAD + text).start()
    assert play.phase == "Succeeded"
    assert str(play.node("[0].a").phase) == "Skipped"


def test_an_exit_handler_sees_an_output_that_was_never_written_as_empty() -> None:
    text = """    - name: fails
      outputs: {parameters: [{name: out, valueFrom: {path: /tmp/out}}]}
      container: {image: busybox, command: ["false"]}
    - name: main
      steps:
      - - name: a
          template: fails
          hooks:
            exit:
              template: say
              arguments:
                parameters: [{name: text, value: "{{steps.a.outputs.parameters.out}}"}]
"""
    play = Play(HEAD + text).start().report("[0].a", 1)
    assert play.inputs("[0].a.onExit") == {"text": ""}


DAEMON = """    - name: server
      daemon: true
      retryStrategy: {limit: 2}
      container: {image: busybox, command: [sleep, "100"]}
    - name: main
      dag:
        tasks:
          - {name: server, template: server}
          - {name: client, template: work, dependencies: [server]}
"""


def test_a_daemon_with_retries_is_ended_with_its_retry_node() -> None:
    play = Play(HEAD + DAEMON).start().report(".server(0)", "Running").report(".client")
    assert play.phase == "Succeeded"
    assert str(play.node(".server").phase) == str(play.node(".server(0)").phase) == "Succeeded"


def test_a_daemon_that_dies_is_retried() -> None:
    play = Play(HEAD + DAEMON).start().report(".server(0)", "Running").report(".server(0)", 1)
    assert play.running == [".client", ".server(1)"]
    play.report(".server(1)", "Running").report(".client")
    assert play.phase == "Succeeded"
    assert str(play.node(".server(0)").phase) == "Failed"
    assert str(play.node(".server(1)").phase) == "Succeeded"


def test_a_recursion_that_branches_ends_the_run() -> None:
    text = """    - name: main
      steps: [[{name: a, template: main}, {name: b, template: main}]]
"""
    play = Play(HEAD + text).start()
    assert play.phase == "Error"
    assert "calls itself without end" in play.message


def test_a_retry_that_fails_before_anything_runs_ends() -> None:
    text = """    - name: main
      retryStrategy: {retryPolicy: Always}
      steps:
      - - name: a
          template: say
          arguments: {parameters: [{name: text, value: "{{=nil}}"}]}
"""
    play = Play(HEAD + text).start()
    assert play.phase == "Error"
    assert "attempts ended as soon as they began" in play.message


def test_synchronization_without_locks_keeps_nobody_back() -> None:
    text = """    - name: main
      synchronization: {}
      container: {image: busybox}
"""
    assert Play(HEAD + text).start().report("").phase == "Succeeded"


def test_an_exit_handler_with_retries_is_retried_and_ends() -> None:
    text = """    - name: tidy
      retryStrategy: {limit: 1}
      container: {image: busybox}
    - name: main
      steps: [[{name: a, template: work, onExit: tidy}]]
"""
    play = Play(HEAD + text).start().report("[0].a").report("[0].a.onExit(0)", 1)
    assert play.running == ["[0].a.onExit(1)"]
    play.report("[0].a.onExit(1)")
    assert play.phase == "Succeeded"
    assert str(play.node("[0].a.onExit").phase) == "Succeeded"

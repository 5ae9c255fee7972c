"""Values on their way: into names, JSON texts, attempts, pods, outputs. Argo: 1.3, 2.2 to 2.5."""

from __future__ import annotations

import json
from typing import Any

from argotui.model.changes import Noted
from tests.play import Play

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  arguments:
    parameters:
      - {name: data, value: "d <1>", description: what, enum: ["d <1>"]}
  templates:
    - name: work
      container: {image: busybox, command: ["true"]}
    - name: say
      inputs: {parameters: [{name: text}]}
      container: {image: busybox, command: [echo, "{{inputs.parameters.text}}"]}
    - name: out
      outputs: {parameters: [{name: p, globalName: g, valueFrom: {path: /tmp/p}}]}
      container: {image: busybox, command: ["true"]}
"""


def command(play: Play, node: str) -> list[str]:
    work: Any = play.work[play.full(node)][1]
    found: list[str] = work.pod["spec"]["containers"][0]["command"]
    return found


def say(text: str) -> str:
    value = json.dumps(text)
    return (
        f"{{template: say, name: s, arguments: {{parameters: [{{name: text, value: {value}}}]}}}}"
    )


def test_the_list_of_parameters_has_argos_fields_in_argos_order() -> None:
    text = HEAD + f"    - {{name: main, steps: [[{say('{{workflow.parameters}}')}]]}}\n"
    got = Play(text).start().inputs("[0].s")["text"]
    assert got == (
        '[{"name":"data","value":"d \\u003c1\\u003e","enum":["d \\u003c1\\u003e"],'
        '"description":"what"}]'
    )


def test_inputs_as_json_keep_their_defaults() -> None:
    text = (
        HEAD
        + """    - name: main
      steps: [[{name: a, template: two, arguments: {parameters: [{name: b, value: "1"}]}}]]
    - name: two
      inputs: {parameters: [{name: b, default: z}, {name: a, value: v}]}
      container: {image: busybox, command: [echo, "{{inputs.parameters}}"]}
"""
    )
    play = Play(text).start()
    assert command(play, "[0].a")[1] == (
        '[{"name":"b","default":"z","value":"1"},{"name":"a","value":"v"}]'
    )


RETRIED = """    - name: main
      steps: [[{name: a, template: again}]]
    - name: again
      inputs: {parameters: [{name: try, value: "{{retries}} {{pod.name}} {{lastRetry.exitCode}}"}]}
      retryStrategy: {limit: 1}
      container: {image: busybox, command: [echo, "{{pod.name}} {{inputs.parameters.try}}"]}
"""


def test_an_attempt_has_its_own_pod_name_and_its_own_inputs() -> None:
    play = Play(HEAD + RETRIED).start().report("[0].a(0)", 7)
    pod = play.node("[0].a(1)").pod_name
    assert pod != play.node("[0].a(0)").pod_name
    assert command(play, "[0].a(1)") == ["echo", f"{pod} 1 {pod} 7"]
    assert play.inputs("[0].a(1)") == {"try": f"1 {pod} 7"}
    assert play.inputs("[0].a") == {"try": "{{retries}} {{pod.name}} {{lastRetry.exitCode}}"}


def test_an_attempt_of_steps_has_its_own_inputs() -> None:
    text = (
        HEAD
        + """    - name: main
      retryStrategy: {limit: 1}
      inputs: {parameters: [{name: try, value: "no {{retries}}"}]}
      steps: [[{name: s, template: say, arguments: {parameters: [
        {name: text, value: "{{inputs.parameters.try}} of {{=asInt(retries) + 1}}"}]}}]]
"""
    )
    play = Play(text).start().report("(0)[0].s", 1)
    assert play.inputs("(1)") == {"try": "no 1"}
    assert play.inputs("(1)[0].s") == {"text": "no 1 of 2"}


def test_old_pod_names_are_node_ids() -> None:
    old = "annotations: {workflows.argoproj.io/pod-name-format: v1}"
    text = HEAD.replace("{generateName: wf-}", f"{{generateName: wf-, {old}}}")
    play = Play(text + f"    - {{name: main, steps: [[{say('{{node.name}}')}]]}}\n").start()
    node = play.node("[0].s")
    assert node.pod_name == node.id


def test_failures_are_written_as_go_writes_them() -> None:
    text = HEAD.replace("entrypoint: main", "entrypoint: main\n  onExit: end")
    text += """    - {name: main, steps: [[{name: a, template: work}]]}
    - name: end
      container: {image: busybox, command: [echo, "{{workflow.failures}}"]}
"""
    play = Play(text).start().report("[0].a", 1, message="é <b>")
    said = command(play, ".onExit")[1]
    assert "é \\\\u003cb\\\\u003e" in said
    assert json.loads(json.loads(said))[-1]["message"] == "é <b>"


def test_aggregated_results_are_escaped_as_go_does_it() -> None:
    text = (
        HEAD
        + """    - name: main
      steps:
      - - {name: a, template: out, withItems: [1, 2]}
      - - {name: s, template: say, arguments: {parameters: [{name: text, value:
            "{{steps.a.outputs.result}} {{steps.a.outputs.parameters.p}}"}]}}
"""
    )
    play = Play(text).start()
    big = "[12345678901234567890]"
    play.report("[0].a(0:1)", result='{"b": "<", "a": 1.50}', parameters={"p": '{"b":1,"a":1.0}'})
    play.report("[0].a(1:2)", result="7", parameters={"p": big})
    want = '[{"b":"\\u003c","a":1.50},7] [{"a":1,"b":1},[12345678901234567000]]'
    assert play.inputs("[1].s")["text"] == want


CM = """---
apiVersion: v1
kind: ConfigMap
metadata: {name: bare}
data: {k: v}
"""


def test_an_argument_without_its_config_map_is_named() -> None:
    from_map = "{name: cm, valueFrom: {configMapKeyRef: {name: bare, key: k}}}"
    text = HEAD.replace("    parameters:\n", f"    parameters:\n      - {from_map}\n", 1)
    play = Play(text + "    - {name: main, steps: [[{name: a, template: work}]]}\n" + CM).start()
    assert play.phase == "Failed"
    assert play.message.startswith(
        "failed to set global parameters: failed to set global parameter cm from configmap with "
        "name bare and key k: ConfigMap 'bare' does not exist."
    )


def test_an_output_that_refers_to_nothing_is_named() -> None:
    text = (
        HEAD
        + """    - name: main
      outputs: {parameters: [{name: o, valueFrom: {parameter: "{{steps.a.outputs.parameters.p}}"}}]}
      steps: [[{name: a, template: out}]]
"""
    )
    play = Play(text).start().report("[0].a")
    want = 'Unable to resolve: "steps.a.outputs.parameters.p"'
    assert play.message == f"error in entry template execution: {want}"


def test_outputs_of_a_resource_are_exported() -> None:
    text = (
        HEAD
        + """    - name: get
      outputs:
        parameters:
          - {name: who, globalName: gw, valueFrom: {jsonPath: "{.metadata.name}"}}
          - {name: fix, value: "5"}
      resource: {action: get, flags: [cm, x]}
    - name: main
      steps:
      - - {name: a, template: get}
      - - {name: s, template: say, arguments: {parameters: [{name: text, value:
            "{{workflow.outputs.parameters.gw}} {{steps.a.outputs.parameters.fix}}"}]}}
"""
    )
    play = Play(text).start().report("[0].a", parameters={"who": "x"})
    assert play.inputs("[1].s") == {"text": "x 5"}


def test_spec_and_pod_are_filled_in_for_the_last_time() -> None:
    text = HEAD.replace(
        "entrypoint: main",
        """entrypoint: main
  podSpecPatch: '{"hostname": "{{pod.name}}"}'
  podMetadata: {labels: {x: "{{inputs.parameters.x}}"}}
  volumes:
    - {name: a, configMap: {name: "{{inputs.parameters.x}}"}}
    - {name: b, persistentVolumeClaim: {claimName: "{{steps.a.outputs.parameters.p}}"}}""",
    )
    text += """    - name: use
      inputs: {parameters: [{name: x, value: one}, {name: z}]}
      container:
        image: busybox
        command: [echo, "{{inputs.parameters.z}}"]
        volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /b}]
    - name: main
      steps:
      - - {name: a, template: out}
      - - {name: u, template: use, arguments: {parameters: [{name: z, value:
            "{{steps.a.outputs.parameters.p}}"}]}}
"""
    play = Play(text).start().report("[0].a", parameters={"p": "my {{inputs.parameters.x}}"})
    work: Any = play.work["wf[1].u"][1]
    assert command(play, "[1].u") == ["echo", "my one"]
    assert work.pod["spec"]["hostname"] == play.node("[1].u").pod_name
    assert work.pod["metadata"]["labels"]["x"] == "one"
    assert work.pod["spec"]["volumes"] == [
        {"name": "a", "configMap": {"name": "one"}},
        {"name": "b", "persistentVolumeClaim": {"claimName": "my one"}},
    ]


HTTP = """    - name: main
      http:
        url: http://x
        body: abc
        headers:
          - {name: x-plain, value: v}
          - {name: x-secret, valueFrom: {secretKeyRef: {name: s, key: k}}}
        successCondition: >-
          request.headers == {"x-plain": ["v"]} && len(request.bodyBytes) == 3
          && response.headers["Content-Type"][0] == "t" && response.statusCode == 500
"""


def test_a_condition_sees_the_request_without_its_secrets_and_gos_header_names() -> None:
    play = Play(HEAD + HTTP).start()
    play.report("", response={"statusCode": 500, "body": "", "headers": {"content-type": ["t"]}})
    assert play.phase == "Succeeded", play.message


def test_what_a_runtime_says_of_a_value_is_noted_with_its_node_once() -> None:
    play = Play(HEAD.replace("entrypoint: main", "entrypoint: out")).start()
    node = play.full(play.running[0])
    play.report(play.running[0], "Running", notes=("too early",))
    play.report(play.running[0], 0, parameters={"p": "v"}, notes=("of both streams",))
    notes = [(each.node, each.text) for each in play.changes if isinstance(each, Noted)]
    assert notes == [(node, "of both streams")]

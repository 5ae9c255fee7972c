"""Rules of the node model and of variables that nothing else would miss. Argo: 1.3 to 2.9."""

from __future__ import annotations

import json
from typing import Any

from argotui.model import ids
from argotui.model.export import node_json
from tests.play import Play

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: wf-
  labels: {l: "<v>"}
  annotations: {workflows.argoproj.io/scheduled-time: "2026-01-02T03:04:05Z"}
spec:
  entrypoint: main
  priority: 7
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


def said(value: str) -> str:
    """Return arguments for `say`."""
    return f"arguments: {{parameters: [{{name: text, value: {json.dumps(value)}}}]}}"


def test_names_of_pods() -> None:
    name = "output-value-placeholders-wf"
    template = "tell-pod-name"
    assert ids.pod_name(name, name, template) == name
    assert ids.pod_name(name, f"{name}[0].a", template).startswith(f"{name}-{template}-")
    assert ids.pod_name("wf", "wf[0].a", "") == f"wf-{ids.fnv1a32('wf[0].a')}"
    long = ids.pod_name("w" * 200, "n", "t" * 60)
    assert long == f"{'w' * 200}-{'t' * 41}-{ids.fnv1a32('n')}"
    assert ids.node_id("wf", "wf") == "wf"


def test_a_group_behind_an_empty_one_is_its_child() -> None:
    play = Play(HEAD + "    - {name: main, steps: [[], [{name: a, template: work}]]}\n").start()
    assert play.engine.state.children["wf[0]"] == ["wf[1]"]


DAG = """    - name: main
      dag:
        tasks:
"""


def test_what_follows_a_looped_task_hangs_on_its_items() -> None:
    tasks = """        - {name: l, template: work, withItems: [1, 2]}
        - {name: z, depends: l, template: work}
"""
    play = Play(HEAD + DAG + tasks).start().report(".l(0:1)").report(".l(1:2)")
    children = play.engine.state.children
    assert [name for name in children if "wf.z" in children[name]] == ["wf.l(0:1)", "wf.l(1:2)"]


def test_the_last_bad_item_decides_for_its_group() -> None:
    for first, second, phase in ((1, "Gone", "Error"), ("Gone", 1, "Failed")):
        tasks = "        - {name: l, template: work, withItems: [1, 2]}\n"
        play = Play(HEAD + DAG + tasks).start().report(".l(0:1)", "Running")
        play.report(".l(1:2)", "Running").advance(20)
        play.report(".l(0:1)", first).report(".l(1:2)", second)
        assert str(play.node(".l").phase) == phase


def test_the_first_bad_target_decides_for_its_dag() -> None:
    tasks = "        - {name: b, template: work}\n        - {name: a, template: work}\n"
    play = Play(HEAD + DAG + tasks).start().report(".a", "Running").report(".b", "Running")
    play.advance(20).report(".b", 1).report(".a", "Gone")
    assert [str(play.node(node).phase) for node in (".a", ".b", "")] == ["Error", "Failed", "Error"]


def test_a_task_sees_the_ancestors_of_its_ancestors() -> None:
    tasks = f"""        - {{name: a, template: out}}
        - {{name: b, depends: a, template: work}}
        - {{name: c, depends: b, template: say, {said("{{tasks.a.outputs.parameters.p}}")}}}
"""
    play = Play(HEAD + DAG + tasks).start().report(".a", parameters={"p": "far"}).report(".b")
    assert play.inputs(".c") == {"text": "far"}


def test_an_export_takes_the_place_of_an_earlier_one() -> None:
    text = "    - {name: main, steps: [[{name: a, template: out, withItems: [1, 2]}]]}\n"
    play = Play(HEAD + text).start()
    play.report("[0].a(0:1)", parameters={"p": "1"}).report("[0].a(1:2)", parameters={"p": "2"})
    listed = play.engine.state.run.outputs["parameters"]
    assert list(listed) == [{"name": "g", "value": "2"}]


def test_variables_of_the_run() -> None:
    tags = (
        "workflow.mainEntrypoint", "workflow.priority", "workflow.scheduledTime", "workflow.labels",
        "workflow.labels.json", "workflow.duration", "steps.a.finishedAt", "steps.a.startedAt",
    )  # fmt: skip
    value = " ".join(f"{{{{{tag}}}}}" for tag in tags)
    text = f"""    - name: main
      steps:
      - - {{name: a, template: work}}
      - - {{name: s, template: say, {said(value)}}}
"""
    play = Play(HEAD + text).start().advance(90)
    assert play.report("[0].a").inputs("[1].s")["text"].split() == [
        "main", "7", "2026-01-02T03:04:05Z", '{"l":"\\u003cv\\u003e"}', '{"l":"\\u003cv\\u003e"}',
        "90.000000", "1970-01-12T13:48:10Z", "1970-01-12T13:46:40Z",
    ]  # fmt: skip


def test_a_pod_knows_where_its_files_are() -> None:
    text = """    - name: main
      inputs: {artifacts: [{name: i, path: /in/i, raw: {data: x}}]}
      outputs:
        parameters: [{name: p, valueFrom: {path: /out/p}}]
        artifacts: [{name: o, path: /out/o, optional: true}]
      container:
        image: busybox
        command: [echo, "{{inputs.artifacts.i.path}} {{outputs.parameters.p.path}}
          {{outputs.artifacts.o.path}}"]
"""
    work: Any = Play(HEAD + text).start().work["wf"][1]
    assert work.pod["spec"]["containers"][0]["command"][1] == "/in/i /out/p /out/o"


def test_parameters_of_items_are_json_only_if_all_of_them_are_structures() -> None:
    text = f"""    - name: main
      steps:
      - - {{name: a, template: out, withItems: [1, 2]}}
      - - {{name: s, template: say, {said("{{steps.a.outputs.parameters.p}}")}}}
"""
    play = Play(HEAD + text).start().report("[0].a(0:1)", parameters={"p": "[1]"})
    assert play.report("[0].a(1:2)", parameters={"p": "2"}).inputs("[1].s") == {
        "text": '["[1]","2"]'
    }


def test_a_skipped_step_offers_the_values_written_down_for_its_outputs() -> None:
    text = f"""    - name: main
      steps:
      - - {{name: a, template: fixed, when: "false"}}
      - - {{name: s, template: say, {said("{{steps.a.outputs.parameters.p}}")}}}
    - name: fixed
      outputs: {{parameters: [{{name: p, value: "5"}}]}}
      container: {{image: busybox}}
"""
    assert Play(HEAD + text).start().inputs("[1].s") == {"text": "5"}


LIBRARY = """---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: lib}
spec:
  templates:
    - {name: t, steps: [[{name: s, template: leaf}]]}
    - {name: leaf, container: {image: busybox}}
"""


def test_a_node_tells_from_where_it_was_called_and_where_it_ran() -> None:
    text = "    - {name: main, steps: [[{name: a, templateRef: {name: lib, template: t}}]]}\n"
    play = Play(HEAD + text + LIBRARY).start()
    play.report("[0].a[0].s", host_node_name="host-1")
    state = play.engine.state
    nodes = {name: node_json(node, state) for name, node in state.nodes.items()}
    assert {name: node["templateScope"] for name, node in nodes.items()} == {
        "wf": "local/wf",
        "wf[0]": "local/wf",
        "wf[0].a": "local/wf",
        "wf[0].a[0]": "namespaced/lib",
        "wf[0].a[0].s": "namespaced/lib",
    }
    assert nodes["wf[0].a"]["templateRef"] == {"name": "lib", "template": "t"}
    assert nodes["wf[0].a[0].s"]["hostNodeName"] == "host-1"
    assert nodes["wf[0].a"]["outboundNodes"] == [nodes["wf[0].a[0].s"]["id"]]

"""Rules of nodes and values that only show together: loops, retries, hooks, skips, exports.

Argo: 1.4, 1.5, 2.2, 2.3, 2.5, 2.8.
"""

from __future__ import annotations

from argotui.model.events import NodeSetRequested
from argotui.model.status import NodePhase
from tests.play import Play

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: own, value: "{{pod.name}}"}]}
  templates:
    - name: nop
      inputs: {parameters: [{name: m, value: "-"}]}
      steps: [[]]
    - name: need
      inputs: {parameters: [{name: m}]}
      steps: [[]]
    - name: work
      container: {image: busybox, command: ["true"]}
    - name: again
      retryStrategy: {limit: 2}
      container: {image: busybox, command: ["true"]}
    - name: out
      inputs: {parameters: [{name: v, value: "-"}]}
      outputs: {parameters: [{name: p, valueFrom: {path: /tmp/p}}]}
      container: {image: busybox, command: ["true"]}
    - name: put
      inputs: {parameters: [{name: v}]}
      outputs:
        parameters: [{name: o, globalName: g, valueFrom: {expression: inputs.parameters.v}}]
      steps: [[]]
"""


def exports(play: Play) -> dict[str, str]:
    listed = play.engine.state.run.outputs.get("parameters", ())
    return {each["name"]: each["value"] for each in listed}


RETRIED = {
    "steps": """    - name: main
      steps:
      - - {name: a, template: again}
      - - {name: u, template: nop, arguments: {parameters: [{name: m, value:
            "{{steps.a.id}} {{steps.a.startedAt}} {{steps.a.hostNodeName}} {{steps.a.exitCode}}"}]}}
""",
    "dag": """    - name: main
      dag:
        tasks:
        - {name: a, template: again}
        - {name: u, depends: a, template: nop, arguments: {parameters: [{name: m, value:
            "{{tasks.a.id}} {{tasks.a.startedAt}} {{tasks.a.hostNodeName}} {{tasks.a.exitCode}}"}]}}
""",
}


def test_what_is_said_of_a_retried_step_is_said_of_its_last_attempt() -> None:
    for text, a, u in ((RETRIED["steps"], "[0].a", "[1].u"), (RETRIED["dag"], ".a", ".u")):
        play = Play(HEAD + text).start().advance(5).report(f"{a}(0)", 3).advance(5)
        play.report(f"{a}(1)", 0, host_node_name="host-1")
        attempt = play.node(f"{a}(1)")
        assert play.inputs(u) == {"m": f"{attempt.id} 1970-01-12T13:46:45Z host-1 0"}


def test_a_loop_of_which_no_item_succeeded_aggregates_to_empty_lists() -> None:
    text = """    - name: main
      steps:
      - - {name: l, template: out, withItems: [1, 2], continueOn: {failed: true}}
      - - {name: u, template: nop, arguments: {parameters: [{name: m, value:
            "{{steps.l.outputs.result}} {{steps.l.outputs.parameters}}"}]}}
"""
    play = Play(HEAD + text).start().run_all(outcome=1)
    assert play.inputs("[1].u") == {"m": "[] []"}


def test_loops_in_retried_loops_aggregate_level_by_level() -> None:
    text = """    - name: main
      steps:
      - - {name: l, template: inner, withItems: [x, z]}
      - - {name: u, template: nop, arguments: {parameters: [{name: m, value:
            "{{steps.l.outputs.parameters.all}} {{steps.l.outputs.parameters}}"}]}}
    - name: inner
      retryStrategy: {limit: 1}
      outputs: {parameters: [{name: all, valueFrom: {parameter:
        "{{steps.k.outputs.parameters.p}}"}}]}
      steps: [[{name: k, template: out, withItems: [a, b]}]]
"""
    play = Play(HEAD + text).start()
    play.report("[0].l(0:x)(0)[0].k(0:a)", 1).report("[0].l(0:x)(0)[0].k(1:b)")
    for first, attempt in (("0:x", 1), ("1:z", 0)):
        for second in ("0:a", "1:b"):
            node = f"[0].l({first})({attempt})[0].k({second})"
            play.report(node, parameters={"p": first[-1] + second[-1]})
    assert play.inputs("[1].u")["m"] == (
        '[["xa","xb"],["za","zb"]] [{"all":"[\\"xa\\",\\"xb\\"]"},{"all":"[\\"za\\",\\"zb\\"]"}]'
    )


SUB = """    - name: sub
      outputs: {parameters: [{name: o, globalName: of-dag, valueFrom: {parameter:
        "{{tasks.a.outputs.parameters.o}}"}}]}
      dag: {tasks: [{name: a, template: put, arguments: {parameters: [{name: v, value: "1"}]}}]}
"""


def test_outputs_of_a_dag_are_exported_by_the_dag_whose_task_it_is_and_by_nobody_else() -> None:
    in_dag = SUB + "    - {name: main, dag: {tasks: [{name: t, template: sub}]}}\n"
    in_steps = SUB + "    - {name: main, steps: [[{name: t, template: sub}]]}\n"
    assert exports(Play(HEAD + in_dag).start()) == {"g": "1", "of-dag": "1"}
    assert exports(Play(HEAD + in_steps).start()) == {"g": "1"}
    retried = SUB.replace("name: sub", "name: main\n      retryStrategy: {limit: 1}")
    assert exports(Play(HEAD + retried).start()) == {"g": "1"}


def test_a_dag_exports_its_tasks_once_more_at_its_end_in_the_order_written() -> None:
    text = """    - name: main
      dag:
        tasks:
        - {name: late, depends: early, template: keep}
        - {name: early, template: keep}
        - {name: wait, depends: late, template: work}
    - name: keep
      outputs: {parameters: [{name: p, globalName: g, valueFrom: {path: /p}}]}
      container: {image: busybox}
"""
    play = Play(HEAD + text).start()
    play.report(".early", parameters={"p": "e"}).report(".late", parameters={"p": "l"})
    assert exports(play) == {"g": "l"}
    assert exports(play.report(".wait")) == {"g": "e"}


def test_exports_come_from_items_attempts_and_exit_handlers() -> None:
    text = """    - name: main
      steps:
      - - {name: l, template: keep, withItems: [1, 2],
           arguments: {parameters: [{name: k, value: "{{item}}"}]}}
      - - {name: r, template: retried, onExit: last}
      - - {name: u, template: nop, arguments: {parameters: [{name: m, value:
            "{{workflow.outputs.parameters.k-1}} {{workflow.outputs.parameters.one}}
            {{workflow.outputs.parameters.g}}"}]}}
    - name: keep
      inputs: {parameters: [{name: k}]}
      outputs:
        parameters: [{name: p, globalName: "k-{{inputs.parameters.k}}", valueFrom: {path: /p}}]
      container: {image: busybox}
    - name: retried
      retryStrategy: {limit: 1}
      outputs: {parameters: [{name: p, globalName: one, valueFrom: {path: /p}}]}
      container: {image: busybox}
    - name: last
      steps: [[{name: s, template: put, arguments: {parameters: [{name: v, value: end}]}}]]
"""
    play = Play(HEAD + text).start()
    play.report("[0].l(0:1)", parameters={"p": "a"}).report("[0].l(1:2)", parameters={"p": "b"})
    play.report("[1].r(0)", 1, parameters={"p": "bad"}).report("[1].r(1)", parameters={"p": "good"})
    assert play.inputs("[2].u") == {"m": "a good end"}
    assert exports(play) == {"k-1": "a", "k-2": "b", "one": "good", "g": "end"}


def test_the_pods_name_is_left_for_the_pod_by_steps_that_are_retried() -> None:
    text = """    - name: main
      retryStrategy: {limit: 1}
      steps: [[{name: s, template: out, arguments: {parameters: [{name: v, value:
        "{{workflow.parameters.own}}"}]}}]]
"""
    play = Play(HEAD + text).start()
    assert play.inputs("(0)[0].s") == {"v": play.node("(0)[0].s").pod_name}


def test_handlers_and_hooks_are_called_by_no_step() -> None:
    text = (
        HEAD.replace("entrypoint: main", "entrypoint: main\n  onExit: tell")
        + """    - name: main
      steps:
      - - name: a
          template: work
          onExit: tell
          hooks: {h: {template: tell, expression: "true"}}
    - name: tell
      inputs: {parameters: [{name: who, value: "[{{steps.name}}]"}]}
      steps: [[]]
"""
    )
    play = Play(text).start().run_all()
    for node in (".onExit", "[0].a.onExit", "[0].a.hooks.h"):
        assert play.inputs(node) == {"who": "[]"}


def test_inputs_that_refer_to_each_other_are_seen_as_they_ended_up() -> None:
    text = """    - name: main
      inputs:
        parameters:
        - {name: a, value: "{{inputs.parameters.b}}"}
        - {name: b, value: "{{inputs.parameters.c}}"}
        - {name: c, value: end}
      steps: [[{name: s, template: nop, arguments: {parameters: [{name: m, value:
        "{{inputs.parameters.a}}"}]}}]]
"""
    play = Play(HEAD + text).start()
    assert play.inputs("") == {"a": "{{inputs.parameters.c}}", "b": "end", "c": "end"}
    assert play.inputs("[0].s") == {"m": "end"}


CM = """---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm, labels: {workflows.argoproj.io/configmap-type: Parameter}}
data: {k: "of the map\\n", other: of the other}
"""


def test_an_argument_takes_the_place_of_value_and_source_of_the_input() -> None:
    text = """    - name: main
      steps:
      - - {name: a, template: t}
        - {name: b, template: t, arguments: {parameters: [{name: x, value: given}]}}
        - {name: c, template: t, arguments: {parameters: [{name: x, valueFrom:
            {configMapKeyRef: {name: cm, key: other}}}]}}
        - {name: d, template: t, arguments: {parameters: [{name: x, valueFrom:
            {default: dd, configMapKeyRef: {name: cm, key: gone}}}]}}
    - name: t
      inputs:
        parameters: [{name: x, default: own, valueFrom: {configMapKeyRef: {name: cm, key: k}}}]
      container: {image: busybox, command: [echo, "{{inputs.parameters}}"]}
"""
    play = Play(HEAD + text + CM).start()
    found = {name: play.inputs(f"[0].{name}")["x"] for name in "abcd"}
    assert found == {"a": "of the map\n", "b": "given", "c": "of the other", "d": "dd"}
    work = play.work["wf[0].b"][1]
    listed = work.pod["spec"]["containers"][0]["command"][1]
    assert listed == '[{"name":"x","default":"own","value":"given"}]'


def test_a_succeeded_run_does_not_take_its_entry_nodes_message_over() -> None:
    play = Play(HEAD + "    - {name: main, suspend: {}}\n").start()
    done = NodePhase.SUCCEEDED
    play.send(NodeSetRequested(node_name="wf", phase=done, message="seen", by="me"))
    assert (play.phase, play.message, play.node("").message) == ("Succeeded", "", "seen")


def test_behind_a_step_that_could_not_be_started_no_placeholder_is_made() -> None:
    text = """    - name: main
      steps:
      - - {name: gone, template: out, when: "false"}
      - - {name: before, template: nop, when: "false"}
        - {name: bad, template: need, arguments: {parameters: [{name: m, value:
            "{{steps.gone.outputs.parameters.p}}"}]}}
        - {name: behind, template: nop, when: "false"}
"""
    play = Play(HEAD + text).start()
    made = [play.short(name) for name in play.engine.state.children["wf[1]"]]
    assert made == ["[1].before", "[1].bad"]
    assert "wf[1].behind" not in play.engine.state.nodes


def test_a_limit_keeps_calls_back_but_not_the_placeholders_behind_them() -> None:
    text = """    - name: main
      parallelism: 1
      steps:
      - - {name: l, template: work, withItems: [1, 2, 3, 4], when: "{{item}} != 3"}
"""
    play = Play(HEAD + text).start()
    made = [play.short(name) for name in play.engine.state.children["wf[0]"]]
    assert made == ["[0].l(0:1)", "[0].l(2:3)"]
    play.run_all()
    made = [play.short(name) for name in play.engine.state.children["wf[0]"]]
    assert made == ["[0].l(0:1)", "[0].l(2:3)", "[0].l(1:2)", "[0].l(3:4)"]


def test_what_follows_a_retried_call_hangs_on_the_youngest_child_of_its_retry_node() -> None:
    text = """    - name: main
      steps:
      - - {name: a, template: inner}
        - {name: b, template: again, onExit: nop}
      - - {name: c, template: work}
    - name: inner
      retryStrategy: {limit: 1}
      steps: [[{name: s, template: work}]]
"""
    play = Play(HEAD + text).start()
    play.report("[0].b(0)", 1).run_all()
    children = play.engine.state.children
    assert [name for name in children if "wf[1]" in children[name]] == [
        "wf[0].a(0)",
        "wf[0].b.onExit",
    ]


def test_a_retried_task_without_outbound_nodes_is_no_end_of_the_line() -> None:
    text = """    - name: main
      dag:
        tasks:
        - {name: a, template: empty}
        - {name: b, depends: a, template: work}
    - {name: empty, retryStrategy: {limit: 1}, steps: [[]]}
"""
    play = Play(HEAD + text).start().report(".b")
    assert play.phase == "Succeeded", play.message
    assert play.engine.state.children["wf.a(0)"] == ["wf.a(0)[0]", "wf.b"]


NAMED = """    - name: shown
      annotations: {workflows.argoproj.io/display-name: "NAME"}
      inputs: {parameters: [{name: v, value: "-"}]}
      retryStrategy: {limit: 1}
      BODY
"""


def test_a_display_name_applies_to_a_step_that_ended_at_once_while_its_group_goes_on() -> None:
    shown = NAMED.replace("NAME", "the-{{inputs.parameters.v}}").replace("BODY", "steps: [[]]")
    text = """    - name: main
      steps:
      - - {name: l, template: shown, withItems: [a, b], arguments: {parameters: [{name: v, value:
            "{{item}}"}]}}
        - {name: w, template: work}
"""
    play = Play(HEAD + shown + text).start()
    assert [play.node(f"[0].l({k})").display_name for k in ("0:a", "1:b")] == ["the-a", "the-b"]
    assert play.node("[0].l(0:a)(0)").display_name == "l(0:a)(0)"
    tasks = "[{name: t, template: shown}, {name: w, template: work}]"
    task = f"    - {{name: main, dag: {{tasks: {tasks}}}}}\n"
    assert Play(HEAD + shown + task).start().node(".t").display_name == "t"


def test_a_display_name_that_is_none_ends_the_group_as_a_hard_error() -> None:
    shown = NAMED.replace("NAME", "no good").replace("BODY", "container: {image: busybox}")
    rule = "displayName must match the regex ^[a-zA-Z0-9][a-zA-Z0-9-.]{0,61}[a-zA-Z0-9]$"
    steps = "    - {name: main, steps: [[{name: a, template: shown}, {name: b, template: work}]]}\n"
    play = Play(HEAD + shown + steps).start()
    assert play.message == f"step group deemed errored due to child wf[0].a error: {rule}"
    assert [str(play.node(node).phase) for node in ("", "[0]", "[0].a")] == [
        "Failed",
        "Error",
        "Error",
    ]
    dag = "    - {name: main, dag: {tasks: [{name: a, template: shown}]}}\n"
    play = Play(HEAD + shown.replace("retryStrategy: {limit: 1}", "") + dag).start()
    assert (play.phase, play.message) == ("Error", "")
    assert play.node(".a").message == f"task 'wf.a' errored: {rule}"
    play = Play(HEAD + shown.replace("shown", "main")).start()
    assert (play.phase, play.message) == ("Error", f"error in entry template execution: {rule}")

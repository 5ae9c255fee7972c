"""The pods that a run asks for: what the engine itself puts into them. Argo: 3.1, 3.11, 4.4."""

from __future__ import annotations

from typing import Any

import pytest

from tests.play import Play
from tests.scenarios.test_hooks import HEAD, dag, steps


def spec_of(play: Play, node: str) -> dict[str, Any]:
    found: dict[str, Any] = play.work[play.full(node)][1].pod["spec"]
    return found


def meta_of(play: Play, node: str) -> dict[str, Any]:
    found: dict[str, Any] = play.work[play.full(node)][1].pod["metadata"]
    return found


def limited(fields: str, spec: str = "", retry: str = "") -> Play:
    template = f"    - name: t\n{fields}{retry}      container: {{image: busybox, command: [x]}}\n"
    return Play(steps("        - - {name: a, template: t}\n", spec) + template)


LATE = "  activeDeadlineSeconds: 100\n"


@pytest.mark.parametrize(
    ("fields", "spec", "seconds"),
    [
        ("", "", None),
        ("", LATE, 100),
        ("      activeDeadlineSeconds: 30\n", LATE, 30),
        ("      activeDeadlineSeconds: 300\n", LATE, 100),
        ("      activeDeadlineSeconds: '{{workflow.parameters.num}}'\n", "", 7),
        ("      timeout: 1m\n", LATE, 60),
        ("      timeout: 1m\n      activeDeadlineSeconds: 20\n", LATE, 20),
        ("      pendingTimeout: 10s\n", LATE, 100),
    ],
)
def test_a_pod_has_the_least_of_its_limits(fields: str, spec: str, seconds: int | None) -> None:
    arguments = "  arguments: {parameters: [{name: num, value: '7'}]}\n"
    play = limited(fields, spec + arguments).start()
    assert spec_of(play, "[0].a").get("activeDeadlineSeconds") == seconds


def test_what_is_left_for_an_attempt_is_counted_when_it_begins() -> None:
    backoff = "backoff: {duration: 10, maxDuration: 5m}"
    retry = f"      retryStrategy: {{limit: 5, {backoff}}}\n      timeout: 200s\n"
    play = limited("", "  activeDeadlineSeconds: 1000\n", retry).start()
    assert spec_of(play, "[0].a(0)")["activeDeadlineSeconds"] == 200, "its own timeout"
    play.advance(140).report("[0].a(0)", 1).advance(10)
    assert spec_of(play, "[0].a(1)")["activeDeadlineSeconds"] == 150, "maxDuration of the first"


@pytest.mark.parametrize("handler", ["  onExit: work\n", "  hooks: {exit: {template: work}}\n"])
def test_exit_handlers_have_all_the_time_and_a_label(handler: str) -> None:
    play = Play(steps("        - - {name: a, template: work}\n", LATE + handler)).start()
    assert "workflows.argoproj.io/on-exit" not in meta_of(play, "[0].a")["labels"]
    play.report("[0].a")
    assert "activeDeadlineSeconds" not in spec_of(play, ".onExit")
    assert meta_of(play, ".onExit")["labels"]["workflows.argoproj.io/on-exit"] == "true"


def test_what_is_in_an_exit_handler_has_all_the_time_too() -> None:
    clean = "    - name: clean\n      steps: [[{name: c, template: work, onExit: work}]]\n"
    calls = "        - - {name: a, template: work, onExit: clean}\n"
    play = Play(steps(calls, LATE) + clean).start().report("[0].a")
    assert "activeDeadlineSeconds" not in spec_of(play, "[0].a.onExit[0].c")
    play.report("[0].a.onExit[0].c")
    assert "activeDeadlineSeconds" not in spec_of(play, "[0].a.onExit[0].c.onExit")


NESTED = """
    - name: outer
      nodeSelector: {of: outer}
      tolerations: [{key: outer}]
      RETRY
      steps:
        - - name: s
            template: work
            hooks: {up: {template: work, expression: 'steps.s.status == "Running"'}}
          - {name: own, template: picky}
          - {name: in, template: inner}
    - name: inner
      dag: {tasks: [{name: t, template: work}]}
    - name: picky
      nodeSelector: {of: picky}
      container: {image: busybox, command: [x]}
"""
EVERYWHERE = "  nodeSelector: {of: spec, zone: a}\n  tolerations: [{key: spec}]\n"


@pytest.mark.parametrize("retry", ["", "retryStrategy: {limit: 1}"])
def test_where_a_pod_may_run_comes_whole_from_itself_its_boundary_or_the_spec(retry: str) -> None:
    calls = "        - - {name: a, template: work}\n          - {name: o, template: outer}\n"
    play = Play(steps(calls, EVERYWHERE) + NESTED.replace("RETRY", retry)).start()
    outer = "[0].o(0)" if retry else "[0].o"
    play.report(f"{outer}[0].s", "Running")

    def where(node: str) -> tuple[Any, Any]:
        spec = spec_of(play, node)
        return spec["nodeSelector"], spec["tolerations"]

    assert where("[0].a") == ({"of": "spec", "zone": "a"}, [{"key": "spec"}])
    assert where(f"{outer}[0].s") == ({"of": "outer"}, [{"key": "outer"}])
    assert where(f"{outer}[0].s.hooks.up") == ({"of": "outer"}, [{"key": "outer"}])
    assert where(f"{outer}[0].own") == ({"of": "picky"}, [{"key": "outer"}])
    assert where(f"{outer}[0].in.t") == ({"of": "spec", "zone": "a"}, [{"key": "spec"}])


AVOIDING = "{limit: 3, affinity: {nodeAntiAffinity: {}}}"


@pytest.mark.parametrize("level", ["template", "spec"])
def test_an_attempt_keeps_away_from_the_hosts_of_those_that_failed(level: str) -> None:
    spec = f"  retryStrategy: {AVOIDING}\n" if level == "spec" else ""
    own = f"      retryStrategy: {AVOIDING}\n" if level == "template" else ""
    text = HEAD.replace("entrypoint: main", "entrypoint: t") + spec
    text += f"  templates:\n    - name: t\n{own}      container: {{image: busybox, command: [x]}}\n"
    play = Play(text).start()
    assert "affinity" not in spec_of(play, "(0)")
    play.report("(0)", 1, host_node_name="one").report("(1)", 1, host_node_name="two")
    node = spec_of(play, "(2)")["affinity"]["nodeAffinity"]
    ((term,),) = (node["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"],)
    (rule,) = term["matchExpressions"]
    assert rule == {
        "key": "kubernetes.io/hostname",
        "operator": "NotIn",
        "values": ["one", "two"],
    }


FILLED = """
    - name: t
      inputs: {parameters: [{name: x}]}
      metadata:
        labels: {who: "{{inputs.parameters.x}}", both: template}
        annotations: {at: "{{node.name}} {{pod.name}}", item: "{{steps.name}}"}
      podSpecPatch: '{"hostname": "{{inputs.parameters.x}}", "terminationGracePeriodSeconds": 1}'
      container: {image: "busybox:{{inputs.parameters.x}}", command: [x]}
"""


def test_metadata_and_patches_are_filled_in_for_each_item() -> None:
    spec = """
  podMetadata: {labels: {both: spec, run: "{{workflow.name}}"}, annotations: {own: "1"}}
  podSpecPatch: '{"terminationGracePeriodSeconds": 9, "hostname": "h"}'
"""
    calls = """
        - - name: a
            template: t
            arguments: {parameters: [{name: x, value: "{{item}}"}]}
            withItems: [one, two]
"""
    play = Play(steps(calls, spec.lstrip("\n")) + FILLED).start()
    for number, item in enumerate(("one", "two")):
        node = f"[0].a({number}:{item})"
        meta, pod = meta_of(play, node), spec_of(play, node)
        labels = {key: meta["labels"][key] for key in ("who", "both", "run")}
        assert labels == {"who": item, "both": "template", "run": "wf"}
        assert meta["annotations"]["at"] == f"wf{node} {meta['name']}"
        assert meta["annotations"]["item"] == f"a({number}:{item})"
        assert meta["annotations"]["own"] == "1"
        assert (pod["hostname"], pod["terminationGracePeriodSeconds"]) == (item, 1)
        assert pod["containers"][0]["image"] == f"busybox:{item}"


DEFAULTS = """
  templateDefaults:
    timeout: 90s
    retryStrategy: {limit: 1}
    nodeSelector: {of: defaults}
    container: {image: debian, env: [{name: A, value: a}, {name: B, value: b}]}
    script: {image: python, command: [python]}
"""


def test_defaults_stand_under_each_template_of_the_same_kind() -> None:
    text = HEAD + DEFAULTS.lstrip("\n").replace("    timeout: 90s\n", "")
    text += """
  templates:
    - name: main
      retryStrategy: {limit: 0}
      dag:
        tasks:
          - {name: c, template: c}
          - {name: s, template: s}
          - {name: i, inline: {container: {command: [x]}}}
    - name: c
      nodeSelector: {its: own}
      container: {command: [x], env: [{name: B, value: own}]}
    - name: s
      script: {source: "pass"}
"""
    play = Play(text).start()
    assert play.running == ["(0).c(0)", "(0).i(0)", "(0).s(0)"]
    pod = spec_of(play, "(0).c(0)")
    assert pod["nodeSelector"] == {"of": "defaults", "its": "own"}
    (main,) = pod["containers"]
    assert main["image"] == "debian"
    assert {each["name"]: each["value"] for each in main["env"]} == {"A": "a", "B": "own"}
    (script,) = spec_of(play, "(0).s(0)")["containers"]
    assert (script["image"], script.get("env")) == ("python", None)
    assert spec_of(play, "(0).i(0)")["containers"][0]["image"] == "debian"
    play.report("(0).c(0)", 1).report("(0).c(1)", 1)
    assert play.node("(0).c").message == "No more retries left"


def test_a_pod_of_a_task_is_told_the_name_of_its_task() -> None:
    calls = """
          - name: a
            template: t
            arguments: {parameters: [{name: x, value: "1"}]}
"""
    play = Play(dag(calls) + FILLED.replace("{{steps.name}}", "{{tasks.name}}")).start()
    assert meta_of(play, ".a")["annotations"]["item"] == "a"

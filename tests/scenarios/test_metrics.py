"""Custom metrics, as they are measured at the end of nodes and runs. Argo: 2.5, 4.13."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from argotui.model.changes import Noted
from argotui.model.export import status_json
from argotui.model.exposition import exposition, run_metrics
from argotui.templates import engine_for
from tests.play import Play

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
"""


def text(play: Play) -> list[str]:
    """The samples of a run, without what describes them."""
    written = exposition(run_metrics(play.engine.state, play.now))
    lines = [line for line in written.splitlines() if not line.startswith("#")]
    return [line.removeprefix("argo_workflows_") for line in lines]


COUNTER = """
      metrics:
        prometheus:
          - name: results
            help: how it ended
            labels:
              - {key: code, value: "{{exitCode}}"}
              - {key: status, value: "{{status}}"}
            counter: {value: "1"}
"""


def test_a_counter_counts_each_end() -> None:
    play = Play(
        HEAD
        + """
  templates:
    - name: main
      steps:
        - - {name: l, template: w, withItems: [1, 2, 3], continueOn: {failed: true}}
    - name: w
      container: {image: busybox, command: ["true"]}
"""
        + COUNTER
    ).start()
    assert text(play) == []
    play.report("[0].l(0:1)").report("[0].l(1:2)", 3)
    assert text(play) == [
        'results{code="0",status="Succeeded"} 1',
        'results{code="3",status="Failed"} 1',
    ]
    play.report("[0].l(2:3)")
    assert text(play)[0] == 'results{code="0",status="Succeeded"} 2'


def test_attempts_count_when_another_follows_and_the_last_as_its_retry_node() -> None:
    play = Play(
        HEAD
        + """
  templates:
    - name: main
      retryStrategy: {limit: 2}
      container: {image: busybox, command: ["true"]}
"""
        + COUNTER
    ).start()
    play.report("(0)", 1)
    assert text(play) == ['results{code="1",status="Failed"} 1']
    play.report("(1)", 1).report("(2)", 1)
    assert play.phase == "Failed"
    assert text(play) == ['results{code="1",status="Failed"} 3']


def one(body: str, metric: str, head: str = HEAD) -> Play:
    """A workflow whose entry template `main` has this body and one metric."""
    metrics = f"      metrics:\n        prometheus:\n          - {metric}\n"
    return Play(f"{head}\n  templates:\n    - name: main\n{body}{metrics}").start()


POD = "      container: {image: busybox, command: ['true']}\n"
MANY = """
  templates:
    - name: main
      dag:
        tasks: [{name: a, template: w, withItems: [1, 5, 30]}]
    - name: w
      inputs: {parameters: [{name: p, value: "-"}]}
      outputs: {parameters: [{name: num, valueFrom: {path: /n}}]}
      container: {image: busybox, command: ["true"]}
      metrics:
        prometheus:
"""


def loop(metric: str) -> Play:
    play = Play(f"{HEAD}{MANY}          - {metric}\n").start()
    for item, number in enumerate((1, 5, 30)):
        play.report(f".a({item}:{number})", parameters={"num": str(number)})
    assert play.phase == "Succeeded"
    return play


def test_a_histogram_keeps_buckets_sum_and_count() -> None:
    value = '"{{outputs.parameters.num}}"'
    play = loop(f"{{name: h, help: of n, histogram: {{value: {value}, buckets: [5, 10, 1.5]}}}}")
    assert text(play) == [
        'h_bucket{le="1.5"} 1',
        'h_bucket{le="5"} 2',
        'h_bucket{le="10"} 2',
        'h_bucket{le="+Inf"} 3',
        "h_sum 36",
        "h_count 3",
    ]


def test_a_gauge_is_set_added_to_or_subtracted_from() -> None:
    def gauge(operation: str) -> list[str]:
        value = f'value: "{{{{outputs.parameters.num}}}}", operation: "{operation}"'
        return text(loop(f"{{name: g, help: h, gauge: {{{value}}}}}"))

    assert gauge("Set") == gauge("") == ["g 30"]
    assert gauge("Add") == ["g 36"]
    assert gauge("Sub") == ["g -36"]


def test_when_chooses_and_labels_know_inputs_globals_and_expressions() -> None:
    play = loop(
        "{name: c, help: '{{workflow.name}}', when: '{{outputs.parameters.num}} > 4',"
        " labels: [{key: b, value: '{{inputs.parameters.p}} {{=asInt(outputs.parameters.num)*2}}'},"
        " {key: a, value: '{{node.name}} {{tasks.name}}'}], counter: {value: '2.5'}}"
    )
    assert text(play) == [
        'c{a="wf.a(1:5) a(1:5)",b="- 10"} 2.5',
        'c{a="wf.a(2:30) a(2:30)",b="- 60"} 2.5',
    ]


def test_durations_are_seconds_of_the_node() -> None:
    play = one(POD, "{name: d, help: h, gauge: {value: '{{duration}}'}}")
    play.advance(12.5)
    play.report("wf")
    assert text(play) == ["d 12.5"]


def test_a_real_time_gauge_goes_on_until_its_node_ends() -> None:
    label = "labels: [{key: s, value: '{{status}}'}]"
    play = one(
        POD, f"{{name: d, help: h, {label}, gauge: {{realtime: true, value: '{{{{duration}}}}'}}}}"
    )
    play.advance(3)
    assert text(play) == ['d{s="Pending"} 3']
    play.advance(4)
    assert text(play) == ['d{s="Pending"} 7']
    play.report("wf").advance(100)
    assert text(play) == ['d{s="Succeeded"} 7']


RUN_METRICS = """
  metrics:
    prometheus:
      - name: live
        help: so far
        labels: [{key: status, value: "{{workflow.status}}"}]
        gauge: {realtime: true, value: "{{workflow.duration}}"}
      - name: took
        help: all of it
        labels: [{key: status, value: "{{workflow.status}} {{status}}"}]
        gauge: {value: "{{workflow.duration}}"}
"""


def test_the_run_has_metrics_of_its_own() -> None:
    play = Play(f"{HEAD}{RUN_METRICS}\n  templates:\n    - name: main\n{POD}").start()
    play.advance(9)
    assert text(play) == ['live{status="Running"} 9']
    play.report("wf", 1).advance(50)
    assert text(play) == ['live{status="Failed"} 9', 'took{status="Failed Failed"} 9']


def test_what_is_skipped_omitted_or_remembered_is_not_measured() -> None:
    play = Play(
        HEAD
        + """
  templates:
    - name: main
      dag:
        tasks:
          - {name: a, template: w, when: "1 == 2"}
          - {name: b, template: w, depends: a.Failed}
          - {name: c, template: w, depends: b}
    - name: w
      container: {image: busybox, command: ["true"]}
"""
        + COUNTER.replace(
            '{key: code, value: "{{exitCode}}"}', "{key: node, value: '{{node.name}}'}"
        )
    ).start()
    play.run_all()
    assert text(play) == []
    assert play.phase == "Succeeded"
    assert not play.engine.state.run.metrics_error


def test_all_other_types_are_measured_once() -> None:
    play = Play(
        HEAD
        + """
  templateDefaults:
    metrics:
      prometheus:
        - name: ends
          help: h
          labels: [{key: node, value: "{{node.name}}"}, {key: status, value: "{{status}}"}]
          counter: {value: "1"}
  onExit: bye
  templates:
    - name: main
      steps:
        - - {name: wait, template: nap}
          - {name: retried, template: retried}
    - name: nap
      suspend: {duration: "0"}
    - name: retried
      retryStrategy: {limit: 1}
      dag: {tasks: [{name: t, template: pod}]}
    - {name: pod, container: {image: busybox, command: ["true"]}}
    - {name: bye, steps: [[]]}
"""
    ).start()
    play.run_all()
    assert play.phase == "Succeeded"
    assert text(play) == [
        'ends{node="wf",status="Succeeded"} 1',
        'ends{node="wf.onExit",status="Succeeded"} 1',
        'ends{node="wf[0].retried",status="Succeeded"} 1',
        'ends{node="wf[0].retried(0).t",status="Succeeded"} 1',
        'ends{node="wf[0].wait",status="Succeeded"} 1',
    ]


def test_a_daemon_is_measured_when_it_is_up() -> None:
    play = Play(
        HEAD
        + """
  templates:
    - name: main
      steps:
        - - {name: d, template: d}
        - - {name: w, template: w}
    - {name: w, container: {image: busybox, command: ["true"]}}
    - name: d
      daemon: true
      container: {image: busybox, command: ["true"]}
      metrics: {prometheus: [{name: up, help: h, labels: [{key: s, value: "{{status}}"}],
                              counter: {value: "1"}}]}
"""
    ).start()
    play.report("[0].d", "Running").report("[1].w")
    assert play.phase == "Succeeded"
    assert text(play) == ['up{s="Running"} 1']


def test_an_error_is_a_condition_and_nothing_else() -> None:
    def error(metric: str) -> str:
        play = one(POD, metric)
        play.report("wf")
        assert play.phase == "Succeeded"
        assert text(play) == []
        found: str = play.engine.state.run.metrics_error
        return found

    assert error("{name: a, help: h, counter: {value: '{{nothing}}'}}") == (
        "unable to substitute parameters for metric 'a': failed to resolve {{nothing}}"
    )
    assert error("{name: a, help: h, counter: {value: ten}}") == (
        "could not construct metric 'a': strconv.ParseFloat: parsing \"ten\": invalid syntax"
    )
    assert error("{name: a, help: h, when: '1', counter: {value: '1'}}") == (
        "unable to compute 'when' clause for metric 'wf': "
        "Expected boolean evaluation for '1'. Got 1"
    )
    assert error("{name: a, help: h, gauge: {realtime: true, value: '{{status}}'}}") == (
        "'status' is not available as a real time metric"
    )
    assert error("{name: a, help: h, gauge: {realtime: true, value: 'x{{duration}}'}}") == (
        "real time metrics can only be used with metric variables"
    )
    assert "metric label 'le' is invalid" in error(
        "{name: a, help: h, labels: [{key: le, value: x}], histogram: {value: '1'}}"
    )


def test_a_metric_keeps_its_type_and_help() -> None:
    metrics = (
        "{name: a, help: h, counter: {value: '1'}}\n          - "
        "{name: a, help: other, counter: {value: '1'}}\n          - "
        "{name: a, help: h, gauge: {value: '1'}}"
    )
    play = one(POD, metrics)
    play.report("wf")
    assert text(play) == ["a 1"]
    assert play.engine.state.run.metrics_error == (
        "could not construct metric 'a': Help for metric a is already set to h, it cannot be "
        "changed, could not construct metric 'a': Found existing counter for custom metric a of "
        "type Gauge"
    )
    conditions = status_json(play.engine.state)["conditions"]
    assert conditions[-1]["type"] == "MetricsError"
    assert conditions[-1]["status"] == "True"
    notes = [change.text for change in play.changes if isinstance(change, Noted)]
    assert len(notes) == 2


def test_an_endless_row_of_errors_is_cut() -> None:
    play = loop("{name: a, help: h, counter: {value: '{{node.name}}" + "x" * 3000 + "'}}")
    assert len(play.engine.state.run.metrics_error) < 10_000


def test_a_run_recovered_while_suspended_measures_what_ends_then() -> None:
    """Nothing is walked yet, so the called template is found by its name alone."""
    play = one(POD, "{name: c, help: '{{node.name}}', counter: {value: '1'}}")
    play.suspend()
    play.engine = engine_for(play.resolved, deepcopy(play.folded))
    play.report("wf").suspend(False)
    assert play.phase == "Succeeded"
    assert text(play) == ["c 1"]
    assert not play.engine.state.run.metrics_error


CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "workflows"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("test/e2e/testdata/workflow-dag-metrics.yaml", ['result_counter{status="Succeeded"} 5']),
        (
            "examples/dag-custom-metrics.yaml",
            [
                'playground_workflow_result_counter{playground_id_workflow_counter="test",'
                'status="Succeeded"} 1',
                'playground_workflow_result_task_counter{playground_task_name_counter="TEST-TWO-B"'
                ',status="Succeeded"} 1',
            ],
        ),
        (
            "examples/custom-metrics.yaml",
            [
                'random_int_step_histogram_bucket{le="4.01"} 1',
                'random_int_step_histogram_bucket{le="2.01"} 0',
                'result_counter{name="flakey",status="Succeeded"} 1',
                'duration_gauge{name="workflow"} 4',
                'duration_gauge{name="random-int"} 2',
            ],
        ),
    ],
)
def test_workflows_of_the_corpus(path: str, expected: list[str]) -> None:
    play = Play(CORPUS / path).start()
    while play.work:
        play.advance(2)
        name = play.short(next(iter(play.work)))
        play.report(name, parameters={"rand-int-value": "3"} if "random" in name else {})
    assert play.phase == "Succeeded"
    assert not play.engine.state.run.metrics_error
    assert set(expected) <= set(text(play)), text(play)

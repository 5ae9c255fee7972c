"""Data templates as the engine plays them: what is asked of a store, what a list becomes. 3.9."""

from __future__ import annotations

from argotui.model.work import DataWork
from tests.play import Play

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  artifactRepositoryRef: {configMap: repos, key: k}
  arguments: {parameters: [{name: end, value: .pdf}]}
  templates:
    - name: say
      inputs: {parameters: [{name: f}]}
      container: {image: busybox, command: [echo, "{{inputs.parameters.f}}"]}
    - name: ls
      data:
        source: {artifactPaths: {name: x, s3: {key: "in/{{workflow.name}}"}}}
        transformation: STEPS
    - name: main
      steps:
      - - {name: ls, template: ls}
      - - name: f
          template: say
          withParam: "{{steps.ls.outputs.result}}"
          arguments: {parameters: [{name: f, value: "{{item}}"}]}
"""
KEYS = ["a.pdf", "b.txt", "c.pdf"]
FILTER = """[{expression: "filter(data, {# endsWith '{{workflow.parameters.end}}'})"}]"""


def play(steps: str) -> Play:
    return Play(HEAD.replace("STEPS", steps), strict=True).start()


def test_what_is_asked_has_the_location_filled_in() -> None:
    work = play(FILTER).work["wf[0].ls"][1]
    assert work == DataWork(
        location={"name": "x", "s3": {"key": "in/wf"}},
        repository={"configMap": "repos", "key": "k"},
    )


def test_a_list_goes_through_the_transformations_and_into_a_loop() -> None:
    run = play(FILTER).report("[0].ls", response={"keys": KEYS})
    assert dict(run.node("[0].ls").outputs) == {"result": '["a.pdf","c.pdf"]', "exitCode": "0"}
    assert str(run.node("[0].ls").type) == "Pod"
    assert run.running == ["[1].f(0:a.pdf)", "[1].f(1:c.pdf)"]


def test_a_transformation_may_make_anything_that_is_json() -> None:
    steps = """[{expression: "map(data, {len(#)})"}, {expression: "{'n': sum(data), 'l': data}"}]"""
    run = play(steps).report("[0].ls", response={"keys": KEYS})
    assert run.node("[0].ls").outputs["result"] == '{"l":[5,5,5],"n":15}'


def test_without_keys_the_list_is_empty() -> None:
    run = play(FILTER).report("[0].ls", response={"keys": []})
    assert run.node("[0].ls").outputs["result"] == "[]"
    assert run.node("[1].f").message == "Skipped, empty params"


def test_a_bad_transformation_fails_the_node_and_says_which() -> None:
    run = play("""[{expression: data}, {expression: "data.nope.x"}]""")
    run.report("[0].ls", response={"keys": KEYS})
    node = run.node("[0].ls")
    assert str(node.phase) == "Failed"
    assert "error processing data step 1: failed to evaluate expression" in node.message


def test_what_the_store_says_is_the_message() -> None:
    run = play(FILTER).report("[0].ls", 1, message="no such bucket")
    assert run.node("[0].ls").message == (
        "main: Error (exit code 64): unable to process data template: "
        "unable to process data source: no such bucket"
    )

"""Which document is run, under which name, with which problems."""

import re

import pytest

from argotui.model.errors import ManifestError, UsageError
from argotui.submit.prepare import prepare
from argotui.submit.request import Choices, Source

TEMPLATES = """
  templates:
  - name: main
    container: {image: alpine, command: [echo]}
"""


def document(kind: str, metadata: str) -> str:
    return f"""
apiVersion: argoproj.io/v1alpha1
kind: {kind}
metadata: {metadata}
spec:
  entrypoint: main{TEMPLATES}"""


CRON = f"""
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {{name: nightly}}
spec:
  schedules: ["0 1 * * *"]
  workflowSpec:
    entrypoint: main{TEMPLATES.replace(chr(10) + "  ", chr(10) + "    ")}"""


def source(*texts: str) -> Source:
    return Source(names=("f.yaml",), contents={"f.yaml": "\n---\n".join(texts).encode()})


def test_a_name_is_kept_and_a_generated_one_is_made_as_kubernetes_does():
    assert prepare(source(document("Workflow", "{name: mine}")), Choices()).name == "mine"
    made = prepare(source(document("Workflow", "{generateName: my-}")), Choices())
    assert re.fullmatch(r"my-[bcdfghjklmnpqrstvwxz2456789]{5}", made.name)
    assert made.resolved.metadata.name == made.name


def test_the_command_line_names_it_otherwise():
    text = source(document("Workflow", "{name: mine}"))
    assert prepare(text, Choices(name="yours")).name == "yours"
    assert prepare(text, Choices(generate_name="y-")).name.startswith("y-")


@pytest.mark.parametrize("kind", ["WorkflowTemplate", "ClusterWorkflowTemplate"])
def test_a_template_alone_just_runs_under_a_name_of_its_own(kind):
    found = prepare(source(document(kind, "{name: tool}")), Choices())
    assert found.name.startswith("tool-")
    assert found.resolved.source["kind"] == "Workflow"


def test_a_cron_workflow_runs_once():
    assert prepare(source(CRON), Choices()).name.startswith("nightly-")


def test_a_workflow_comes_before_the_templates_beside_it():
    texts = (document("WorkflowTemplate", "{name: t}"), document("Workflow", "{name: w}"))
    assert prepare(source(*texts), Choices()).name == "w"
    assert prepare(source(*texts), Choices(workflow="t")).name.startswith("t-")


def test_several_are_refused_with_their_names():
    texts = (document("Workflow", "{name: a}"), document("Workflow", "{generateName: b-}"))
    with pytest.raises(UsageError, match="a, b-; choose one with --workflow"):
        prepare(source(*texts), Choices())
    assert prepare(source(*texts), Choices(workflow="a")).name == "a"
    with pytest.raises(UsageError, match="none of that name; there are: a, b-"):
        prepare(source(*texts), Choices(workflow="c"))


def test_nothing_to_run_is_said_with_what_there_was():
    with pytest.raises(UsageError, match=r"no Workflow in f\.yaml .*Pod/p"):
        prepare(source("apiVersion: v1\nkind: Pod\nmetadata: {name: p}"), Choices())


def test_all_problems_come_at_once():
    text = document("Workflow", "{name: w}").replace("main\n  temp", "mian\n  temp")
    text = text.replace("container: {image: alpine", "container: {imag: alpine")
    with pytest.raises(ManifestError) as caught:
        prepare(source(text), Choices(strict=True))
    assert len(caught.value.problems) >= 2


def test_a_secret_is_in_no_document_that_is_kept():
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: b}"
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}"
    found = prepare(source(document("Workflow", "{name: w}"), secret, config), Choices())
    assert [document["kind"] for document in found.documents] == ["Workflow", "ConfigMap"]

"""What no file has comes from the cluster: however far it leads, files first, kept with the run."""

from __future__ import annotations

import json

import pytest

from argotui.model.errors import ManifestError, UsageError
from argotui.model.sought import Answer
from argotui.submit.prepare import prepare
from argotui.submit.request import Choices, Source

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: w-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: which, value: first}]}
  templates:
  - name: main
    steps: [[{name: a, templateRef: {name: "%s", template: work}}]]
"""


def template(name, body, kind="WorkflowTemplate", namespace=None):
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, **({"namespace": namespace} if namespace else {})},
        "spec": {"entrypoint": "work", "templates": [{"name": "work", **body}]},
    }


def calls(name, *, cluster=False):
    ref = {"name": name, "template": "work", **({"clusterScope": True} if cluster else {})}
    return {"steps": [[{"name": "s", "templateRef": ref}]]}


RUNS = {"container": {"image": "alpine", "command": ["true"]}}


class Cluster:
    """Has these objects and remembers what it was asked for."""

    def __init__(self, *documents, namespace="argo"):
        self.documents = {(one["kind"], one["metadata"]["name"]): one for one in documents}
        self.asked = []
        self.home = namespace

    def namespace(self, written):
        return written or self.home

    def look(self, sought, written):
        self.asked += [f"{one.kind}/{one.name}" for one in sought]
        return {
            one: Answer(
                document=self.documents.get((one.kind, one.name)), why="k has none", place="k"
            )
            for one in sought
        }


def source(cluster, *texts, **options):
    contents = {f"f{number}.yaml": text.encode() for number, text in enumerate(texts)}
    return Source(names=tuple(contents), contents=contents, elsewhere=cluster, **options)


def test_references_are_followed_however_far():
    cluster = Cluster(
        template("one", calls("two", cluster=True)),
        template("two", calls("three"), kind="ClusterWorkflowTemplate"),
        template("three", RUNS),
    )
    found = prepare(source(cluster, WORKFLOW % "one"), Choices())
    assert cluster.asked == [
        "WorkflowTemplate/one",
        "ClusterWorkflowTemplate/two",
        "WorkflowTemplate/three",
    ]
    assert {str(key) for key in found.resolved.templates} >= {
        "namespaced/one",
        "cluster/two",
        "namespaced/three",
    }
    assert "WorkflowTemplate 'one' is read from k" in found.warnings


def test_what_the_cluster_gave_is_kept_so_that_nobody_asks_twice():
    found = prepare(source(Cluster(template("one", RUNS)), WORKFLOW % "one"), Choices())
    kept = {f"<kept {n}>": json.dumps(one).encode() for n, one in enumerate(found.documents)}
    again = prepare(Source(names=("w",), contents=kept), Choices(name=found.name))
    assert again.resolved.templates.keys() == found.resolved.templates.keys()


def test_files_win_and_are_not_asked_for():
    mine = json.dumps(template("one", {"container": {"image": "mine", "command": ["x"]}}))
    cluster = Cluster(template("one", RUNS))
    found = prepare(source(cluster, WORKFLOW % "one", mine), Choices())
    assert cluster.asked == []
    assert "mine" in json.dumps(found.documents)


def test_only_what_the_chosen_workflow_leads_to_is_asked_for():
    other = WORKFLOW.replace("w-", "v-") % "elsewhere"
    cluster = Cluster(template("one", RUNS))
    prepare(source(cluster, WORKFLOW % "one", other), Choices(workflow="w-"))
    assert cluster.asked == ["WorkflowTemplate/one"]


def test_a_name_made_of_the_workflows_parameters_is_filled_in_first():
    cluster = Cluster(template("t-second", RUNS))
    text = WORKFLOW % "t-{{workflow.parameters.which}}"
    prepare(source(cluster, text), Choices(parameters={"which": "second"}))
    assert cluster.asked == ["WorkflowTemplate/t-second"]


def test_what_is_nowhere_is_not_found_in_argos_words():
    with pytest.raises(ManifestError) as refused:
        prepare(source(Cluster(), WORKFLOW % "one"), Choices())
    (problem,) = refused.value.problems
    assert "template reference one.work not found" in problem.what
    assert problem.hint.startswith("k has none; give the file")
    whole = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\n" + (
        "spec: {workflowTemplateRef: {name: x, clusterScope: true}}"
    )
    with pytest.raises(ManifestError) as refused:
        prepare(source(Cluster(), whole), Choices())
    assert 'clusterworkflowtemplates.argoproj.io "x" not found' in refused.value.problems[0].what


@pytest.mark.parametrize("name", ["../secrets", "a/b", "A b", "-x"])
def test_a_name_that_no_object_has_is_never_asked_for(name):
    cluster = Cluster()
    with pytest.raises(ManifestError):
        prepare(source(cluster, WORKFLOW % name), Choices())
    assert cluster.asked == []


def test_config_maps_of_parameters_come_from_the_cluster_too():
    text = WORKFLOW.replace("value: first", "valueFrom: {configMapKeyRef: {name: cm, key: k}}")
    labels = {"workflows.argoproj.io/configmap-type": "Parameter"}
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "cm", "labels": labels},
        "data": {"k": "v"},
    }
    found = prepare(source(Cluster(template("one", RUNS), config), text % "one"), Choices())
    assert found.resolved.config_maps["cm"]["data"] == {"k": "v"}
    assert config["data"] in [document.get("data") for document in found.documents]


@pytest.mark.parametrize(
    ("origin", "kind", "label"),
    [
        ("workflowtemplate/t", "WorkflowTemplate", "workflow-template"),
        ("wftmpl/t", "WorkflowTemplate", "workflow-template"),
        ("cwftmpl/t", "ClusterWorkflowTemplate", "cluster-workflow-template"),
    ],
)
def test_a_stored_template_is_run_by_reference(origin, kind, label):
    cluster = Cluster(template("t", RUNS, kind=kind))
    found = prepare(Source(names=("<x>",), contents={}, elsewhere=cluster), Choices(origin=origin))
    assert found.name.startswith("t-")
    assert len(found.name) == 7
    metadata = found.resolved.source["metadata"]
    assert metadata["labels"] == {f"workflows.argoproj.io/{label}": "t"}
    assert found.resolved.source["spec"]["workflowTemplateRef"]["name"] == "t"


def cron(name):
    spec = template("x", RUNS)["spec"]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "CronWorkflow",
        "metadata": {"name": name},
        "spec": {
            "schedules": ["0 1 * * *"],
            "workflowMetadata": {"labels": {"team": "a"}},
            "workflowSpec": spec,
        },
    }


@pytest.mark.parametrize("where", ["file", "library", "cluster"])
def test_a_stored_cron_workflow_is_run_once(where):
    text = json.dumps(cron("nightly"))
    given = {"file": {"c.yaml": text.encode()}}.get(where, {})
    library = {"lib/c.yaml": text.encode()} if where == "library" else {}
    cluster = Cluster(cron("nightly")) if where == "cluster" else Cluster()
    found = prepare(
        Source(names=("<x>",), contents=given, library=library, elsewhere=cluster),
        Choices(origin="cronwf/nightly"),
    )
    labels = found.resolved.metadata.labels
    assert labels == {"team": "a", "workflows.argoproj.io/cron-workflow": "nightly"}
    assert found.name.startswith("nightly-")
    kept = {f"<kept {n}>": json.dumps(one).encode() for n, one in enumerate(found.documents)}
    again = prepare(Source(names=("w",), contents=kept), Choices(name=found.name))
    assert again.resolved.metadata.labels == labels


def test_from_beside_files_runs_what_it_names():
    mine = json.dumps(template("t", RUNS))
    found = prepare(source(None, WORKFLOW % "t", mine), Choices(origin="wftmpl/t"))
    assert found.name.startswith("t-")


@pytest.mark.parametrize("origin", ["t", "workflow/t", "wftmpl/", "wftmpl/a/b", "wftmpl/../x"])
def test_from_what_cannot_be(origin):
    with pytest.raises(UsageError, match="--from"):
        prepare(Source(names=("<x>",), contents={}), Choices(origin=origin))


def test_a_cron_workflow_that_is_nowhere():
    with pytest.raises(UsageError, match=r'cronworkflows.argoproj.io "c" not found: k has none'):
        prepare(
            Source(names=("<x>",), contents={}, elsewhere=Cluster()), Choices(origin="cronwf/c")
        )


def image_of(found):
    return found.loaded.workflow_templates["t"].spec.templates[0].source["container"]["image"]


def in_namespaces(*namespaces):
    body = {one: {"container": {"image": one or "none", "command": ["x"]}} for one in namespaces}
    return [json.dumps(template("t", body[one], namespace=one)) for one in namespaces]


def test_of_templates_of_one_name_that_of_the_runs_namespace_is_meant():
    texts = in_namespaces("a", "b")
    text = WORKFLOW % "t"
    written = text.replace("generateName: w-", "generateName: w-, namespace: b")
    assert image_of(prepare(source(None, written, *texts), Choices())) == "b"
    assert image_of(prepare(source(None, text, *texts), Choices(namespace="a"))) == "a"
    cluster = Cluster(namespace="b")
    assert image_of(prepare(source(cluster, text, *texts), Choices())) == "b"
    assert image_of(prepare(source(None, text, *in_namespaces("a", "")), Choices())) == "none"
    with pytest.raises(ManifestError) as refused:
        prepare(source(None, text, *texts), Choices())
    assert "there is one in each of: a, b" in refused.value.problems[0].hint
    library = {f"lib{number}.yaml": text.encode() for number, text in enumerate(texts)}
    assert image_of(prepare(source(None, written, library=library), Choices())) == "b"


def test_two_of_one_name_in_one_namespace_are_still_one_too_many():
    first, second = in_namespaces("a")[0], in_namespaces("a")[0].replace('"x"', '"y"')
    text = (WORKFLOW % "t").replace("generateName: w-", "generateName: w-, namespace: a")
    with pytest.raises(ManifestError, match="defined twice"):
        prepare(source(None, text, first, second), Choices())

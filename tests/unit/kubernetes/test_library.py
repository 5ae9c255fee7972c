"""What a manifest refers to, read from a server: found, not there, not allowed, no server."""

from __future__ import annotations

import pytest

from argotui.model.errors import RuntimeFault
from argotui.model.sought import ANNOTATION_READ, Sought
from argotui.runtimes.kubernetes.library import read_objects

ARGO = "/apis/argoproj.io/v1alpha1"
X = Sought(kind="WorkflowTemplate", name="x")


def template(name, **metadata):
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "WorkflowTemplate",
        "metadata": {"name": name, "namespace": "argo", **metadata},
        "spec": {"templates": []},
    }


def test_an_object_comes_without_what_the_server_has_added(api, tmp_path):
    applied = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "mine": "1"}
    path = f"{ARGO}/namespaces/argo/workflowtemplates/x"
    api.objects[path] = template("x", uid="u", annotations=applied, managedFields=[1]) | {
        "status": {"old": 1}
    }
    answer = read_objects([X], kubeconfig=api.kubeconfig(tmp_path))[X]
    assert answer.document is not None
    assert answer.document["metadata"] == {
        "name": "x",
        "namespace": "argo",
        "annotations": {"mine": "1", ANNOTATION_READ: "k8s x/argo"},
    }
    assert "status" not in answer.document
    assert answer.place == "k8s x/argo"


def test_each_kind_is_where_the_api_has_it(api, tmp_path):
    sought = [
        Sought(kind=kind, name="n")
        for kind in ("ClusterWorkflowTemplate", "ConfigMap", "CronWorkflow", "WorkflowTemplate")
    ]
    read_objects(sought, namespace="other", kubeconfig=api.kubeconfig(tmp_path))
    assert sorted(api.requests) == [
        "GET /api/v1/namespaces/other/configmaps/n",
        f"GET {ARGO}/clusterworkflowtemplates/n",
        f"GET {ARGO}/namespaces/other/cronworkflows/n",
        f"GET {ARGO}/namespaces/other/workflowtemplates/n",
    ]


def test_what_is_not_there_and_a_server_without_argos_kinds_are_told_apart(api, tmp_path):
    kubeconfig = api.kubeconfig(tmp_path)
    none = read_objects([X], kubeconfig=kubeconfig)[X]
    assert (none.document, none.why) == (None, "k8s x/argo has none of that name either")
    api.faults.append(("workflowtemplates/x", 404, {"message": "404 page not found"}))
    unknown = read_objects([X], kubeconfig=kubeconfig)[X]
    assert "does not know the kind WorkflowTemplate: Argo's CRDs are not installed" in unknown.why


def test_a_missing_right_is_named_with_how_to_grant_it(api, tmp_path):
    message = (
        'workflowtemplates.argoproj.io "x" is forbidden: User "joe" cannot get resource '
        '"workflowtemplates" in API group "argoproj.io" in the namespace "argo"'
    )
    api.faults.append(("workflowtemplates/x", 403, {"message": message}))
    with pytest.raises(RuntimeFault) as refused:
        read_objects([X], kubeconfig=api.kubeconfig(tmp_path))
    said = str(refused.value)
    assert 'cannot read WorkflowTemplate "x": joe may not get workflowtemplates' in said
    assert "--verb=get --resource=workflowtemplates.argoproj.io -n argo" in said


def test_a_server_that_comes_back_is_asked_again_and_one_that_does_not_is_told_of(api, tmp_path):
    kubeconfig = api.kubeconfig(tmp_path)
    api.objects[f"{ARGO}/namespaces/argo/workflowtemplates/x"] = template("x")
    api.faults += [("workflowtemplates/x", 503, {"Retry-After": "0"})]
    assert read_objects([X], kubeconfig=kubeconfig)[X].document is not None
    api.faults += [("workflowtemplates/x", "cut", {})] * 9
    with pytest.raises(RuntimeFault, match="the API server does not answer"):
        read_objects([X], kubeconfig=kubeconfig)

"""Volumes, metadata and everything that is copied into the pod. Argo: 3.1, 9.2, 9.3."""

from __future__ import annotations

from typing import Any

import pytest

from argotui.pods import PodError, build_pod
from tests.unit.pods.podmaking import make_request, pod_spec

TEMPLATE: dict[str, Any] = {"container": {"image": "i"}}


def mounting(*names: str) -> dict[str, Any]:
    mounts = [{"name": name, "mountPath": f"/{name}"} for name in names]
    return {"container": {"image": "i", "volumeMounts": mounts}}


def metadata(template: dict[str, Any] = TEMPLATE, **given: Any) -> dict[str, Any]:
    return build_pod(make_request(template, **given)).pod["metadata"]


def test_only_volumes_that_are_mounted_come_along() -> None:
    volumes = [{"name": "used", "emptyDir": {}}, {"name": "idle", "emptyDir": {}}]
    assert pod_spec(mounting("used"), spec={"volumes": volumes})["volumes"] == volumes[:1]
    assert "volumes" not in pod_spec(TEMPLATE, spec={"volumes": volumes})


def test_a_volume_is_looked_up_in_template_then_spec_then_claims() -> None:
    of_spec = [{"name": "a", "hostPath": {"path": "/spec"}}, {"name": "b", "emptyDir": {}}]
    spec = pod_spec(
        {**mounting("a", "b", "c"), "volumes": [{"name": "a", "emptyDir": {}}]},
        spec={"volumes": of_spec},
        claims={"a": "wf-a", "b": "wf-b", "c": "wf-c"},
    )
    assert spec["volumes"] == [
        {"name": "a", "emptyDir": {}},
        {"name": "b", "emptyDir": {}},
        {"name": "c", "persistentVolumeClaim": {"claimName": "wf-c"}},
    ]


@pytest.mark.parametrize(
    "template",
    [
        mounting("nowhere"),
        {**TEMPLATE, "sidecars": [{"name": "s", "volumeMounts": [{"name": "nowhere"}]}]},
        {**TEMPLATE, "initContainers": [{"name": "s", "volumeDevices": [{"name": "nowhere"}]}]},
    ],
)
def test_a_volume_that_is_nowhere_is_an_error_in_argos_words(template: dict[str, Any]) -> None:
    with pytest.raises(PodError) as caught:
        pod_spec(template)
    assert caught.value.text == "volume 'nowhere' not found in workflow spec"


def test_volumes_of_the_boundary_are_not_inherited() -> None:
    boundary = {"name": "main", "volumes": [{"name": "v", "emptyDir": {}}]}
    with pytest.raises(PodError):
        pod_spec(mounting("v"), boundary=boundary)


def test_labels_and_annotations_have_argos_names() -> None:
    made = metadata(on_exit=True, namespace="ns")
    assert made["name"] == "wf-t-1"
    assert made["namespace"] == "ns"
    assert made["labels"] == {
        "workflows.argoproj.io/workflow": "wf",
        "workflows.argoproj.io/completed": "false",
        "workflows.argoproj.io/on-exit": "true",
        "argotui.dev/run": "run-1",
    }
    assert made["annotations"] == {
        "workflows.argoproj.io/node-name": "wf[0].a",
        "workflows.argoproj.io/node-id": "wf-1",
        "kubectl.kubernetes.io/default-container": "main",
    }
    assert "workflows.argoproj.io/on-exit" not in metadata()["labels"]


def test_the_default_container_of_a_set_without_main_is_its_first() -> None:
    made = metadata({"containerSet": {"containers": [{"name": "a"}, {"name": "b"}]}})
    assert made["annotations"]["kubectl.kubernetes.io/default-container"] == "a"


def test_the_strategy_of_pod_gc_is_an_annotation() -> None:
    key = "workflows.argoproj.io/pod-gc-strategy"
    given = {"podGC": {"strategy": "OnPodSuccess"}}
    assert metadata(spec=given)["annotations"][key] == "OnPodSuccess/5s"
    given = {"podGC": {"strategy": "OnPodSuccess", "deleteDelayDuration": "1m"}}
    assert metadata(spec=given)["annotations"][key] == "OnPodSuccess/1m"


def test_metadata_is_merged_from_spec_and_template() -> None:
    made = metadata(
        {**TEMPLATE, "metadata": {"labels": {"c": "template", "number": 1, "flag": True}}},
        spec={"podMetadata": {"labels": dict.fromkeys("ac", "spec"), "annotations": {"x": "y"}}},
    )
    labels = made["labels"]
    assert (labels["a"], labels["c"]) == ("spec", "template")
    assert (labels["number"], labels["flag"]) == ("1", "true")
    assert made["annotations"]["x"] == "y"


def test_nobody_can_claim_a_pod_for_another_run() -> None:
    template = {**TEMPLATE, "metadata": {"labels": {"argotui.dev/run": "other"}}}
    assert metadata(template)["labels"]["argotui.dev/run"] == "run-1"


@pytest.mark.parametrize(
    ("key", "low", "middle", "high"),
    [
        ("nodeSelector", {"a": "1"}, {"b": "2"}, {"c": "3"}),
        ("tolerations", [{"key": "a"}], [{"key": "b"}], [{"key": "c"}]),
        ("affinity", {"podAffinity": {}}, {"nodeAffinity": {}}, {"podAntiAffinity": {}}),
    ],
)
def test_scheduling_comes_whole_from_template_boundary_or_spec(
    key: str, low: Any, middle: Any, high: Any
) -> None:
    boundary = {"name": "main", key: middle}
    every = pod_spec({**TEMPLATE, key: high}, boundary=boundary, spec={key: low})
    assert every[key] == high
    assert pod_spec(TEMPLATE, boundary=boundary, spec={key: low})[key] == middle
    assert pod_spec({**TEMPLATE, key: type(high)()}, spec={key: low})[key] == low
    assert key not in pod_spec(TEMPLATE)


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [
        ("serviceAccountName", "spec", "template"),
        ("securityContext", {"runAsUser": 1}, {"runAsGroup": 2}),
        ("schedulerName", "spec", "template"),
        ("resourceClaims", [{"name": "a"}], [{"name": "b"}]),
        ("automountServiceAccountToken", True, False),
    ],
)
def test_the_template_stands_over_the_spec(key: str, low: Any, high: Any) -> None:
    assert pod_spec({**TEMPLATE, key: high}, spec={key: low})[key] == high
    assert pod_spec(TEMPLATE, spec={key: low})[key] == low
    assert key not in pod_spec(TEMPLATE)


def test_identity_is_not_inherited_from_the_boundary() -> None:
    boundary = {"name": "main", "serviceAccountName": "x", "securityContext": {"runAsUser": 1}}
    spec = pod_spec(TEMPLATE, boundary=boundary)
    assert spec.keys().isdisjoint({"serviceAccountName", "securityContext"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("hostNetwork", True),
        ("dnsPolicy", "None"),
        ("dnsConfig", {"nameservers": ["1.1.1.1"]}),
        ("imagePullSecrets", [{"name": "s"}]),
    ],
)
def test_network_and_pull_secrets_come_from_the_spec(key: str, value: Any) -> None:
    assert pod_spec(TEMPLATE, spec={key: value})[key] == value


def test_fields_whose_name_in_a_pod_differs() -> None:
    template = {
        **TEMPLATE,
        "priorityClassName": "high",
        "podResources": {"limits": {"cpu": 1}},
        "hostAliases": [{"ip": "2.2.2.2"}],
    }
    given = {
        "podPriorityClassName": "low",
        "podResources": {"limits": {"cpu": 2}},
        "hostAliases": [{"ip": "1.1.1.1"}],
    }
    spec = pod_spec(template, spec=given)
    assert spec["priorityClassName"] == "high"
    assert spec["resources"] == {"limits": {"cpu": 1}}
    assert spec["hostAliases"] == [{"ip": "1.1.1.1"}, {"ip": "2.2.2.2"}]
    assert pod_spec(TEMPLATE, spec=given)["priorityClassName"] == "low"


def test_a_pod_is_never_restarted() -> None:
    assert pod_spec(TEMPLATE)["restartPolicy"] == "Never"


@pytest.mark.parametrize(("seconds", "whole"), [(10, 10), (2.1, 3), (0.2, 1), (-5, 1)])
def test_a_deadline_is_exact_for_us_and_whole_for_the_kubelet(seconds: float, whole: int) -> None:
    work = build_pod(make_request(TEMPLATE, deadline_seconds=seconds))
    assert work.deadline_seconds == seconds
    assert work.pod["spec"]["activeDeadlineSeconds"] == whole


def test_no_deadline() -> None:
    work = build_pod(make_request(TEMPLATE))
    assert work.deadline_seconds is None
    assert "activeDeadlineSeconds" not in work.pod["spec"]


def required(spec: dict[str, Any]) -> dict[str, Any]:
    return spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]


def test_a_retry_avoids_the_hosts_that_failed() -> None:
    rule = {"key": "kubernetes.io/hostname", "operator": "NotIn", "values": ["a", "b"]}
    spec = pod_spec(TEMPLATE, failed_hosts=("b", "a", "b"))
    assert required(spec) == {"nodeSelectorTerms": [{"matchExpressions": [rule]}]}


def test_every_alternative_of_an_affinity_avoids_them() -> None:
    zone = {"key": "zone", "operator": "Exists"}
    terms = [{"matchExpressions": [zone]}, {"matchFields": [zone]}]
    affinity = {
        "podAffinity": {"kept": True},
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}
        },
    }
    spec = pod_spec({**TEMPLATE, "affinity": affinity}, failed_hosts=("h",))
    first, second = required(spec)["nodeSelectorTerms"]
    assert first["matchExpressions"][0] == zone
    assert first["matchExpressions"][1]["values"] == ["h"]
    assert second["matchFields"] == [zone]
    assert second["matchExpressions"][0]["values"] == ["h"]
    assert spec["affinity"]["podAffinity"] == {"kept": True}
    assert terms == [{"matchExpressions": [zone]}, {"matchFields": [zone]}]

"""podSpecPatch: order, formats, refusals. Argo: 3.1."""

from __future__ import annotations

from typing import Any

import pytest

from argotui.pods import PodError, build_pod
from tests.unit.pods.podmaking import container, make_request, pod_spec

TEMPLATE: dict[str, Any] = {"container": {"image": "i", "env": [{"name": "A", "value": "1"}]}}


def patched(patch: Any, spec_patch: Any = None) -> dict[str, Any]:
    spec = {"podSpecPatch": spec_patch} if spec_patch is not None else {}
    return pod_spec({**TEMPLATE, "podSpecPatch": patch}, spec=spec)


@pytest.mark.parametrize(
    "patch",
    [
        '{"containers": [{"name": "main", "env": [{"name": "B", "value": "2"}]}]}',
        "containers:\n- name: main\n  env:\n  - {name: B, value: '2'}\n",
    ],
)
def test_json_and_yaml_merge_containers_and_env_by_name(patch: str) -> None:
    spec = patched(patch)
    assert container("main", spec)["image"] == "i"
    env = {each["name"]: each["value"] for each in container("main", spec)["env"]}
    assert env == {"A": "1", "B": "2"}


def test_the_templates_patch_comes_over_the_specs() -> None:
    spec = patched(
        "terminationGracePeriodSeconds: 5",
        "{terminationGracePeriodSeconds: 3, schedulerName: from-spec}",
    )
    assert spec["terminationGracePeriodSeconds"] == 5
    assert spec["schedulerName"] == "from-spec"


def test_a_patch_for_argos_own_containers_adds_none() -> None:
    spec = patched(
        "{containers: [{name: wait, resources: {}}, {name: main, tty: true}], "
        "initContainers: [{name: init}]}"
    )
    assert [each["name"] for each in spec["containers"]] == ["main"]
    assert container("main", spec)["tty"] is True
    assert not spec.get("initContainers")


def test_a_patch_can_add_a_sidecar() -> None:
    work = build_pod(
        make_request({**TEMPLATE, "podSpecPatch": "containers: [{name: side, image: s}]"})
    )
    assert {each["name"] for each in work.pod["spec"]["containers"]} == {"main", "side"}
    assert work.mains == ("main",)


def test_a_patched_deadline_is_ours_too() -> None:
    template = {**TEMPLATE, "podSpecPatch": "activeDeadlineSeconds: 7"}
    assert build_pod(make_request(template, deadline_seconds=2.5)).deadline_seconds == 7
    other = {**TEMPLATE, "podSpecPatch": "hostNetwork: true"}
    assert build_pod(make_request(other, deadline_seconds=2.5)).deadline_seconds == 2.5


@pytest.mark.parametrize(
    "patch",
    [
        '{"containers": [{"name": %q}]}',
        "just words",
        "[1, 2]",
        "containers: [{image: nameless}]",
        "containers: [{name: {}}]",
        "containers: [text]",
        "volumes: [{emptyDir: {}}]",
        "volumes: 1",
        "containers: 3",
        "containers: [{name: main, $patch: delete}]",
        "$patch: delete",
        "activeDeadlineSeconds: soon",
        "a: &a [*a]",
        "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
        "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
        "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]",
    ],
)
def test_a_patch_that_is_none_is_an_error_in_argos_words(patch: str) -> None:
    with pytest.raises(PodError) as caught:
        patched(patch)
    assert caught.value.text == str(caught.value) == "Error applying PodSpecPatch"
    assert caught.value.detail


def test_a_patch_written_as_an_object_is_taken_as_it_stands() -> None:
    patch = {"containers": [{"name": "main", "tty": True}]}
    assert container("main", patched(patch))["tty"] is True
    assert patch == {"containers": [{"name": "main", "tty": True}]}


def test_a_date_in_yaml_is_text() -> None:
    spec = patched("containers: [{name: main, env: [{name: A, value: 2024-01-02}]}]")
    assert container("main", spec)["env"] == [{"name": "A", "value": "2024-01-02"}]

"""What holds for every template: inputs stay as they are, pods are JSON, oddities are PodErrors."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from argotui.model.work import ContainerState, PodState, Report
from argotui.pods import PodError, build_pod, judge
from tests.unit.pods.podmaking import make_request

SCALAR = st.none() | st.booleans() | st.integers(-3, 9) | st.sampled_from(["", "a", "main", "v"])
KEYS = ["name", "mountPath", "labels", "nodeAffinity", "emptyDir", "a"]
JSON = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=6,
)
MOUNTS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("vwx"), "mountPath": st.sampled_from(["/a", "/b"])}
    ),
    max_size=3,
)
CONTAINER = st.fixed_dictionaries(
    {"image": st.just("i")},
    optional={"volumeMounts": MOUNTS | JSON, "args": JSON, "env": JSON, "command": JSON},
)
HELPERS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("pq")},
        optional={"mirrorVolumeMounts": st.booleans(), "volumeMounts": MOUNTS | JSON},
    ),
    max_size=2,
)
VOLUMES = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("vwx")}, optional={"emptyDir": JSON}), max_size=3
)
PATCH = st.sampled_from(
    ["", "hostNetwork: true", '{"containers": [{"name": "main", "tty": true}]}', "{", "volumes: 1"]
)
COMMON = {
    "volumes": VOLUMES | JSON,
    "affinity": JSON,
    "tolerations": JSON,
    "hostAliases": JSON,
    "podSpecPatch": PATCH,
    "securityContext": JSON,
}
TEMPLATE = st.one_of(
    st.fixed_dictionaries(
        {"container": CONTAINER},
        optional={**COMMON, "sidecars": HELPERS | JSON, "metadata": JSON},
    ),
    st.fixed_dictionaries(
        {"script": CONTAINER.map(lambda each: {**each, "source": "x"})},
        optional={**COMMON, "initContainers": HELPERS | JSON},
    ),
    st.fixed_dictionaries(
        {
            "containerSet": st.fixed_dictionaries(
                {
                    "containers": st.lists(
                        CONTAINER.map(lambda each: {**each, "name": "main"}), max_size=2
                    )
                },
                optional={"volumeMounts": MOUNTS},
            )
        },
        optional=COMMON,
    ),
)
SPEC = st.fixed_dictionaries({}, optional={**COMMON, "podMetadata": JSON, "podGC": JSON})
HOSTS = st.sampled_from([(), ("h1", "h2")])


@given(TEMPLATE, SPEC, HOSTS)
def test_building_writes_to_nothing_and_shares_nothing(
    template: dict[str, Any], spec: dict[str, Any], hosts: tuple[str, ...]
) -> None:
    before = copy.deepcopy((template, spec))
    try:
        work = build_pod(make_request(template, spec=spec, failed_hosts=hosts))
    except PodError:
        pass
    else:
        assert json.loads(json.dumps(work.pod)) == work.pod
        _scribble(work.pod)
    assert (template, spec) == before


@given(TEMPLATE, SPEC)
def test_building_twice_gives_the_same_bytes(
    template: dict[str, Any], spec: dict[str, Any]
) -> None:
    request = make_request(template, spec=spec)
    try:
        first = build_pod(request)
    except PodError:
        return
    assert json.dumps(first.pod) == json.dumps(build_pod(request).pod)


STATE = st.builds(
    ContainerState,
    name=st.sampled_from(["main", "a", "b"]),
    kind=st.sampled_from(["init", "main", "sidecar"]),
    state=st.sampled_from(["waiting", "running", "terminated"]),
    exit_code=st.sampled_from([None, 0, 1, 64, 137]),
    reason=st.sampled_from(["", "Error", "OOMKilled"]),
    message=st.sampled_from(["", "words"]),
    ready=st.booleans(),
)
REPORT = st.builds(
    Report,
    state=st.sampled_from(PodState),
    containers=st.lists(STATE, max_size=4).map(tuple),
    message=st.sampled_from(["", "words"]),
    reason=st.sampled_from(["", "DeadlineExceeded"]),
    stage_errors=st.sampled_from([(), ("x",)]),
    collect_errors=st.sampled_from([(), ("x",)]),
    fault=st.sampled_from(["", "fault"]),
)


@given(REPORT, st.booleans(), st.booleans(), st.booleans())
def test_every_report_has_a_phase(
    report: Report, daemon: bool, daemoned: bool, several: bool
) -> None:
    template = (
        {"containerSet": {"containers": [{"name": "a"}, {"name": "b"}]}}
        if several
        else {"container": {"image": "i"}}
    )
    request = make_request({**template, "daemon": daemon})
    judgement = judge(report, work=build_pod(request), template=request.template, daemoned=daemoned)
    assert judgement.phase.is_completed or not (report.state.has_ended or report.fault)
    assert daemon or not judgement.daemoned
    assert not (judgement.daemoned and judgement.phase.is_completed)
    if judgement.phase.is_completed:
        assert all(child.phase.is_completed for child in judgement.children)


def _scribble(value: Any) -> None:
    match value:
        case dict():
            for item in value.values():
                _scribble(item)
            value["scribble"] = 1
        case list():
            for item in value:
                _scribble(item)
            value.append("scribble")

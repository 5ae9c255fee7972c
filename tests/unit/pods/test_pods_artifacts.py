"""Artifacts without a store: raw ones are staged, others refused or absent. Argo: 5.1, 5.5, 5.6."""

from __future__ import annotations

from typing import Any

import pytest

from argotui.model.work import PodWork, StagedFile
from argotui.pods import PodError, build_pod
from tests.unit.pods.podmaking import make_request


def work(*inputs: dict[str, Any], outputs: list[dict[str, Any]] | None = None) -> PodWork:
    template = {
        "container": {"image": "busybox"},
        "inputs": {"artifacts": list(inputs)},
        "outputs": {"artifacts": outputs or []},
    }
    return build_pod(make_request(template))


def raw(path: str, data: Any = "text\n", **more: Any) -> dict[str, Any]:
    return {"name": "f", "path": path, "raw": {"data": data}, **more}


def test_a_raw_artifact_is_a_file_of_main() -> None:
    assert work(raw("/in/deep/f.txt")).stage == (
        StagedFile(container="main", path="/in/deep/f.txt", content="text\n", mode=0o644),
    )


def test_its_mode_is_honoured_and_optional_makes_no_difference() -> None:
    for mode in (0o755, 0):
        (staged,) = work(raw("/f", mode=mode, optional=True)).stage
        assert staged.mode == mode


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [("in/f", "/in/f"), ("/in//./f/", "/in/f"), ("/in/../f", "/f")],
)
def test_paths_are_cleaned_and_begin_at_the_root(path: str, cleaned: str) -> None:
    assert work(raw(path)).stage[0].path == cleaned


@pytest.mark.parametrize("path", ["", "/", ".", "..", "/../f", "a/../../f"])
def test_a_path_that_cannot_be_is_refused(path: str) -> None:
    with pytest.raises(PodError, match=r"input artifact 'f': path '.*' cannot be"):
        work(raw(path))


def test_data_that_is_no_text_is_refused() -> None:
    with pytest.raises(PodError, match=r"raw\.data must be a text"):
        work(raw("/f", {"a": 1}))


def test_a_script_keeps_its_own_file_and_a_set_gets_the_artifact_in_every_main() -> None:
    inputs = {"artifacts": [raw("/f")]}
    script = {"script": {"image": "python", "source": "x"}, "inputs": inputs}
    assert [s.path for s in build_pod(make_request(script)).stage] == ["/argo/staging/script", "/f"]
    containers = [{"name": name, "image": "busybox"} for name in ("a", "b")]
    mains = {"containerSet": {"containers": containers}, "inputs": inputs}
    staged = build_pod(make_request(mains)).stage
    assert [(s.container, s.path) for s in staged] == [("a", "/f"), ("b", "/f")]


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ({"s3": {"key": "k"}}, "input artifact 'f' of kind s3 needs an artifact store, which"),
        ({"git": {"repo": "r"}}, "input artifact 'f' of kind git needs an artifact store, which"),
        ({}, "input artifact 'f' needs an artifact store, which argotui does not have yet"),
    ],
)
def test_what_a_store_would_have_to_bring_is_refused_by_name(
    location: dict[str, Any], words: str
) -> None:
    artifact = {"name": "f", "path": "/f", **location}
    with pytest.raises(PodError, match=words):
        work(artifact)
    assert work({**artifact, "optional": True}).stage == ()


def test_output_artifacts_are_named_as_not_kept() -> None:
    outputs = [{"name": "a", "path": "/a"}, {"name": "b", "path": "/b", "s3": {"key": "k"}}]
    assert work(outputs=outputs).unkept == ("a", "b")
    assert work().unkept == ()


def mounts(**location: Any) -> list[Any]:
    pod = work({"name": "f", "path": "/in/f", "optional": True, **location}).pod
    return pod["spec"]["containers"][0].get("volumeMounts", [])


def test_the_path_of_an_absent_optional_input_is_an_empty_folder() -> None:
    mount = {"name": "input-artifacts", "mountPath": "/in/f", "subPath": "f"}
    assert mounts(s3={"key": "k"}) == [mount]


@pytest.mark.parametrize("location", [{}, {"http": {"url": ""}}, {"raw": {"data": ""}}])
def test_it_is_nothing_where_nobody_says_where_it_would_be(location: dict[str, Any]) -> None:
    assert mounts(**location) == []

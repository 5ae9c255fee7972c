"""Which programs stand in for which image."""

from __future__ import annotations

import pytest

from argotui.model.errors import UsageError
from argotui.runtimes.local.images import plain_name, stand_in


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("alpine", "alpine"),
        ("alpine:3.23", "alpine"),
        ("docker.io/library/alpine:3", "alpine"),
        ("localhost:5000/team/tool:1@sha256:abc", "team/tool"),
        ("quay.io/argoproj/argosay:v2", "argoproj/argosay"),
        ("registry:5000/python", "python"),
    ],
)
def test_a_name_is_what_is_left_without_registry_tag_and_digest(image, name):
    assert plain_name(image)[0] == name


@pytest.mark.parametrize(
    ("image", "tools"),
    [
        ("alpine:3.23", ("busybox",)),
        ("busybox", ("busybox",)),
        ("curlimages/curl:latest", ("busybox",)),
        ("python:alpine3.23", ("python",)),
        ("docker/whalesay", ("whale", "python")),
        ("argoproj/argosay:v1", ("whale", "python")),
        ("bash:5", ()),
    ],
)
def test_known_images(image, tools):
    found = stand_in(image, {})
    assert (found.tools, found.known) == (tools, True)


def test_the_two_argosays_differ():
    assert stand_in("argoproj/argosay:v1", {}).entrypoint == ()
    assert stand_in("argoproj/argosay:v2", {}).entrypoint == ("/argosay",)
    assert stand_in("docker.io/argoproj/argosay:v2", {}).entrypoint == ("/argosay",)


def test_an_unknown_image_is_marked_so():
    assert not stand_in("acme/tool", {}).known
    assert not stand_in("acme/alpine", {}).known


def test_the_users_table_comes_first():
    own = {"alpine:*": {"path": "/opt/a/bin", "command": ["tool"], "env": {"N": 1}}}
    found = stand_in("docker.io/library/alpine:3", own)
    assert (found.path, found.command, dict(found.env)) == (("/opt/a/bin",), ("tool",), {"N": "1"})
    assert stand_in("busybox", own).tools == ("busybox",)


def test_an_entry_of_another_shape_is_the_users_mistake():
    with pytest.raises(UsageError, match="paths"):
        stand_in("x", {"x": {"paths": "/opt"}})

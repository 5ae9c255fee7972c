"""A watch that breaks in every way it can: nothing is lost, nothing keeps it from going on."""

from __future__ import annotations

import pytest

from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.watch import Watcher
from tests.unit.kubernetes.server import until

PATH = "/api/v1/namespaces/argo/pods"


def a_pod(api, name="p", **status):
    metadata = {"name": name, "uid": f"u-{name}", "resourceVersion": api.next_version()}
    return {"metadata": metadata, "status": status}


class Story:
    def __init__(self, client, **more):
        self.seen, self.lists, self.troubles = [], [], []
        self.watcher = Watcher(
            client,
            PATH,
            {"labelSelector": "run=1"},
            seen=lambda kind, pod: self.seen.append((kind, pod["metadata"]["name"])),
            listed=self.lists.append,
            troubled=self.troubles.append,
            **more,
        )


@pytest.fixture
def client(api, tmp_path):
    found = Client(kubeconfig=api.kubeconfig(tmp_path))
    yield found
    found.close()


@pytest.fixture
def story(client):
    told = Story(client)
    yield told
    told.watcher.close()


def test_events_come_as_they_are(api, story):
    story.watcher.start("100")
    for kind in ("ADDED", "MODIFIED", "DELETED"):
        api.event(kind, a_pod(api))
    until(lambda: len(story.seen) == 3, "three events")
    assert [kind for kind, _ in story.seen] == ["ADDED", "MODIFIED", "DELETED"]
    (request,) = api.seen("watch")
    assert "allowWatchBookmarks=true" in request
    assert "timeoutSeconds=300" in request


def test_a_watch_that_ends_goes_on_from_where_it_was(api, story):
    story.watcher.start("100")
    api.event("ADDED", a_pod(api, "a"))
    until(lambda: story.seen, "the first")
    api.cut_watch.set()
    with api.changed:
        api.changed.notify_all()
    until(lambda: len(api.seen("watch")) >= 2, "a second watch")
    api.cut_watch.clear()
    api.event("ADDED", a_pod(api, "b"))
    until(lambda: len(story.seen) == 2, "the second")
    assert [name for _, name in story.seen] == ["a", "b"]
    assert story.lists == []


def test_a_bookmark_moves_the_place_to_go_on_from(api, story):
    story.watcher.start("100")
    bookmark = {"metadata": {"name": "", "resourceVersion": "777"}}
    api.event("BOOKMARK", bookmark, keep=False)
    api.event("ADDED", {"metadata": {"name": "z", "resourceVersion": "778"}}, keep=False)
    until(lambda: story.seen, "the event after the bookmark")
    api.cut_watch.set()
    with api.changed:
        api.changed.notify_all()
    until(lambda: api.seen("resourceVersion=778"), "a watch from there on")


@pytest.mark.parametrize("how", ["answer", "event"])
def test_what_is_too_old_is_listed_again(api, story, how):
    if how == "answer":
        api.faults = [("watch", 410, {})]
    api.objects[f"{PATH}/a"] = a_pod(api, "a")
    story.watcher.start("1")
    if how == "event":
        gone = {"code": 410, "message": "too old resource version"}
        with api.changed:
            api.events.append({"type": "ERROR", "object": gone})
            api.changed.notify_all()
    until(lambda: story.lists, "a list")
    assert [pod["metadata"]["name"] for pod in story.lists[0]] == ["a"]


def test_a_server_in_trouble_is_asked_again(api, story):
    api.faults = [("watch", 500, {}), ("watch", 429, {"Retry-After": "0"}), ("watch", "cut", {})]
    story.watcher.start("100")
    api.event("ADDED", a_pod(api))
    until(lambda: story.seen, "the event after all")
    assert len([each for each in story.troubles if each]) == 3


def test_a_socket_that_is_dead_is_left(api, client):
    story = Story(client, read_seconds=0.2)
    story.watcher.start("100")
    try:
        api.wait_for("watch", count=2)
        api.event("ADDED", a_pod(api))
        until(lambda: story.seen, "the event on a later connection")
    finally:
        story.watcher.close()

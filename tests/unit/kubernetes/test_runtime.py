"""The runtime against a server that breaks: nothing is started twice, nothing is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from argotui.logs.spool import SpoolReader, log_path
from argotui.model.work import PodState, PodWork, WorkRef
from argotui.runtimes.kubernetes import pods
from argotui.runtimes.kubernetes.client import Client
from argotui.runtimes.kubernetes.runtime import KubernetesRuntime
from argotui.runtimes.port import RunPlace
from tests.unit.kubernetes.server import PATIENCE
from tests.unit.kubernetes.test_report import ended, running, waiting

PODS = "/api/v1/namespaces/argo/pods"
REF = WorkRef(run_id="r1", node_name="wf.a", node_id="wf-1", attempt=1, pod_name="wf-a-1")
WORK = PodWork(pod={"spec": {"containers": [{"name": "main", "image": "i", "command": ["x"]}]}})


class Story:
    def __init__(self, api, folder):
        self.api, self.folder, self.seen = api, folder, []
        self.runtime = None

    async def open(self, **options):
        client = Client(kubeconfig=self.api.kubeconfig(self.folder))
        self.runtime = KubernetesRuntime(client, **options)
        place = RunPlace(
            run_id="r1",
            workflow_name="wf",
            namespace="argo",
            folder=self.folder,
            logs=self.folder / "logs",
            work=self.folder / "work",
        )
        await self.runtime.open(place, self.seen.append)

    @property
    def states(self):
        return [each.report.state for each in self.seen]

    @property
    def last(self):
        return self.seen[-1].report

    async def until(self, truth, what):
        async with asyncio.timeout(PATIENCE):
            while not truth():  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        assert truth(), what

    def pod(self, phase, *statuses, version=None, **status):
        """The pod as it was created, in a later state."""
        made = self.api.objects[f"{PODS}/{REF.pod_name}"]
        metadata = {**made["metadata"], "resourceVersion": version or self.api.next_version()}
        found = {"phase": phase, "containerStatuses": list(statuses), **status}
        return {**made, "metadata": metadata, "status": found}


@pytest.fixture
def tell(api, tmp_path):
    def perform(story):
        async def whole():
            told = Story(api, tmp_path)
            try:
                await story(told)
            finally:
                api.cut_watch.set()
                if told.runtime is not None:
                    await told.runtime.close(keep_running=True)

        asyncio.run(whole())

    return perform


def test_news_that_come_twice_or_late_change_nothing(api, tell):
    async def story(told):
        await told.open()
        await told.runtime.start(REF, WORK)
        early = told.pod("Pending", waiting("ContainerCreating"))
        up = told.pod("Running", running())
        for event in (up, early, up, up):
            api.event("MODIFIED", event)
        done = told.pod("Succeeded", ended())
        for event in (done, up, done):
            api.event("MODIFIED", event)
        await told.until(lambda: told.states[-1] is PodState.SUCCEEDED, "the end")
        order = [PodState.PENDING, PodState.RUNNING, PodState.SUCCEEDED]
        assert told.states == sorted(told.states, key=order.index)
        assert told.states.count(PodState.SUCCEEDED) == 1

    tell(story)


def test_an_answer_that_was_lost_does_not_start_it_twice(api, tell):
    """The pod was made, the answer got lost: the second request finds it."""

    async def story(told):
        await told.open()
        api.faults = [("POST .*/pods", "cut", {}), ("POST .*/pods", 500, {})]
        await told.runtime.start(REF, WORK)
        await told.until(lambda: told.states, "news")
        await told.runtime.start(REF, WORK)
        made = api.objects[f"{PODS}/{REF.pod_name}"]
        api.event("MODIFIED", {**told.pod("Succeeded", ended())})
        await told.until(lambda: told.states[-1] is PodState.SUCCEEDED, "the end")
        assert made["metadata"]["labels"]["argotui.dev/attempt"] == "1"

    tell(story)


@pytest.mark.parametrize(
    ("labels", "is_ours"),
    [
        ({"argotui.dev/run": "r1", "argotui.dev/attempt": "1"}, True),
        ({"argotui.dev/run": "other", "argotui.dev/attempt": "1"}, False),
        ({}, False),
    ],
)
def test_a_name_that_is_taken_counts_only_if_it_is_this_very_work(api, tell, labels, is_ours):
    async def story(told):
        annotations = {"workflows.argoproj.io/node-id": "wf-1"}
        metadata = {"name": REF.pod_name, "uid": "u", "resourceVersion": "50"}
        metadata |= {"labels": labels, "annotations": annotations}
        api.objects[f"{PODS}/{REF.pod_name}"] = {"metadata": metadata, "spec": {}, "status": {}}
        await told.open()
        await told.runtime.start(REF, WORK)
        await told.until(lambda: told.states, "news")
        assert (told.states[-1] is PodState.PENDING) == is_ours
        if not is_ours:
            assert "is there already" in told.last.fault

    tell(story)


def test_a_pod_of_an_earlier_attempt_makes_room(api, tell):
    async def story(told):
        labels = {"argotui.dev/run": "r1", "argotui.dev/attempt": "1"}
        metadata = {"name": REF.pod_name, "uid": "u", "resourceVersion": "50", "labels": labels}
        api.objects[f"{PODS}/{REF.pod_name}"] = {"metadata": metadata, "spec": {}, "status": {}}
        await told.open()
        second = replace(REF, attempt=2)
        await told.runtime.start(second, WORK)
        await told.until(lambda: told.states and not told.last.waits_for, "the pod")
        assert set(told.states) == {PodState.PENDING}
        made = api.objects[f"{PODS}/{REF.pod_name}"]
        assert made["metadata"]["labels"]["argotui.dev/attempt"] == "2"

    tell(story)


def test_a_pod_deleted_before_its_end_was_read_is_gone(api, tell):
    async def story(told):
        await told.open()
        await told.runtime.start(REF, WORK)
        api.event("MODIFIED", told.pod("Running", running()))
        api.event("DELETED", told.pod("Running", running()))
        await told.until(lambda: told.states[-1].has_ended, "the end")
        assert told.states[-1] is PodState.GONE

    tell(story)


def test_a_pod_deleted_while_nobody_watched_is_gone(api, tell):
    async def story(told):
        await told.open()
        await told.runtime.start(REF, WORK)
        api.event("MODIFIED", told.pod("Running", running()))
        await told.until(lambda: told.states[-1] is PodState.RUNNING, "running")
        del api.objects[f"{PODS}/{REF.pod_name}"]
        with api.changed:
            api.events.append({"type": "ERROR", "object": {"code": 410, "message": "too old"}})
            api.changed.notify_all()
        await told.until(lambda: told.states[-1].has_ended, "the end")
        assert told.states[-1] is PodState.GONE

    tell(story)


def test_quota_keeps_it_pending_with_the_words_and_a_refusal_is_a_fault(api, tell):
    async def story(told):
        await told.open()
        words = 'pods "x" is forbidden: exceeded quota: q, requested: pods=1'
        api.faults = [("POST .*/pods", 403, {"message": words})]
        await told.runtime.start(REF, WORK)
        await told.until(lambda: len(told.states) > 1, "the pod after all")
        assert (told.states[0], told.seen[0].report.waits_for) == (PodState.PENDING, words)
        refused = 'User "j" cannot create resource "pods" in API group "" in the namespace "argo"'
        api.faults = [("POST .*/pods", 403, {"message": refused})]
        other = WorkRef(run_id="r1", node_name="wf.b", node_id="wf-2", attempt=1, pod_name="wf-b")
        await told.runtime.start(other, WORK)
        await told.until(lambda: told.last.fault, "the fault")
        assert "j may not create pods" in told.last.fault

    tell(story)


def test_logs_are_whole_though_the_stream_is_cut(api, tell, tmp_path):
    async def story(told):
        lines = [(f"2026-11-23T19:09:{n // 100:02}.{n % 100:02}Z", b"%d\n" % n) for n in range(999)]
        api.logs[(REF.pod_name, "main")] = lines
        api.cut_log_after = 12345
        await told.open()
        await told.runtime.start(REF, WORK)
        api.event("MODIFIED", told.pod("Running", running()))
        await told.until(lambda: api.seen("follow=true"), "a stream")
        api.event("MODIFIED", told.pod("Succeeded", ended()))
        await told.until(lambda: told.states[-1].has_ended, "the end")
        reader = SpoolReader(log_path(tmp_path / "logs", REF.key, "main"))
        texts = [line.text for line in reader.lines(0, reader.refresh())]
        reader.close()
        assert texts == [b"%d" % number for number in range(999)]

    tell(story)


def test_the_next_driver_knows_what_this_one_knew(api, tell):
    async def story(told):
        await told.open()
        await told.runtime.start(REF, WORK)
        api.event("MODIFIED", told.pod("Running", running()))
        await told.until(lambda: told.states[-1] is PodState.RUNNING, "running")
        await told.runtime.close(keep_running=True)
        told.seen.clear()
        await told.open()
        assert told.states == [PodState.RUNNING]
        api.event("MODIFIED", told.pod("Failed", ended(3)))
        await told.until(lambda: told.states[-1] is PodState.FAILED, "the end")
        before = told.last
        await told.runtime.close(keep_running=True)
        told.seen.clear()
        api.objects.clear()
        await told.open()
        assert [each.report for each in told.seen] == [before]

    tell(story)


def test_waiting_has_an_end_where_one_was_asked_for(api, tell):
    async def story(told):
        await told.open(pending_timeout=0.5)
        await told.runtime.start(REF, WORK)
        api.event("MODIFIED", told.pod("Pending", waiting("ImagePullBackOff", "no such image")))
        await told.until(lambda: api.seen("DELETE .*wf-a-1"), "the pod taken away")
        api.event("DELETED", _gone(told))
        await told.until(lambda: told.states[-1].has_ended, "the end")
        assert told.states[-1] is PodState.FAILED
        assert "pending for more than 0.5 s" in told.last.message

    def _gone(told):
        tracked = told.runtime._pods._known[REF.key]
        metadata = {**tracked.pod["metadata"], "resourceVersion": api.next_version()}
        return {**tracked.pod, "metadata": metadata}

    tell(story)


def test_a_pod_is_taken_away_when_the_engine_lets_go_of_it_and_not_before(api, tell):
    async def story(told):
        await told.open()
        note = {"workflows.argoproj.io/pod-gc-strategy": "OnPodSuccess/0s"}
        await told.runtime.start(
            REF, replace(WORK, pod={**WORK.pod, "metadata": {"annotations": note}})
        )
        api.event("MODIFIED", told.pod("Succeeded", ended()))
        await told.until(lambda: told.states[-1].has_ended, "the end")
        assert told.states[-1] is PodState.SUCCEEDED
        assert not api.seen(
            "DELETE"
        )  # whether podGC's labelSelector means it only the engine knows
        await told.runtime.release(REF)
        assert api.seen("DELETE .*wf-a-1")

    tell(story)


SET = PodWork(
    pod={"spec": {"containers": [{"name": name, "command": ["x"]} for name in ("one", "two")]}},
    mains=("one", "two"),
)


@pytest.fixture
def lost(api, monkeypatch):
    """A set of which one container failed: its pod has been asked to go."""
    monkeypatch.setattr(pods, "_OTHERS_SECONDS", 0.0)

    async def begin(told):
        await told.open()
        await told.runtime.start(REF, SET)
        killed = ended(137, name="one", reason="OOMKilled")
        api.event("MODIFIED", told.pod("Running", killed, running("two")))
        await told.until(lambda: api.seen("DELETE .*wf-a-1"), "the others ended")
        return killed

    return begin


def codes(report):
    return {each.name: each.exit_code for each in report.containers}


def test_a_container_that_failed_takes_the_others_with_it(api, tell, lost):
    async def story(told):
        leaving = told_before = None
        killed = await lost(told)
        told_before = told.states[-1]
        api.objects[f"{PODS}/{REF.pod_name}"] = told.runtime._pods._known[REF.key].pod
        leaving = told.pod("Failed", killed, ended(143, name="two"))
        api.event("DELETED", leaving)
        await told.until(lambda: told.states[-1].has_ended, "the end")
        assert told_before is PodState.RUNNING
        assert (told.states[-1], codes(told.last)) == (PodState.FAILED, {"one": 137, "two": 143})
        assert len(api.seen("DELETE .*wf-a-1")) == 1

    tell(story)


@pytest.mark.parametrize("is_next", [False, True], ids=["this driver", "the next one"])
def test_how_a_set_failed_is_known_though_nobody_saw_its_pod_go(api, tell, lost, is_next):
    async def story(told):
        await lost(told)
        api.objects.pop(f"{PODS}/{REF.pod_name}", None)
        if is_next:
            await told.runtime.close(keep_running=True)
            told.seen.clear()
            await told.open()
        with api.changed:
            api.events.append({"type": "ERROR", "object": {"code": 410, "message": "too old"}})
            api.changed.notify_all()
        await told.until(lambda: told.seen and told.states[-1].has_ended, "the end")
        assert (told.states[-1], codes(told.last)["one"]) == (PodState.FAILED, 137)

    tell(story)


def test_a_set_ends_though_its_pod_may_not_be_taken_away(api, tell, lost):
    async def story(told):
        api.faults = [("DELETE .*wf-a-1", 403, {"message": "no"})]
        await lost(told)
        await told.until(lambda: told.states[-1].has_ended, "the end")
        assert (told.states[-1], codes(told.last)["one"]) == (PodState.FAILED, 137)

    tell(story)


LONE = PodWork(pod={"spec": {"containers": [{"name": "main", "image": "i"}]}}, capture_result=True)


def test_the_log_of_an_entrypoint_is_its_result_also_for_the_next_driver(api, tell):
    async def story(told):
        api.logs[(REF.pod_name, "main")] = [
            ("2026-11-23T19:09:35.1Z", b"one\n"), ("2026-11-23T19:09:35.2Z", b"two\n"),
        ]  # fmt: skip
        await told.open()
        await told.runtime.start(REF, LONE)
        api.event("MODIFIED", told.pod("Running", running()))
        await told.until(lambda: told.states[-1] is PodState.RUNNING, "running")
        await told.runtime.close(keep_running=True)
        told.seen.clear()
        await told.open()
        api.event("MODIFIED", told.pod("Succeeded", ended()))
        await told.until(lambda: told.states[-1].has_ended, "the end")
        assert (told.last.result, len(told.last.notes)) == ("one\ntwo", 1)
        before = told.last
        await told.runtime.close(keep_running=True)
        told.seen.clear()
        await told.open()
        assert [each.report for each in told.seen] == [before]

    tell(story)


def test_a_log_that_cannot_be_had_is_no_result(api, tell):
    async def story(told):
        await told.open()
        await told.runtime.start(REF, LONE)
        api.event("MODIFIED", told.pod("Succeeded", ended()))
        await told.until(lambda: told.states[-1].has_ended, "the end")
        assert (told.states[-1], told.last.result, told.last.notes) == (PodState.FAILED, None, ())
        assert "could not be read whole" in told.last.collect_errors[0]

    tell(story)

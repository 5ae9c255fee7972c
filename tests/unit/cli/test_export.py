"""A run as Argo's JSON, held against what Argo's own reader makes of it."""

from argotui.model.export import rfc3339, workflow_json
from argotui.model.fold import RunState
from argotui.model.status import Node, NodePhase, NodeType, RunPhase, Shutdown

SOURCE = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Workflow",
    "metadata": {"generateName": "hello-", "labels": {"team": "a"}},
    "spec": {
        "entrypoint": "main",
        "arguments": {"parameters": [{"name": "who", "value": "you"}]},
        "templates": [],
    },
}


def finished() -> RunState:
    state = RunState()
    run = state.run
    run.run_id, run.name, run.namespace, run.uid = "r1", "hello-x", "default", "u"
    run.phase, run.progress = RunPhase.SUCCEEDED, "1/1"
    run.created_at, run.started_at, run.finished_at = (
        1_700_000_000.9,
        1_700_000_000.9,
        1_700_000_012.0,
    )
    run.parameters = {"who": "me", "extra": "e"}
    run.outputs = {"parameters": [{"name": "o", "value": "1"}]}
    root = Node(
        name="hello-x",
        id="hello-x",
        display_name="hello-x",
        type=NodeType.STEPS,
        phase=NodePhase.SUCCEEDED,
        template_name="main",
        template_scope="local/hello-x",
        started_at=1_700_000_000.9,
        finished_at=1_700_000_012.0,
        outbound=("hello-x[0].a",),
        progress="1/1",
    )
    child = Node(
        name="hello-x[0].a",
        id="hello-x-1",
        display_name="a",
        type=NodeType.POD,
        phase=NodePhase.SUCCEEDED,
        boundary_id="hello-x",
        template_ref={"name": "lib", "template": "t", "clusterScope": False},
        retried=True,
        daemoned=True,
        pod_ip="10.0.0.1",
        host_node_name="here",
        outputs={"result": "", "exitCode": "0", "parameters": []},
        inputs={"parameters": [{"name": "x", "value": "y"}]},
        started_at=1_700_000_001.0,
    )
    state.nodes = {node.name: node for node in (root, child)}
    state.ids = {node.id: node.name for node in (root, child)}
    state.children = {"hello-x": ["hello-x[0].a"]}
    return state


def test_the_workflow_around_the_nodes():
    shown = workflow_json(SOURCE, finished())
    assert shown["apiVersion"] == "argoproj.io/v1alpha1"
    assert shown["kind"] == "Workflow"
    assert shown["metadata"] == {
        "name": "hello-x",
        "generateName": "hello-",
        "namespace": "default",
        "uid": "u",
        "creationTimestamp": "2023-11-14T22:13:20Z",
        "labels": {
            "team": "a",
            "workflows.argoproj.io/completed": "true",
            "workflows.argoproj.io/phase": "Succeeded",
        },
    }
    assert shown["spec"]["arguments"]["parameters"] == [
        {"name": "who", "value": "me"},
        {"name": "extra", "value": "e"},
    ]
    status = shown["status"]
    assert list(status) == [
        "phase", "startedAt", "finishedAt", "progress", "outputs", "conditions", "nodes",
    ]  # fmt: skip
    assert status["conditions"][-1] == {"type": "Completed", "status": "True"}


def test_a_node_has_argos_fields_and_nothing_empty():
    nodes = workflow_json(SOURCE, finished())["status"]["nodes"]
    assert nodes["hello-x-1"] == {
        "id": "hello-x-1",
        "name": "hello-x[0].a",
        "displayName": "a",
        "type": "Pod",
        "templateRef": {"name": "lib", "template": "t"},
        "phase": "Succeeded",
        "boundaryID": "hello-x",
        "startedAt": "2023-11-14T22:13:21Z",
        "finishedAt": None,
        "progress": "1/1",
        "podIP": "10.0.0.1",
        "daemoned": True,
        "nodeFlag": {"retried": True},
        "inputs": {"parameters": [{"name": "x", "value": "y"}]},
        "outputs": {"result": "", "exitCode": "0"},
        "hostNodeName": "here",
    }
    assert nodes["hello-x"]["children"] == ["hello-x-1"]
    assert nodes["hello-x"]["outboundNodes"] == ["hello-x-1"]
    assert "boundaryID" not in nodes["hello-x"]


def test_the_manifest_given_is_not_written_to():
    before = repr(SOURCE)
    workflow_json(SOURCE, finished())
    assert repr(SOURCE) == before


def test_shutdown_and_suspension_are_in_the_spec_as_argo_has_them():
    state = finished()
    state.run.shutdown, state.run.suspended = Shutdown.STOP, True
    spec = workflow_json(SOURCE, state)["spec"]
    assert (spec["shutdown"], spec["suspend"]) == ("Stop", True)
    state.run.shutdown, state.run.suspended = Shutdown.NONE, False
    lifted = workflow_json({**SOURCE, "spec": {**SOURCE["spec"], "suspend": True}}, state)["spec"]
    assert "shutdown" not in lifted
    assert "suspend" not in lifted


def test_a_cron_workflow_run_once_is_a_workflow():
    source = {
        "kind": "CronWorkflow",
        "spec": {"schedule": "* * * * *", "workflowSpec": {"entrypoint": "m"}},
    }
    shown = workflow_json(source, finished())
    assert shown["kind"] == "Workflow"
    assert shown["spec"]["entrypoint"] == "m"
    assert "schedule" not in shown["spec"]


def test_a_run_that_has_not_begun_is_a_workflow_too():
    shown = workflow_json(SOURCE, RunState())
    assert shown["status"] == {"startedAt": None, "finishedAt": None}


def test_times_are_whole_seconds_in_utc():
    assert rfc3339(0.999) == "1970-01-01T00:00:00Z"
    assert rfc3339(None) is None

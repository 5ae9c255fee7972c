"""The headless twin: what it prints, when it asks, what it approves, how it survives."""

import asyncio
import io
import json
import re

from argotui.cli.approver import Approver
from argotui.cli.jsonl import JsonLines
from argotui.cli.plain import Lines, Out
from argotui.driver.follow import follow
from argotui.logs.spool import SpoolWriter, log_path
from argotui.model.changes import Batch, Noted, Rejected, WorkRequested
from argotui.model.work import PodWork, WorkRef
from argotui.submit.request import Approvals

from .play import PlayedRun, ended, made, node, run_is


def lines_of(port, **options) -> list[str]:
    stream = io.StringIO()
    asyncio.run(follow(port, [Lines(Out(stream), **options)]))
    return [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in stream.getvalue().splitlines()]


def started(name: str, attempt: int = 1) -> WorkRequested:
    ref = WorkRef(run_id="r-1", node_name=name, node_id=f"id-{name}", attempt=attempt, pod_name="p")
    return WorkRequested(ref=ref, work=PodWork(pod={}))


def test_one_line_an_event(tmp_path):
    port = PlayedRun(
        tmp_path,
        Batch(seq=1, at=1000, changes=(run_is("Running"), *made(node("wf", kind="DAG")))),
        Batch(seq=2, at=1001, changes=tuple(made(node("wf.a", "Pending")))),
        Batch(seq=3, at=1002, changes=(ended("wf.a", "Running"),)),
        Batch(seq=4, at=1003, changes=(ended("wf.a", "Failed", "Error (exit code 2)"),)),
        Batch(seq=5, at=1004, changes=(ended("wf", "Failed"), run_is("Failed"))),
    )
    assert lines_of(port) == [
        "▸ wf  run r-1  local",
        "● Running   wf",
        "● Running   a",
        "✖ Failed    a  Error (exit code 2)",
        "✖ Failed    wf",
    ]


def test_a_message_names_nodes_as_people_know_them(tmp_path):
    port = PlayedRun(
        tmp_path,
        Batch(seq=1, changes=tuple(made(node("wf"), node("wf.tests", "Failed")))),
        Batch(seq=2, at=1004, changes=(ended("wf", "Failed", "child 'id-wf.tests' failed"),)),
    )
    assert lines_of(port)[-1] == "✖ Failed    wf  child 'tests' failed"


def test_nested_nodes_are_named_by_their_path_and_groups_are_not_lines(tmp_path):
    inner = node("wf.tests.unit")
    group = node("wf.tests[0]", kind="StepGroup", boundary_id="id-wf.tests")
    port = PlayedRun(
        tmp_path,
        Batch(seq=1, changes=tuple(made(node("wf"), node("wf.tests", kind="Steps"), group, inner))),
    )
    assert lines_of(port)[-1] == "● Running   tests/unit"
    assert not any("[0]" in line for line in lines_of(port))


def test_what_waits_says_how_to_approve_from_another_terminal(tmp_path):
    outputs = {"parameters": [{"name": "env", "valueFrom": {"supplied": {}}}]}
    gate = node("wf.gate", kind="Suspend", message="", outputs=outputs)
    port = PlayedRun(tmp_path, Batch(seq=1, changes=tuple(made(node("wf"), gate))))
    assert lines_of(port)[-2:] == [
        "‖ Waiting   gate",
        "  to go on: argotui approve r-1 gate -p env=…",
    ]


def test_log_lines_come_with_their_nodes_name_and_before_its_end(tmp_path):
    writer = SpoolWriter(log_path(tmp_path / "logs", "id-wf.a.1", "main"))
    writer.write(b"one\n\x1b[31mtwo\x1b[0m \x07\nno newline", at=1002)
    port = PlayedRun(
        tmp_path,
        Batch(seq=1, changes=(*made(node("wf.a")), started("wf.a"))),
        Batch(seq=2, changes=(ended("wf.a", "Succeeded"),)),
    )
    assert lines_of(port)[2:] == ["│ a: one", "│ a: two ␇", "│ a: no newline", "✔ Succeeded a"]
    assert not any("│" in line for line in lines_of(port, logs=False))
    writer.close()


def test_a_sidecars_lines_are_told_apart(tmp_path):
    writer = SpoolWriter(log_path(tmp_path / "logs", "id-wf.a.1", "proxy"))
    writer.write(b"up\n", at=1002)
    port = PlayedRun(tmp_path, Batch(seq=1, changes=(*made(node("wf.a")), started("wf.a"))))
    assert lines_of(port)[-1] == "│ a/proxy: up"
    writer.close()


def test_nothing_from_a_workflow_reaches_the_terminal_raw(tmp_path):
    evil = node("wf.\x1b[2Jx", message="m\x1b]52;c;aGk=\x07\n\u202e")
    noted = (Noted(text="n\x1b[H"), Rejected(cause="c", why="w\x9b"))
    port = PlayedRun(tmp_path, Batch(seq=1, changes=(*made(evil), *noted)))
    stream = io.StringIO()
    asyncio.run(follow(port, [Lines(Out(stream))]))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", stream.getvalue())


def test_a_reader_that_leaves_does_not_end_the_run(tmp_path):
    class Broken(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    port = PlayedRun(tmp_path, Batch(seq=1, changes=(*made(node("wf")), run_is("Succeeded"))))
    run = asyncio.run(follow(port, [Lines(Out(Broken()))]))
    assert run.state.run.phase == "Succeeded"


def test_jsonl_has_argos_shape(tmp_path):
    port = PlayedRun(
        tmp_path,
        Batch(seq=1, at=5.0, changes=(run_is("Running"), *made(node("wf")))),
        Batch(seq=2, at=6.0, changes=(ended("wf", "Failed", "no\x1b"), Noted(text="left running"))),
    )
    stream = io.StringIO()
    asyncio.run(follow(port, [JsonLines(Out(stream))]))
    shown = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["seq"], line["kind"]) for line in shown] == [
        (0, "run"), (1, "node"), (1, "run"), (2, "node"), (2, "note"),
    ]  # fmt: skip
    assert shown[3]["node"]["message"] == "no\x1b"
    assert "\x1b" not in stream.getvalue()


def approving(tmp_path, approvals, *nodes):
    port = PlayedRun(tmp_path, Batch(seq=1, changes=tuple(made(*nodes))), Batch(seq=2))

    async def go():
        approver = Approver(port, approvals)
        await follow(port, [approver])
        await asyncio.sleep(0)

    asyncio.run(go())
    return [(request.node_name, dict(request.values)) for request in port.requests]


GATE = {"kind": "Suspend"}


def test_only_what_was_named_is_approved_and_once(tmp_path):
    nodes = (node("wf"), node("wf.gate", **GATE), node("wf.other", **GATE))
    assert approving(tmp_path, Approvals(nodes=("gate",)), *nodes) == [("wf.gate", {})]


def test_values_are_given_to_their_node(tmp_path):
    approvals = Approvals(nodes=("gate",), values={"gate": {"env": "prod"}, "wf.b": {"x": "y"}})
    nodes = (node("wf"), node("wf.gate", **GATE), node("wf.b", **GATE))
    assert approving(tmp_path, approvals, *nodes) == [
        ("wf.gate", {"env": "prod"}),
        ("wf.b", {"x": "y"}),
    ]


def test_all_means_all_but_not_what_a_timer_releases(tmp_path):
    nodes = (node("wf"), node("wf.gate", **GATE), node("wf.timed", wake_at=2000.0, **GATE))
    assert approving(tmp_path, Approvals(everything=True), *nodes) == [("wf.gate", {})]


def test_a_name_that_never_waited_is_told(tmp_path, capsys):
    approving(tmp_path, Approvals(nodes=("gaet",)), node("wf"))
    assert "no node of that name waited" in capsys.readouterr().err

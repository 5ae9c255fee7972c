"""Retries: what is tried again, when, and what the attempts are told. Argo: 4.4."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.play import Play
from tests.scenarios.test_hooks import HEAD, dag, steps


def pod(strategy: str, name: str = "r") -> str:
    return (
        f"    - name: {name}\n      retryStrategy: {strategy}\n"
        "      container: {image: busybox, command: [x]}\n"
    )


def retried(strategy: str, spec: str = "") -> Play:
    return Play(steps("        - - {name: a, template: r}\n", spec) + pod(strategy)).start()


TRANSIENT = [
    "dial tcp 10.0.0.1:443: i/o timeout",
    "read: connection reset by peer",
    "dial tcp: connect: connection refused",
    "net/http: TLS handshake timeout",
    "etcdserver: leader changed",
    "http2: client connection lost",
    "connection timed out",
]
LASTING = [
    "connection refused",
    "exceeded quota",
    "no such host",
    "etcdserver",
    "too many requests",
]


@pytest.mark.parametrize("message", TRANSIENT + LASTING)
def test_a_transient_error_is_known_by_its_message(message: str) -> None:
    play = retried("{limit: 1, retryPolicy: OnTransientError}")
    play.report("[0].a(0)", 1, message=message)
    assert (play.running == ["[0].a(1)"]) is (message in TRANSIENT)


@pytest.mark.parametrize(("message", "again"), [("disk 7 is full", True), ("disk is full", False)])
@pytest.mark.parametrize("end", [1, "Gone"])
def test_a_pattern_tells_of_more_transient_errors(message: str, again: bool, end: int | str):
    play = retried("{limit: 1, retryPolicy: OnTransientError}")
    core = play.engine.core
    core.wf = replace(core.wf, transient_errors=r"disk \d+ is|^pod deleted$")
    play.report("[0].a(0)", end, message=message)
    assert (play.running == ["[0].a(1)"]) is (again or end == "Gone")


POLICIES = {
    "OnFailure": (True, False),
    "OnError": (False, True),
    "Always": (True, True),
    "OnTransientError": (False, False),
    "": (True, False),
}


@pytest.mark.parametrize("policy", POLICIES)
def test_the_policy_says_which_ends_are_tried_again(policy: str) -> None:
    text = f"{{limit: 1, retryPolicy: '{policy}'}}" if policy else "{limit: 1}"
    failed = retried(text).report("[0].a(0)", 1)
    errored = retried(text).report("[0].a(0)", "Gone")
    again = (bool(failed.running), bool(errored.running))
    assert again == POLICIES[policy]
    if not again[1]:
        assert errored.node("[0].a").message == "pod deleted"


BROKEN = """
    - name: r
      retryStrategy: {}
      container: {image: busybox, command: [x], volumeMounts: [{name: nowhere, mountPath: /n}]}
"""


@pytest.mark.parametrize(
    "strategy", ["{limit: 2, retryPolicy: Always}", "{limit: 2, expression: 'true'}"]
)
def test_an_attempt_that_cannot_start_is_tried_again_under_always(strategy: str) -> None:
    text = steps("        - - {name: a, template: r}\n") + BROKEN.replace("{}", strategy, 1)
    play = Play(text).start()
    assert play.node("[0].a").message == "No more retries left"
    assert str(play.node("[0].a(2)").phase) == "Error"
    assert play.phase == "Failed"
    assert play.message == f"child '{play.node('[0].a').id}' failed"


def test_an_attempt_that_cannot_start_is_a_hard_error_otherwise() -> None:
    text = steps("        - - {name: a, template: r}\n") + BROKEN.replace("{}", "{limit: 2}", 1)
    play = Play(text).start()
    assert play.message == (
        "step group deemed errored due to child wf[0].a error: "
        "volume 'nowhere' not found in workflow spec"
    )
    assert str(play.node("[0].a").phase) == "Running"
    assert str(play.node("[0].a(0)").phase) == "Error"


def test_such_an_attempt_of_a_task_is_an_error_of_its_retry_node() -> None:
    text = dag("          - {name: a, template: r}\n") + BROKEN.replace("{}", "{limit: 2}", 1)
    play = Play(text).start()
    assert play.node(".a").message == (
        "task 'wf.a' errored: volume 'nowhere' not found in workflow spec"
    )
    assert (play.phase, play.message) == ("Error", "")


def test_such_an_attempt_of_the_entry_template_leaves_a_trace_on_the_entry_node() -> None:
    text = HEAD.replace("main", "r") + "  templates:\n" + BROKEN.replace("{}", "{limit: 2}", 1)
    play = Play(text).start()
    assert play.message == (
        "error in entry template execution: volume 'nowhere' not found in workflow spec"
    )
    assert (str(play.node("wf").phase), play.node("wf").message) == (
        "Error",
        "Workflow operation error",
    )


def test_an_attempt_of_a_nested_template_has_no_exit_code_to_tell_of() -> None:
    text = steps("        - - {name: a, template: outer}\n")
    text += """
    - name: outer
      retryStrategy: {limit: 1}
      steps:
        - - name: x
            template: told
            arguments: {parameters: [{name: m, value: "{{retries}} {{lastRetry.exitCode}}"}]}
"""
    play = Play(text).start().report("[0].a(0)[0].x", 3)
    assert play.inputs("[0].a(1)[0].x") == {"m": "1 0"}


def test_a_retry_of_the_spec_multiplies() -> None:
    play = Play(
        steps("        - - {name: a, template: work}\n", "  retryStrategy: {limit: 1}\n")
    ).start()
    while play.running:
        play.report(play.running[0], 1)
    pods = [name for name in play.tree().split("\n") if " Pod " in name]
    assert [line.split(" ")[0] for line in pods] == [
        "(0)[0].a(0)", "(0)[0].a(1)", "(1)[0].a(0)", "(1)[0].a(1)",
    ]  # fmt: skip
    assert (play.phase, play.message) == ("Failed", "No more retries left")


@pytest.mark.parametrize(
    ("backoff", "waits"),
    [
        ("{duration: 2s, factor: 2}", [2, 4, 8]),
        ("{duration: '2'}", [2, 2, 2]),
        ("{duration: 2s, factor: 0}", [2, 2, 2]),
        ("{duration: 2s, factor: '3', cap: 5s}", [2, 5, 5]),
        ("{duration: 1m, factor: 2, cap: 90s}", [60, 90, 90]),
        ("{duration: 500ms, factor: 4}", [0.5, 2, 8]),
    ],
)
def test_backoff(backoff: str, waits: list[float]) -> None:
    play = retried(f"{{limit: 3, backoff: {backoff}}}")
    for attempt, wait in enumerate(waits):
        play.report(f"[0].a({attempt})", 1)
        play.advance(wait - 0.1)
        assert play.running == []
        play.advance(0.2)
        assert play.running == [f"[0].a({attempt + 1})"]
        assert play.node("[0].a").message == ""


def test_a_factor_that_is_no_whole_number_is_an_error() -> None:
    play = retried("{limit: 3, backoff: {duration: 1s, factor: '1.5'}}").report("[0].a(0)", 1)
    assert "value '1.5' cannot be resolved to an int" in play.message


@pytest.mark.parametrize("backoff", ["{factor: 2}", "{maxDuration: 1h}"])
def test_a_backoff_needs_a_duration(backoff: str) -> None:
    play = retried(f"{{limit: 2, backoff: {backoff}}}").report("[0].a(0)", 1)
    why = "no base duration specified for retryStrategy"
    assert (str(play.node("[0].a").phase), play.node("[0].a").message) == ("Error", why)
    assert play.message == f"step group deemed errored due to child wf[0].a error: {why}"


def test_the_longest_duration_comes_before_a_missing_one() -> None:
    play = retried("{limit: 2, backoff: {maxDuration: 5}}").advance(6).report("[0].a(0)", 1)
    assert play.node("[0].a").message == "Max duration limit exceeded"
    assert str(play.node("[0].a").phase) == "Failed"


def test_without_a_limit_nothing_waits() -> None:
    play = retried("{backoff: {duration: 1h}}").report("[0].a(0)", 1)
    assert play.running == ["[0].a(1)"]


def test_the_longest_duration_is_counted_from_the_first_attempt() -> None:
    play = retried("{limit: 9, backoff: {duration: 10s, maxDuration: 25s}}")
    play.report("[0].a(0)", 1).advance(10)
    deadline = play.work["wf[0].a(1)"][1].pod["spec"]["activeDeadlineSeconds"]
    assert deadline == 15
    play.advance(6).report("[0].a(1)", 1)
    assert play.node("[0].a").message == "Backoff would exceed max duration limit"
    play = retried("{limit: 9, backoff: {duration: 10s, maxDuration: 25s}}")
    play.advance(26).report("[0].a(0)", 1)
    assert play.node("[0].a").message == "Max duration limit exceeded"


def test_backoff_comes_before_policy_limit_and_expression() -> None:
    play = retried("{limit: 1, retryPolicy: OnError, backoff: {duration: 5s}}")
    play.report("[0].a(0)", 1)
    assert play.node("[0].a").message == "Backoff for 5 seconds"
    play.advance(5)
    assert play.node("[0].a").message == "main: Error (exit code 1)"
    play = retried("{limit: 1, expression: 'false', backoff: {duration: 5s}}")
    play.report("[0].a(0)", 1).advance(5)
    assert play.node("[0].a").message == "retryStrategy.expression evaluated to false"
    play = retried("{limit: 0, expression: 'nothing.at.all', backoff: {duration: 5s}}")
    play.report("[0].a(0)", 1)
    assert play.node("[0].a").message == "No more retries left"


def test_an_expression_sees_the_last_attempt() -> None:
    expression = (
        "asInt(lastRetry.exitCode) == 2 && lastRetry.status == 'Failed' && asInt(retries) < 2"
        " && lastRetry.message contains 'code 2' && asFloat(lastRetry.duration) == 3"
    )
    play = retried(f'{{expression: "{expression}"}}')
    for attempt in range(3):
        assert play.running == [f"[0].a({attempt})"]
        play.advance(3).report(f"[0].a({attempt})", 2)
    assert play.node("[0].a").message == "retryStrategy.expression evaluated to false"
    play = retried(f'{{expression: "{expression}"}}').report("[0].a(0)", 1)
    assert play.running == []


def test_a_bad_expression_is_an_error_of_the_retry_node() -> None:
    play = retried("{expression: 'nothing.at.all > 1'}").report("[0].a(0)", 1)
    assert str(play.node("[0].a").phase) == "Error"
    assert play.message.startswith("step group deemed errored due to child wf[0].a error: unable")


def test_an_expression_knows_nothing_but_the_attempts() -> None:
    play = retried("{expression: 'workflow.name == \"wf\"'}").report("[0].a(0)", 1)
    assert "unknown name workflow" in play.node("[0].a").message
    play = retried('{expression: \'"{{workflow.name}}" == "wf"\'}').report("[0].a(0)", 1)
    assert play.running == ["[0].a(1)"], "but for what is filled in"


def test_only_the_last_attempt_matters_to_a_dag() -> None:
    tasks = """
          - {name: a, template: outer}
          - {name: b, template: work, depends: a}
"""
    outer = """
    - name: outer
      retryStrategy: {limit: 1}
      dag:
        tasks:
          - {name: x, template: work}
          - {name: w, template: work, depends: x.Failed}
"""
    play = Play(dag(tasks) + outer).start()
    play.report(".a(0).x", 1).report(".a(0).w", 1).report(".a(1).x", 1).report(".a(1).w")
    assert play.running == [".b"]
    play.report(".b")
    assert play.phase == "Succeeded"

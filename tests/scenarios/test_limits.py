"""failFast of templates, parallelism, timeouts, daemons, what never goes on. Argo: 4.6-4.9."""

from __future__ import annotations

import pytest

from argotui.model.commands import StopWork
from tests.play import Play
from tests.scenarios.test_hooks import HEAD, TAIL, dag, steps
from tests.scenarios.test_shutdown import GATE, ends

FAST = "template has failed or errored children and failFast enabled"


def test_fail_fast_fails_the_last_group_there_is() -> None:
    text = steps(
        """
        - - {name: a, template: work}
        - - {name: b, template: work}
          - {name: c, template: work}
"""
    ).replace("    - name: main\n", "    - name: main\n      failFast: true\n")
    play = Play(text).start().report("[0].a").report("[1].b", 1)
    assert play.phase == "Running"
    play.report("[1].c")
    found = ends(play)
    assert found["."] == f"Failed {FAST}"
    assert found["[0]"] == "Succeeded"
    assert found["[1]"] == f"Failed {FAST}"


def test_fail_fast_takes_the_group_of_a_nested_template_for_its_own() -> None:
    text = steps(
        """
        - - {name: a, template: inner}
          - {name: b, template: work}
"""
    ).replace("    - name: main\n", "    - name: main\n      failFast: true\n")
    text += "    - name: inner\n      steps:\n        - - {name: x, template: gate}\n" + GATE
    play = Play(text).start().report("[0].b", 1)
    found = ends(play)
    assert found["."] == f"Failed {FAST}"
    assert found["[0]"] == "Running"
    assert found["[0].a[0]"] == f"Failed {FAST}"


def test_a_step_that_waits_for_a_lock_takes_a_place_of_its_template() -> None:
    text = steps(
        """
        - - {name: a, template: locked}
          - {name: b, template: work}
"""
    ).replace("    - name: main\n", "    - name: main\n      parallelism: 1\n")
    text += "    - name: locked\n      synchronization: {mutexes: [{name: m}]}\n"
    text += "      container: {image: busybox, command: [x]}\n"
    play = Play(text).start().waits("[0].a", "default/Mutex/m", 0, 1)
    assert play.running == []
    play.grant("[0].a").report("[0].a")
    assert play.running == ["[0].b"]
    text = text.replace("      parallelism: 1\n", "").replace(
        "  entrypoint: main\n", "  entrypoint: main\n  parallelism: 1\n"
    )
    play = Play(text).start().waits("[0].a", "default/Mutex/m", 0, 1)
    assert play.running == ["[0].b"]


DAEMON = "    - name: db\n      daemon: true\n      container: {image: busybox, command: [x]}\n"


@pytest.mark.parametrize("level", ["spec", "template"])
def test_a_daemon_that_takes_the_last_place_ends_the_run_by_name(level: str) -> None:
    groups = "        - - {name: db, template: db}\n        - - {name: use, template: work}\n"
    text = steps(groups) + DAEMON
    if level == "spec":
        text = text.replace("  entrypoint: main\n", "  entrypoint: main\n  parallelism: 1\n")
    else:
        text = text.replace("    - name: main\n", "    - name: main\n      parallelism: 1\n")
    play = Play(text).start().report("[0].db", "Running")
    assert play.phase == "Error"
    assert "parallelism" in play.message
    assert "db" in play.message


@pytest.mark.parametrize("level", ["spec", "template"])
def test_a_parallelism_of_nothing_ends_the_run_by_name(level: str) -> None:
    text = steps("        - - {name: a, template: work}\n")
    if level == "spec":
        text = text.replace("  entrypoint: main\n", "  entrypoint: main\n  parallelism: 0\n")
    else:
        text = text.replace("    - name: main\n", "    - name: main\n      parallelism: 0\n")
    play = Play(text).start()
    assert play.phase == "Error"
    assert "parallelism" in play.message


TIMED = """
    - name: timed
      timeout: 10s
      container: {image: busybox, command: [x]}
    - name: patient
      pendingTimeout: 10s
      container: {image: busybox, command: [x]}
"""


@pytest.mark.parametrize("template", ["timed", "patient"])
def test_a_pending_step_past_its_timeout_fails_its_group_whatever_continues(template: str) -> None:
    call = f"{{name: a, template: {template}, continueOn: {{failed: true, error: true}}}}"
    play = Play(steps(f"        - - {call}\n          - {{name: b, template: work}}\n") + TIMED)
    play.start().report("[0].a", "Pending").advance(11)
    assert ends(play)["[0].a"] == "Failed timeout"
    assert ends(play)["[0]"] == "Failed timeout"
    assert play.message == "timeout"


def test_what_has_timed_out_is_not_waited_for_any_more() -> None:
    text = steps("        - - {name: a, template: timed}\n") + TIMED
    play = Play(text.replace("container: {image: busybox, command: [x]}\n    - name: patient",
                             "http: {url: 'http://x'}\n    - name: patient"))  # fmt: skip
    play.start().advance(11)
    assert (str(play.node("[0].a").type), ends(play)["[0].a"]) == ("HTTP", "Failed timeout")
    stopped = [each.reason for each in play.commands if isinstance(each, StopWork)]
    assert stopped == ["timeout"]


BAD = """
    - name: pod
      timeout: 10x
      container: {image: busybox, command: [x]}
    - name: http
      timeout: 10x
      http: {url: 'http://x'}
    - name: nap
      suspend: {duration: 10x}
    - name: again
      retryStrategy: {limit: 1, backoff: {duration: 10x}}
      container: {image: busybox, command: [x, y]}
"""
MISTAKE = 'time: unknown unit "x" in duration "10x"'


@pytest.mark.parametrize(
    ("template", "phase", "message"),
    [
        ("pod", "Error", f"invalid timeout format. {MISTAKE}"),
        ("http", "Failed", f"invalid timeout format. {MISTAKE}"),
        ("nap", "Error", f"unable to parse 10x as a duration: {MISTAKE}"),
        ("again", "Error", f"unable to parse 10x as a duration: {MISTAKE}"),
    ],
)
def test_a_duration_that_cannot_be_read_says_why(template: str, phase: str, message: str) -> None:
    play = Play(steps(f"        - - {{name: a, template: {template}}}\n") + BAD).start()
    if template == "again":
        play.report("[0].a(0)", 1)
    assert ends(play)["[0].a"] == f"{phase} {message}"
    assert play.message == f"step group deemed errored due to child wf[0].a error: {message}"
    assert not play.running


@pytest.mark.parametrize("template", ["timed", "patient"])
def test_pending_items_of_a_looped_task_time_out_one_by_one(template: str) -> None:
    tasks = f"""
          - {{name: l, template: {template}, withItems: [1, 2]}}
          - {{name: b, template: work, depends: l.Failed}}
"""
    play = Play(dag(tasks) + TIMED).start().advance(11)
    found = ends(play)
    assert found[".l(0:1)"] == found[".l(1:2)"] == "Failed timeout"
    assert found[".l"] == "Failed"
    assert play.running == [".b"]


def test_a_running_pod_is_not_timed_out_while_pending_is_what_is_limited() -> None:
    play = Play(steps("        - - {name: a, template: patient}\n") + TIMED).start()
    play.report("[0].a", "Running").advance(60)
    assert play.phase == "Running"
    assert "activeDeadlineSeconds" not in play.work["wf[0].a"][1].pod["spec"]


def test_an_entry_pod_past_its_timeout_is_a_hard_error() -> None:
    text = HEAD.replace("main", "timed") + "  templates:" + TIMED + TAIL
    play = Play(text).start().advance(11)
    assert (play.phase, play.message) == (
        "Error",
        "error in entry template execution: timeout",
    )


def test_an_attempt_that_is_pending_does_not_time_out() -> None:
    text = steps("        - - {name: a, template: r}\n")
    text += "    - name: r\n      timeout: 10s\n      retryStrategy: {limit: 1}\n"
    text += "      container: {image: busybox, command: [x]}\n"
    play = Play(text).start().report("[0].a(0)", "Pending").advance(60)
    assert play.phase == "Running"
    assert play.work["wf[0].a(0)"][1].pod["spec"]["activeDeadlineSeconds"] == 10


@pytest.mark.parametrize("kind", ["steps", "dag"])
def test_a_when_that_breaks_for_one_item_is_that_items_error(kind: str) -> None:
    call = """{name: l, template: work, withItems: [1, "a b", 3], when: "{{item}} == 1"}"""
    if kind == "steps":
        play = Play(steps(f"        - - {call}\n")).start()
        found = ends(play)
        assert found["[0].l(0:1)"].startswith("Pending")
        assert found["[0].l(1:a b)"].startswith("Error Invalid 'when' expression 'a b == 1'")
        assert "[0].l(2:3)" not in found
        assert found["[0]"].startswith("Error Invalid 'when' expression 'a b == 1'")
        assert play.phase == "Failed"
        assert str(play.node("[0].l(1:a b)").type) == "Skipped"
        return
    play = Play(dag(f"          - {call}\n")).start().report(".l(0:1)")
    found = ends(play)
    assert found[".l(1:a b)"].startswith("Error Invalid 'when' expression 'a b == 1'")
    assert found[".l(2:3)"].startswith("Skipped")
    assert found[".l"] == "Error"
    assert play.phase == "Error"


def test_a_daemon_of_a_dag_that_dies_matters_only_as_a_target() -> None:
    tasks = """
          - {name: db, template: db}
          - {name: use, template: work, depends: db}
"""
    play = Play(dag(tasks) + DAEMON).start().report(".db", "Running")
    play.report(".db", 0)
    assert ends(play)[".db"] == "Failed"
    play.report(".use")
    assert play.phase == "Succeeded"
    play = Play(dag("          - {name: db, template: db}\n") + DAEMON).start()
    play.report(".db", 0)
    assert play.phase == "Failed"


def test_recursion_ends_at_its_limit() -> None:
    text = steps("        - - {name: again, template: main}\n")
    play = Play(text).start()
    assert play.phase == "Failed"
    deepest = max(play.engine.state.nodes.values(), key=lambda node: node.name.count("again"))
    assert deepest.message.startswith("Maximum recursion depth exceeded.")
    assert deepest.name.count("again") == 99


SEQUENCES = {
    "{count: '3'}": ["0:0", "1:1", "2:2"],
    "{count: -2}": ["0:0", "1:-1", "2:-2", "3:-3"],
    "{start: 3, end: 1}": ["0:3", "1:2", "2:1"],
    "{start: '2', count: 2, format: 'x%02X'}": ["0:x02", "1:x03"],
}


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_sequence_counts_up_and_down(sequence: str) -> None:
    call = f"{{name: s, template: nop, withSequence: {sequence}}}"
    play = Play(steps(f"        - - {call}\n")).start()
    assert play.engine.state.children["wf[0]"] == [
        f"wf[0].s({item})" for item in SEQUENCES[sequence]
    ]


@pytest.mark.parametrize(
    ("sequence", "why"),
    [
        ("{count: ' 1'}", 'strconv.Atoi: parsing " 1": invalid syntax'),
        ("{count: '1_0'}", 'strconv.Atoi: parsing "1_0": invalid syntax'),
        ("{count: 1, format: 'a\"b%d'}", "invalid character 'b' after top-level value"),
    ],
)
def test_a_sequence_that_cannot_be_read_says_why(sequence: str, why: str) -> None:
    call = f"{{name: s, template: nop, withSequence: {sequence}}}"
    play = Play(steps(f"        - - {call}\n")).start()
    assert (play.phase, play.message) == ("Failed", why)

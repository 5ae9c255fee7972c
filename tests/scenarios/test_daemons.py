"""Daemons: what hangs on them, how they die and are tried again, how they end. Argo: 4.2, 4.8."""

from __future__ import annotations

import pytest

from tests.play import Play
from tests.property.test_engine_recovery import crash
from tests.scenarios.test_hooks import dag, steps
from tests.scenarios.test_shutdown import ends

DAEMONS = """
    - name: db
      daemon: true
      container: {image: busybox, command: [x]}
    - name: steady
      daemon: true
      retryStrategy: {limit: 1}
      container: {image: busybox, command: [x]}
    - name: with-db
      steps:
        - - {name: d, template: db}
        - - {name: w, template: work}
"""
CALLS = """
        - - {name: s, template: steady, TOLERANCE}
          - {name: t, template: nop}
        - - {name: w, template: work}
"""


def up(tolerance: str = "") -> Play:
    text = steps(CALLS.replace(", TOLERANCE", tolerance)) + DAEMONS
    return Play(text).start().report("[0].s(0)", "Running")


@pytest.mark.parametrize("code", [0, 1])
@pytest.mark.parametrize("driver", ["stays", "dies before", "dies after"])
def test_a_daemon_of_steps_that_dies_is_tried_again(code: int, driver: str) -> None:
    play = up()
    assert play.running == ["[0].s(0)", "[1].w"]
    if driver == "dies before":
        crash(play)
    play.report("[0].s(0)", code)
    if driver == "dies after":
        crash(play)
    assert sorted(play.running) == ["[0].s(1)", "[1].w"]
    assert (ends(play)["[0]"], ends(play)["[0].s"]) == ("Succeeded", "Running")
    play.report("[0].s(1)", "Running").report("[1].w")
    assert play.phase == "Succeeded"
    assert ends(play)["[0].s(0)"].startswith("Failed")
    assert ends(play)["[0].s(1)"] == ends(play)["[0].s"] == "Succeeded"


@pytest.mark.parametrize("is_recovered", [False, True])
def test_so_is_a_daemon_of_a_dag(is_recovered: bool) -> None:
    tasks = "          - {name: s, template: steady}\n"
    tasks += "          - {name: w, template: work, dependencies: [s]}\n"
    play = Play(dag(tasks) + DAEMONS).start().report(".s(0)", "Running")
    if is_recovered:
        crash(play)
    play.report(".s(0)", 1)
    assert sorted(play.running) == [".s(1)", ".w"]
    play.report(".s(1)", "Running").report(".w")
    assert (play.phase, ends(play)[".s"]) == ("Succeeded", "Succeeded")


def test_a_daemon_that_dies_too_often_fails_its_steps_at_once() -> None:
    play = up().report("[0].s(0)", 1).report("[0].s(1)", "Running").report("[0].s(1)", 1)
    assert ends(play)["[0].s"] == "Failed No more retries left"
    node = play.node("[0].s")
    assert ends(play)["[0]"] == f"Failed child '{node.id}' failed"
    assert (play.phase, play.message) == ("Failed", f"child '{node.id}' failed")


def test_a_daemon_whose_death_is_tolerated_may_die_too_often() -> None:
    play = up(", continueOn: {failed: true}").report("[0].s(0)", 1).report("[0].s(1)", 1)
    assert (ends(play)["[0].s"], ends(play)["[0]"]) == ("Failed No more retries left", "Succeeded")
    assert play.report("[1].w").phase == "Succeeded"


@pytest.mark.parametrize("is_recovered", [False, True])
@pytest.mark.parametrize(
    ("tolerance", "phase"),
    [
        ("", "Failed"),
        (", continueOn: {error: true}", "Failed"),
        (", continueOn: {failed: true}", "Running"),
    ],
)
def test_a_daemon_that_dies_after_its_group_fails_it_unless_that_is_tolerated(
    tolerance: str, phase: str, is_recovered: bool
) -> None:
    calls = CALLS.replace("steady, TOLERANCE", f"db{tolerance}")
    play = Play(steps(calls) + DAEMONS).start().report("[0].s", "Running")
    if is_recovered:
        crash(play)
    play.report("[0].s", 1)
    assert play.phase == phase
    assert ends(play)["[0]"].split()[0] == ("Failed" if phase == "Failed" else "Succeeded")
    assert ends(play)["[1].w"] == "Pending", "left as it is"


def test_a_daemon_ends_with_the_nearest_boundary_and_others_go_on() -> None:
    tasks = """
          - {name: outer, template: db}
          - {name: mid, template: with-db, dependencies: [outer]}
          - {name: last, template: work, dependencies: [mid]}
"""
    play = Play(dag(tasks) + DAEMONS).start().report(".outer", "Running")
    play.report(".mid[0].d", "Running").report(".mid[1].w")
    assert ends(play)[".mid[0].d"] == "Succeeded"
    assert play.running == [".outer", ".last"]
    play.report(".last")
    assert (ends(play)[".outer"], play.phase, play.running) == ("Succeeded", "Succeeded", [])


WORDS = {
    "db": "db",
    "daemoned": "db.Daemoned",
    "succeeded": "db.Succeeded",
    "failed": "db.Failed",
    "errored": "db.Errored",
    "skipped": "db.Skipped",
    "omitted": "db.Omitted",
}


def test_what_depends_on_a_daemon() -> None:
    tasks = "          - {name: db, template: db}\n"
    tasks += "".join(
        f"          - {{name: after-{name}, template: work, depends: {words}}}\n"
        for name, words in WORDS.items()
    )
    play = Play(dag(tasks) + DAEMONS).start().report(".db", "Running")
    started = {name for name in WORDS if ends(play)[f".after-{name}"] == "Pending"}
    assert started == {"db", "daemoned"}


def test_a_group_of_daemons_has_succeeded() -> None:
    names = {**{name: words.replace("db", "l") for name, words in WORDS.items()}}
    names |= {"any": "l.AnySucceeded", "all": "l.AllFailed"}
    tasks = "          - {name: l, template: db, withItems: [1, 2]}\n"
    tasks += "".join(
        f"          - {{name: after-{name}, template: work, depends: {words}}}\n"
        for name, words in names.items()
    )
    play = Play(dag(tasks) + DAEMONS).start()
    play.report(".l(0:1)", "Running").report(".l(1:2)", "Running")
    started = {name for name in names if ends(play)[f".after-{name}"] == "Pending"}
    assert started == {"db", "succeeded"}

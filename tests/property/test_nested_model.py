"""The engine against the model of whole workflows in nested.py, in an order that chance decides.

`EXAMPLES` in the environment asks for more of them than the tests of every day do.
"""

from __future__ import annotations

import os
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.play import Play
from tests.property.nested import OUTCOMES, Body, Call, Model, manifest
from tests.property.test_engine_recovery import crash

WORK = Body("work", "work")
QUICK = Body("quick", "quick")
LEAVES = [
    WORK, WORK, QUICK, Body("again", "work", retry="OnFailure"),
    Body("anew", "work", retry="OnError"), Body("always", "work", retry="Always"),
]  # fmt: skip
RESULTS = ["bare", "Succeeded", "Failed", "Errored", "Skipped", "Omitted"]


@st.composite
def logics(draw: Any, earlier: list[Call]) -> Any:
    shape = draw(st.sampled_from(["is", "is", "is", "not", "and", "or"]))
    if shape == "not":
        return ("not", draw(logics(earlier)))
    if shape in ("and", "or"):
        return (shape, draw(logics(earlier)), draw(logics(earlier)))
    call = draw(st.sampled_from(earlier))
    more = ["AnySucceeded", "AllFailed"] if call.items is not None else []
    return ("is", call.name, draw(st.sampled_from(RESULTS + more)))


@st.composite
def calls(draw: Any, name: str, depth: int, kind: str, earlier: list[Call]) -> Call:
    template = draw(bodies(f"{name}x", depth - 1)) if depth and draw(st.booleans()) else None
    template = template or draw(st.sampled_from(LEAVES))
    items = draw(st.sampled_from([None, None, None, 0, 1, 3]))
    hooked = kind == "steps" or items is None
    joins = draw(st.sampled_from(["", "depends", "dependencies"])) if earlier else ""
    statuses = ["", "", "any"] if items is not None else ["", "", "Succeeded", "Failed", "Error"]
    ends_late = template.kind == "work"
    tolerant = joins != "depends"
    return Call(
        name=name,
        template=template,
        items=items,
        off=draw(st.sampled_from([False, False, False, True])),
        failed_ok=tolerant and draw(st.booleans()),
        error_ok=tolerant and draw(st.booleans()),
        on_exit=draw(st.sampled_from(["", "", "work", "quick"])) if hooked else "",
        hook=draw(st.sampled_from(statuses)) if hooked and ends_late else "",
        logic=draw(logics(earlier)) if joins == "depends" else None,
        needs=tuple(
            draw(
                st.lists(st.sampled_from([each.name for each in earlier]), min_size=1, unique=True)
            )
        )
        if joins == "dependencies"
        else (),
    )


@st.composite
def bodies(draw: Any, name: str, depth: int) -> Body:
    kind = draw(st.sampled_from(["steps", "dag"]))
    groups: list[tuple[Call, ...]] = []
    for number in range(draw(st.integers(1, 3)) if kind == "steps" else 1):
        group: list[Call] = []
        for place in range(draw(st.integers(1, 3 if kind == "steps" else 4))):
            earlier = group if kind == "dag" else []
            group.append(draw(calls(f"{name}{number}{place}", depth, kind, earlier)))
        groups.append(tuple(group))
    if kind == "dag":
        groups = [_one_way_of_joining(groups[0])]
    retry = draw(st.sampled_from([None, None, None, "OnFailure", "Always"]))
    limit = draw(st.sampled_from([None, None, 1, 2]))
    return Body(name, kind, tuple(groups), retry=retry, parallelism=limit)


def _one_way_of_joining(group: tuple[Call, ...]) -> tuple[Call, ...]:
    """A dag has `depends` or `dependencies`, and continueOn not with the former."""
    if not any(call.logic is not None for call in group):
        return group
    return tuple(replace(call, needs=(), failed_ok=False, error_ok=False) for call in group)


EXAMPLES = int(os.environ.get("EXAMPLES", "60"))
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SETTINGS
@given(st.data())
def test_a_workflow_ends_as_its_model_says(data: st.DataObject) -> None:
    main = data.draw(bodies("m", 2))
    model = Model(data.draw(st.integers(0, 10_000)))
    on_exit = data.draw(st.sampled_from(["", "", "work"]))
    text = manifest(
        main, parallelism=data.draw(st.sampled_from([None, None, 1, 2])), on_exit=on_exit
    )
    text += "".join(
        f"\n{leaf}"
        for name, leaf in {
            "work": '    - name: work\n      container: {image: busybox, command: ["true"]}',
            "quick": '    - name: quick\n      suspend: {duration: "0"}',
        }.items()
        if f"    - name: {name}\n" not in text + "\n"
    )
    model.run(main, "", set())
    wanted = model.phases
    # where a failure and an error come to an omitted target, their order decides
    assume(not any("|" in phase for phase in wanted.values()))
    play = Play(text).start()
    _play_out(play, model, Random(data.draw(st.integers(0, 10_000))))
    if on_exit:
        wanted[".onExit"] = model.ends(".onExit")
    found = {play.short(n.name): str(n.phase) for n in play.engine.state.nodes.values()}
    assert found == wanted, text
    main_phase = wanted[""]
    assert play.phase == (
        model.ends(".onExit") if on_exit and main_phase == "Succeeded" else main_phase
    )


def _play_out(play: Play, model: Model, chance: Random) -> None:
    """Report all work in an order that chance decides; now and then the driver is lost."""
    for _ in range(2_000):
        running = play.running
        if not running:
            assert play.phase != "Running", play.tree()
            return
        if chance.random() < 0.05:
            crash(play)
        name = chance.choice(running)
        if chance.random() < 0.5:
            play.report(name, "Running")
        if name in play.running:
            play.report(name, OUTCOMES[model.ends(name)])
    raise AssertionError("the run does not end")

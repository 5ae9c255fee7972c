"""The engine against a small model of its own: loops, depends, retries, in dags and in steps.

The model knows nothing of passes, events or nodes: it computes how all must end from who depends
on whom. Argo: 1.6, 4.2, 4.3, 4.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.play import NAME, Play

HEAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: wf-}
spec:
  entrypoint: main
  templates:
    - name: work
      container: {image: busybox, command: ["true"]}
    - name: again
      retryStrategy: {limit: 2}
      container: {image: busybox, command: ["true"]}
    - name: main
"""
LIMIT = 2
Logic = tuple[Any, ...]  # ("is", task, result) | ("not", logic) | ("and" | "or", logic, logic)


@dataclass(frozen=True)
class Call:
    """`items` None: no loop. `codes` are exit codes by item and attempt; what is missing is 0."""

    name: str
    items: int | None = None
    retries: bool = False
    off: bool = False
    tolerated: bool = False
    logic: Logic | None = None
    codes: tuple[tuple[int, ...], ...] = ()

    def ends(self, item: int) -> list[int]:
        """Return the exit codes of the attempts that one item makes."""
        given = self.codes[item] if item < len(self.codes) else ()
        made = []
        for attempt in range(LIMIT + 1 if self.retries else 1):
            made.append(given[attempt] if attempt < len(given) else 0)
            if made[-1] == 0:
                break
        return made

    def phases(self) -> list[str]:
        """Return the phases of its items (of the one call without a loop)."""
        count = 1 if self.items is None else self.items
        if self.off:
            return ["Skipped"] * count
        return ["Failed" if self.ends(item)[-1] else "Succeeded" for item in range(count)]


# -- the model -------------------------------------------------------------------------------------


def outcome(call: Call) -> str:
    """Return the phase of a call that is made."""
    if call.items == 0 or (call.off and call.items is None):
        return "Skipped"
    return "Failed" if "Failed" in call.phases() else "Succeeded"


def holds(logic: Logic, phase: dict[str, str], calls: dict[str, Call]) -> bool:
    match logic:
        case ("is", task, "bare"):
            return phase[task] in ("Succeeded", "Skipped")
        case ("is", task, "AnySucceeded"):
            return phase[task] in ("Succeeded", "Failed") and "Succeeded" in calls[task].phases()
        case ("is", task, "AllFailed"):
            return phase[task] == "Failed" and set(calls[task].phases()) == {"Failed"}
        case ("is", task, result):
            return phase[task] == result
        case ("not", inner):
            return not holds(inner, phase, calls)
        case ("and", left, right):
            return holds(left, phase, calls) and holds(right, phase, calls)
        case ("or", left, right):
            return holds(left, phase, calls) or holds(right, phase, calls)
    raise AssertionError(logic)


def mentioned(logic: Logic | None) -> set[str]:
    if logic is None:
        return set()
    return {logic[1]} if logic[0] == "is" else set().union(*map(mentioned, logic[1:]))


def dag_model(calls: list[Call]) -> tuple[dict[str, str], str]:
    """Return the phase of every task, and of the dag."""
    by_name = {call.name: call for call in calls}
    phase: dict[str, str] = {}
    reach: dict[str, set[str]] = {}  # the phases of the last pods on the ways to a task
    for call in calls:
        runs = call.logic is None or holds(call.logic, phase, by_name)
        phase[call.name] = outcome(call) if runs else "Omitted"
        before = [reach[need] for need in mentioned(call.logic)] or [{"Succeeded"}]
        ended = phase[call.name] in ("Succeeded", "Failed")
        # a group of skipped items has succeeded itself
        own = {"Succeeded"} if call.off else set(call.phases())
        reach[call.name] = own if ended else set().union(*before)
    needed = set().union(*(mentioned(call.logic) for call in calls))
    targets = [call.name for call in calls if call.name not in needed]
    bad = any(
        phase[name] == "Failed" or ("Failed" in reach[name] and phase[name] != "Succeeded")
        for name in targets
    )
    return phase, "Failed" if bad else "Succeeded"


def steps_model(groups: list[list[Call]]) -> tuple[dict[str, str], str]:
    phase: dict[str, str] = {}
    for number, group in enumerate(groups):
        for call in group:
            phase[f"[{number}].{call.name}"] = outcome(call)
        if any(outcome(call) == "Failed" and not call.tolerated for call in group):
            return phase, "Failed"
    return phase, "Succeeded"


# -- manifests -------------------------------------------------------------------------------------


def text_of(logic: Logic) -> str:
    match logic:
        case ("is", task, "bare"):
            return str(task)
        case ("is", task, result):
            return f"{task}.{result}"
        case ("not", inner):
            return f"!({text_of(inner)})"
        case (word, left, right):
            sign = "&&" if word == "and" else "||"
            return f"({text_of(left)} {sign} {text_of(right)})"
    raise AssertionError(logic)


def call_text(call: Call) -> str:
    parts = [f"name: {call.name}", f"template: {'again' if call.retries else 'work'}"]
    if call.items is not None:
        parts.append(f"withParam: '{list(range(call.items))}'")
    if call.off:
        parts.append('when: "1 == 2"')
    if call.tolerated:
        parts.append("continueOn: {failed: true}")
    if call.logic is not None:
        parts.append(f'depends: "{text_of(call.logic)}"')
    return "{" + ", ".join(parts) + "}"


def play_out(play: Play, ends: dict[str, int], choose: Any) -> None:
    """Report all work in an order that chance decides."""
    for _ in range(10_000):
        running = play.running
        if not running:
            return
        name = running[choose(len(running))]
        play.report(name, ends.get(name, 0))
    raise AssertionError("the run does not end")


def ends_of(prefix: str, call: Call) -> dict[str, int]:
    """Return the exit code of every pod the call may start."""
    found: dict[str, int] = {}
    for item in range(1 if call.items is None else call.items):
        base = prefix + call.name + ("" if call.items is None else f"({item}:{item})")
        for attempt, code in enumerate(call.ends(item)):
            found[f"{base}({attempt})" if call.retries else base] = code
    return found


# -- what is drawn ---------------------------------------------------------------------------------

CODES = st.lists(st.lists(st.sampled_from([0, 0, 1]), max_size=3).map(tuple), max_size=3).map(tuple)


@st.composite
def logics(draw: Any, earlier: list[Call]) -> Logic:
    shape = draw(st.sampled_from(["is", "is", "is", "not", "and", "or"]))
    if shape == "not":
        return ("not", draw(logics(earlier)))
    if shape in ("and", "or"):
        return (shape, draw(logics(earlier)), draw(logics(earlier)))
    call = draw(st.sampled_from(earlier))
    results = ["bare", "Succeeded", "Failed", "Skipped", "Omitted"]
    if call.items is not None:
        results += ["AnySucceeded", "AllFailed"]
    return ("is", call.name, draw(st.sampled_from(results)))


@st.composite
def a_call(
    draw: Any, name: str, *, earlier: list[Call] | None = None, tolerate: bool = False
) -> Call:
    return Call(
        name=name,
        items=draw(st.sampled_from([None, None, 0, 1, 3])),
        retries=draw(st.booleans()),
        off=draw(st.sampled_from([False, False, False, True])),
        tolerated=tolerate and draw(st.booleans()),
        logic=draw(logics(earlier)) if earlier and draw(st.booleans()) else None,
        codes=draw(CODES),
    )


@st.composite
def dags(draw: Any) -> list[Call]:
    calls: list[Call] = []
    for number in range(draw(st.integers(1, 6))):
        calls.append(draw(a_call(f"t{number}", earlier=calls)))
    return calls


@st.composite
def groups(draw: Any) -> list[list[Call]]:
    return [
        [draw(a_call(f"s{g}{n}", tolerate=True)) for n in range(draw(st.integers(1, 3)))]
        for g in range(draw(st.integers(1, 3)))
    ]


SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(st.data())
def test_a_dag_ends_as_its_model_says(data: st.DataObject) -> None:
    calls = data.draw(dags())
    lines = "".join(f"        - {call_text(call)}\n" for call in calls)
    play = Play(HEAD + "      dag:\n        tasks:\n" + lines).start()
    ends = {name: code for call in calls for name, code in ends_of(".", call).items()}
    play_out(play, ends, lambda count: data.draw(st.integers(0, count - 1)))
    phases, whole = dag_model(calls)
    assert play.phase == whole
    nodes = play.engine.state.nodes
    assert {call.name: str(nodes[f"{NAME}.{call.name}"].phase) for call in calls} == phases
    off = {f".{call.name}" for call in calls if call.off}
    _same_pods(play, ends, {f".{name}": phase for name, phase in phases.items()}, off)


@SETTINGS
@given(st.data())
def test_steps_end_as_their_model_says(data: st.DataObject) -> None:
    drawn = data.draw(groups())
    lines = "".join(
        f"      {'- -' if first else '  -'} {call_text(call)}\n"
        for group in drawn
        for first, call in zip([True, *[False] * len(group)], group, strict=False)
    )
    play = Play(HEAD + "      steps:\n" + lines).start()
    ends = {
        name: code
        for number, group in enumerate(drawn)
        for call in group
        for name, code in ends_of(f"[{number}].", call).items()
    }
    play_out(play, ends, lambda count: data.draw(st.integers(0, count - 1)))
    phases, whole = steps_model(drawn)
    assert play.phase == whole
    off = {f"[{n}].{call.name}" for n, group in enumerate(drawn) for call in group if call.off}
    _same_pods(play, ends, phases, off)


def _same_pods(play: Play, ends: dict[str, int], phases: dict[str, str], off: set[str]) -> None:
    """Just the pods of the calls that are made exist, each with the phase of its exit code."""
    made = {name for name, phase in phases.items() if phase in ("Succeeded", "Failed")}
    want = {
        name: "Failed" if code else "Succeeded"
        for name, code in ends.items()
        if name.split("(")[0] in made - off
    }
    pods = [node for node in play.engine.state.nodes.values() if str(node.type) == "Pod"]
    assert {play.short(node.name): str(node.phase) for node in pods} == want

"""Metrics: their fold, their text as Prometheus' own parser reads it, and several runs' sum."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from argotui.journal.changes import decode_change, encode_change
from argotui.model.exposition import exposition, run_metrics
from argotui.model.fold import RunState, apply
from argotui.model.metrics import Family, Kind, Labels, Measured, Operation, summed

_OPERATIONS = {
    Kind.COUNTER: (Operation.ADD,),
    Kind.GAUGE: (Operation.SET, Operation.ADD, Operation.SUB),
    Kind.HISTOGRAM: (Operation.OBSERVE,),
}


def seen(kind: Kind, value: float, labels: Labels = (), **more: object) -> Measured:
    fields = {"name": "m", "help": "h", "operation": _OPERATIONS[kind][0], "at": 1.0, **more}
    return Measured(kind=kind, value=value, labels=labels, **fields)  # type: ignore[arg-type]


def state_of(*changes: Measured) -> RunState:
    state = RunState()
    for change in changes:
        apply(state, change)
    return state


def families_of(*changes: Measured) -> list[Family]:
    return run_metrics(state_of(*changes), now=100.0)


def parsed(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@given(
    kind=st.sampled_from(list(Kind)),
    values=st.lists(
        st.tuples(st.text(max_size=8), st.floats(allow_nan=False, width=32)), min_size=1, max_size=9
    ),
    about=st.text(min_size=1, max_size=20),
)
def test_prometheus_reads_what_was_measured(
    kind: Kind, values: list[tuple[str, float]], about: str
) -> None:
    """Whatever is in labels and help: one line each, and nothing of it is lost."""
    changes = [
        seen(kind, value, (("a", label),), help=about, buckets=(-1.0, 0.5))
        for label, value in values
    ]
    found = parsed(exposition(families_of(*changes)))
    for label in {label for label, _ in values}:
        mine = [value for other, value in values if other == label]
        if kind is Kind.HISTOGRAM:
            key = ("argo_workflows_m_bucket", (("a", label), ("le", "+Inf")))
            assert found[key] == len(mine)
            below = found["argo_workflows_m_bucket", (("a", label), ("le", "0.5"))]
            assert below == sum(value <= 0.5 for value in mine)
            assert found["argo_workflows_m_count", (("a", label),)] == len(mine)
        elif kind is Kind.GAUGE:
            assert found["argo_workflows_m", (("a", label),)] == mine[-1]
        else:
            total = 0.0
            for value in mine:
                total += value
            same = found["argo_workflows_m_total", (("a", label),)]
            assert same == total or (math.isnan(same) and math.isnan(total))


def test_the_text_is_as_the_format_wants_it() -> None:
    text = exposition(
        families_of(
            seen(Kind.COUNTER, 2, (("l", 'a "quoted" \\ new\nline'),), help="one\ntwo \\"),
            seen(Kind.GAUGE, math.inf, name="z"),
        )
    )
    assert text == (
        "# HELP argo_workflows_m one\\ntwo \\\\\n"
        "# TYPE argo_workflows_m counter\n"
        'argo_workflows_m{l="a \\"quoted\\" \\\\ new\\nline"} 2\n'
        "# HELP argo_workflows_z h\n"
        "# TYPE argo_workflows_z gauge\n"
        "argo_workflows_z +Inf\n"
    )
    assert exposition([]) == ""


@pytest.mark.parametrize("kind", list(Kind))
def test_a_journal_gives_back_the_same_measurement(kind: Kind) -> None:
    change = seen(
        kind, 1.5, (("a", "b"),), buckets=(1.0, 2.0), since=3.0, owner="wf", is_final=True
    )
    assert decode_change(encode_change(change)) == change


def test_several_runs_are_one_controllers() -> None:
    def run(value: float, at: float, operation: Operation) -> list[Family]:
        return families_of(
            seen(Kind.COUNTER, value, name="c"),
            seen(Kind.HISTOGRAM, value, name="h", buckets=(2.0,)),
            seen(Kind.GAUGE, value, name="g", operation=operation, at=at),
        )

    first, later = run(1, 10, Operation.SET), run(5, 20, Operation.ADD)
    total, problems = summed([first, later])
    assert not problems
    assert parsed(exposition(total)) == {
        ("argo_workflows_c_total", ()): 6,
        ("argo_workflows_g", ()): 6,
        ("argo_workflows_h_bucket", (("le", "2"),)): 1,
        ("argo_workflows_h_bucket", (("le", "+Inf"),)): 2,
        ("argo_workflows_h_sum", ()): 6,
        ("argo_workflows_h_count", ()): 2,
    }
    total, _ = summed([later, run(7, 30, Operation.SET)])
    assert parsed(exposition(total))["argo_workflows_g", ()] == 7
    total, _ = summed([run(7, 30, Operation.SET), first])
    assert parsed(exposition(total))["argo_workflows_g", ()] == 7  # the last one, by the clock


def test_what_does_not_fit_is_left_out_and_said() -> None:
    total, problems = summed([families_of(seen(Kind.COUNTER, 1)), families_of(seen(Kind.GAUGE, 9))])
    assert exposition(total).endswith("argo_workflows_m 1\n")
    assert problems == ["metric 'm' has another type, help or buckets elsewhere"]

"""`depends`: which tasks, which results, and when the condition holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argotui.expr.depends import RESULTS, normalise, parse_depends
from argotui.expr.errors import ExpressionError
from argotui.model.bodies import Task
from argotui.model.manifest import ContinueOn

PHASES = {"A": "Succeeded", "F": "Failed", "E": "Errored", "S": "Skipped", "O": "Omitted"}
PHASES |= {"a-b": "Succeeded", "a-b-1": "Skipped", "bare-f": "Omitted", "D": "Daemoned"}


def holds(text):
    return parse_depends(text).evaluate(lambda task, result: PHASES[task] == result)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", True),
        ("A", True),
        ("S", True),
        ("D", True),
        ("O", False),
        ("F", False),
        ("E", False),
        ("A.Succeeded", True),
        ("F.Failed", True),
        ("E.Errored", True),
        ("E.Failed", False),
        ("O.Omitted", True),
        ("O.Skipped", False),
        ("!A.Succeeded", False),
        ("!!A", True),
        ("A && F", False),
        ("A || F", True),
        ("A || F && F", True),
        ("(A || F) && F", False),
        ("!F && A", True),
        ("(A && !bare-f.Succeeded) && (F.Failed || E) && !O", True),
        ("a-b.Succeeded && a-b-1.Skipped && !a-b-1.Succeeded", True),
        ("A.Succeeded&&(F.Failed||E)", True),
    ],
)
def test_conditions(text, wanted):
    assert holds(text) is wanted


def test_tasks_and_conditions_are_told():
    parsed = parse_depends("A && (B.Succeeded || !C-1.AnySucceeded) && A")
    assert parsed.tasks == {"A", "B", "C-1"}
    assert parsed.conditions == (
        ("A", ""),
        ("B", "Succeeded"),
        ("C-1", "AnySucceeded"),
        ("A", ""),
    )


@pytest.mark.parametrize(
    "text", ["A &&", "&& A", "(A", "A)", "A B", "A & B", "!", "()", "A.b", "{{x}}"]
)
def test_mistakes_are_refused(text):
    with pytest.raises(ExpressionError, match="depends: unexpected"):
        parse_depends(text)


def test_an_unknown_result_has_argos_words():
    with pytest.raises(ExpressionError, match=r"^task result 'Done' for task 'A' is invalid$"):
        parse_depends("A.Done")


@pytest.mark.parametrize("name", ["in", "not", "and", "let"])
def test_a_task_named_like_a_keyword_fails_at_evaluation(name):
    parsed = parse_depends(f"{name}.Succeeded")
    with pytest.raises(ExpressionError):
        parsed.evaluate(lambda task, result: True)


def test_deep_brackets_are_refused():
    with pytest.raises(ExpressionError):
        parse_depends("(" * 5000 + "A" + ")" * 5000)


def test_bare_names_are_spelled_out_with_continue_on():
    tasks = {
        "A": Task(name="A"),
        "b-1": Task(name="b-1", continue_on=ContinueOn(error=True, failed=True)),
        "C": Task(name="C", continue_on=ContinueOn(failed=True)),
    }
    plain = "(A.Succeeded || A.Skipped || A.Daemoned)"
    both = "(b-1.Succeeded || b-1.Skipped || b-1.Daemoned || b-1.Errored || b-1.Failed)"
    failed = "(C.Succeeded || C.Skipped || C.Daemoned || C.Failed)"
    joined = Task(name="x", dependencies=("A", "b-1"))
    assert normalise(joined, tasks) == f"{plain} && {both}"
    mixed = Task(name="x", depends="A && !(b-1.Failed || C)")
    assert normalise(mixed, tasks) == f"{plain} && !(b-1.Failed || {failed})"
    assert normalise(Task(name="x"), tasks) == ""


@given(st.text(alphabet="AB-.!&|() Succeeded", max_size=25))
def test_anything_parses_or_is_our_error(text):
    try:
        parsed = parse_depends(text)
    except ExpressionError:
        return
    assert all(result in RESULTS or not result for _, result in parsed.conditions)
    parsed.evaluate(lambda task, result: True)

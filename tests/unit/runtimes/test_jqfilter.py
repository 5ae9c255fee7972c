"""jqFilter in a process of its own: no environment, no files, no end of time or memory."""

from __future__ import annotations

import json

import pytest

from argotui.model.errors import RuntimeFault
from argotui.runtimes.jqfilter import filtered

pytest.importorskip("jq")
FOUND = {"b": [1, "x", None], "a": {"n": 1.5, "t": "é<"}}


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        (".a.t", "é<"),
        (".a", '{"n":1.5,"t":"é<"}'),
        (".b[]", "1\nx\nnull"),
        (".nope", ""),
        ("keys[]", "a\nb"),
        (".[] | length", "2\n3"),
        ('"import \\"a\\" as a;"', 'import "a" as a;'),
    ],
)
def test_results_are_lines(expression, wanted):
    assert filtered(expression, FOUND) == wanted


def test_the_environment_is_not_to_be_seen(monkeypatch):
    monkeypatch.setenv("SECRET", "hidden")
    assert "hidden" not in filtered("[env, $ENV]", FOUND)


@pytest.mark.parametrize("before", ["", " \n", "# a\n", "module {}; ", "\ufeff"])
def test_no_file_is_read(before, tmp_path):
    (tmp_path / "d.json").write_text(json.dumps({"secret": 1}))
    with pytest.raises(RuntimeFault):
        filtered(f'{before}import "d" as $d {{search: "{tmp_path}"}}; $d', FOUND)


@pytest.mark.slow
@pytest.mark.parametrize(
    "expression",
    [
        "def f: f; f",
        "[recurse(1)]",
        "last(range(1e12))",
        '"x" * 1e9',
        '[range(1e6)] | map("x" * 1000)',
    ],
)
def test_an_attack_ends_soon(expression):
    with pytest.raises(RuntimeFault):
        filtered(expression, FOUND)


def test_a_mistake_has_jqs_words():
    with pytest.raises(RuntimeFault, match="syntax error"):
        filtered(".a[", FOUND)

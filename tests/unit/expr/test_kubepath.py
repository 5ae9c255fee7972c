"""kubectl's JSONPath templates: what client-go makes of each."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argotui.expr.errors import ExpressionError
from argotui.expr.kubepath import render

OBJECT = {
    "kind": "List",
    "metadata": {"name": "n", "labels": {"a.b/c": "x"}},
    "items": [
        {"k": "a", "v": 1, "on": True},
        {"k": "b", "v": 2.5, "tags": ["t", "u"]},
        {"k": "c", "v": None},
    ],
}


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        ("{.metadata.name}", "n"),
        ("{$.metadata.name}", "n"),
        (".metadata.name", "n"),
        ("metadata.name", "n"),
        ("{.items[*].k}", "a b c"),
        ("{.items[0].v} {.items[1].v}", "1 2.5"),
        ("{.items[-1].k}", "c"),
        ("{.items[0:2].k}", "a b"),
        ("{.items[::2].k}", "a c"),
        ("{.items[0,2].k}", "a c"),
        ("{.items[1]['k','v']}", "b 2.5"),
        ("{.items[1].tags}", '["t","u"]'),
        ("{.metadata.labels}", '{"a.b/c":"x"}'),
        (r"{.metadata.labels.a\.b/c}", "x"),
        ("{..k}", "a b c"),
        ('{.items[?(@.k=="b")].v}', "2.5"),
        ("{.items[?(@.tags)].k}", "b"),
        ("{.items[?(@.on==true)].k}", "a"),
        ("{.items[2].v}", "null"),
        ("{.nope.x}", ""),
        ('name: {.metadata.name}{"\\n"}', "name: n\n"),
        ('{range .items[*]}{.k}={.v}{"\\n"}{end}', "a=1\nb=2.5\nc=null\n"),
        ("{range .items[*]}[{range .tags[*]}{@}{end}]{end}", "[][tu][]"),
        ("{range .items[*]}x", "xxxx"),  # what follows is the range's and its own
        ("{range .nope[*]}x{end}y", "y"),
        # sic: the root is the item, a text has bytes, a quoted key no dots
        ("{range .items[*]}{$.kind}{end}", ""),
        ("{.kind.*}", "76 105 115 116"),
        ("{.metadata.labels['a.b/c']}", ""),
        ("{'a\\tb'}{1.5}{true}", "a\tb1.5true"),
    ],
)
def test_templates(template, wanted):
    assert render(template, OBJECT) == wanted


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{.a[}", "unterminated array"),
        ("{.a", "unclosed action"),
        ("x{end}", "not in range, nothing to end"),
        ("{foo}", "unrecognized identifier foo"),
        ("{.a[?(@.b}", "unterminated filter"),
        ("{.a[?(!(@.b))]}", "unclosed array expect ]"),
        ("{[a b]}", "invalid array index a b"),
        ("{.items[9]}", "array index out of bounds: index 9, length 3"),
        ("{.kind[0]}", "string is not array or slice"),
        ("{.items[?(@.v>1)].k}", "incompatible types for comparison"),
        ("{.items[?(@.k=='a' && @.v==1)]}", "unrecognized character in action: U+0026 '&'"),
        ("{.items[*]....k}", "invalid multiple recursive descent"),
    ],
)
def test_mistakes_have_kubectls_words(template, message):
    with pytest.raises(ExpressionError) as caught:
        render(template, OBJECT)
    assert caught.value.message == message


@pytest.mark.parametrize(
    "template",
    [
        "{range $.a[*]}" * 3 + "{end}" * 3,
        "{.a[*,*]}".replace("*", ",".join(["0:"] * 2000)),
        "{range .a[*]}{$}{end}" * 2000,
        "{" + "[?(" * 500,
        "{..[*]..[*]..[*]..[*]}",
        "{range @}" * 5000,
    ],
    ids=range(6),
)
def test_an_attack_ends_soon(template):
    nest = {"a": [list(range(100))] * 1000}
    begun = time.process_time()
    with contextlib.suppress(ExpressionError):
        assert len(render(template, nest)) < 20_000_000
    assert time.process_time() - begun < 4


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="{}[]().$@*?:,'\"ab01 =!<>&|\\-", max_size=20))
def test_anything_renders_or_is_our_error(template):
    try:
        render(template, OBJECT)
    except ExpressionError as error:
        str(error)

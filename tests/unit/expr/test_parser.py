"""The grammar: what binds to what, and what is said of a mistake."""

from __future__ import annotations

import pytest

from argotui.expr import syntax
from argotui.expr.errors import ExpressionError
from argotui.expr.parser import parse


def shape(node):
    """Write a tree with every pair of brackets."""
    match node:
        case syntax.Literal(value=value):
            return repr(value)
        case syntax.Name(name=name):
            return name
        case syntax.Pointer(name=name):
            return "#" + name
        case syntax.Unary(operator=sign, node=inner):
            return f"({sign} {shape(inner)})"
        case syntax.Binary(operator=sign, left=left, right=right):
            return f"({shape(left)} {sign} {shape(right)})"
        case syntax.Conditional(condition=a, then=b, otherwise=c):
            return f"({shape(a)} ? {shape(b)} : {shape(c)})"
        case syntax.Member(base=base, key=key, optional=optional):
            return f"{shape(base)}{'?' * optional}[{shape(key)}]"
        case syntax.Slice(base=base, low=low, high=high):
            ends = [shape(end) if end else "" for end in (low, high)]
            return f"{shape(base)}[{':'.join(ends)}]"
        case syntax.Chain(node=inner):
            return f"<{shape(inner)}>"
        case syntax.Call(callee=callee, arguments=arguments):
            return f"{shape(callee)}({', '.join(map(shape, arguments))})"
        case syntax.Builtin(name=name, arguments=arguments):
            return f"{name}({', '.join(map(shape, arguments))})"
        case syntax.Predicate(body=body):
            return f"{{{shape(body)}}}"
        case syntax.Let(name=name, value=value, body=body):
            return f"let {name} = {shape(value)}; {shape(body)}"
        case syntax.Sequence(nodes=nodes):
            return "; ".join(map(shape, nodes))
        case syntax.ListOf(nodes=nodes):
            return f"[{', '.join(map(shape, nodes))}]"
        case syntax.MapOf(pairs=pairs):
            return "{" + ", ".join(f"{shape(k)}: {shape(v)}" for k, v in pairs) + "}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("2 ** 3 ** 2", "(2 ** (3 ** 2))"),
        ("-2 ** 2", "(- (2 ** 2))"),
        ("- a.b", "(- a['b'])"),
        ("not a == b", "((not a) == b)"),
        ("a or b and c", "(a or (b and c))"),
        ("a && b || c", "((a && b) || c)"),
        ("a == b && c", "((a == b) && c)"),
        ("a < b < c", "((a < b) && (b < c))"),
        ("1..2 + 3", "(1 .. (2 + 3))"),
        ("a in 1..2", "(a in (1 .. 2))"),
        ("a not in b", "(not (a in b))"),
        ("1 + a not in b", "(not ((1 + a) in b))"),
        ("a ?? b ?? c", "((a ?? b) ?? c)"),
        ("1 + (a ?? b)", "(1 + (a ?? b))"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a ?: b", "(a ? a : b)"),
        ("if a { b } else { c }", "(a ? b : c)"),
        ("a.b['c-d'][0]", "a['b']['c-d'][0]"),
        ("a?.b.c", "<a?['b']['c']>"),
        ("a?.[0]", "<a?[0]>"),
        ("a[1:2]", "a[1:2]"),
        ("a[:-1]", "a[:(- 1)]"),
        ("a[:]", "a[:]"),
        ("a | upper() | trim('x')", "trim(upper(a), 'x')"),
        ("a | filter(# > 1)", "filter(a, {(# > 1)})"),
        ("map(a, .b)", "map(a, {#['b']})"),
        ("reduce(a, #acc + #, 0)", "reduce(a, {(#acc + #)}, 0)"),
        ("sprig.trim(a)", "sprig['trim'](a)"),
        ("foo(1, 2)", "foo(1, 2)"),
        ("let x = 1; let y = 2; x", "let x = 1; let y = 2; x"),
        ("1; 2", "1; 2"),
        ("[1, 2,]", "[1, 2]"),
        ("{a: 1, 'b c': 2, (d): 3}", "{'a': 1, 'b c': 2, d: 3}"),
        ("a.not", "a['not']"),
        ("0x1F + 0b11 + 0o17 + 1_000", "(((31 + 3) + 15) + 1000)"),
        (".5 + 1e3 + 1.", "((0.5 + 1000.0) + 1.0)"),
        ("'a\\tb' + `c\\t`", "('a\\tb' + 'c\\\\t')"),
        ("::upper(a)", "upper(a)"),
        ("1 // c\n + /* d */ 2", "(1 + 2)"),
    ],
)
def test_precedence_and_forms(text, wanted):
    assert shape(parse(text)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 +", "unexpected token EOF (1:3)\n | 1 +\n | ..^"),
        (
            "{'b': {'c': 1",
            "unexpected token EOF (1:13)\n | {'b': {'c': 1\n | ............^",
        ),
        ("", "unexpected token EOF"),
        ("a b", 'unexpected token Identifier("b") (1:3)\n | a b\n | ..^'),
        ("1 2", 'unexpected token Number("2") (1:3)\n | 1 2\n | ..^'),
        ("(1", "unexpected token EOF (1:2)\n | (1\n | .^"),
        ("a.\n*", "expected name (2:1)\n | *\n | ^"),
        ("a ?? b + c", None),
        ("'abc", "literal not terminated (1:5)\n | 'abc\n | ....^"),
        ("@", "unrecognized character: U+0040 '@' (1:1)\n | @\n | ^"),
        ("1x", 'bad number syntax: "1x" (1:2)\n | 1x\n | .^'),
        ("'\\q'", None),
        ("/* a", None),
        ("filter(a)", None),
        ("map(a, b; c)", None),
        ("{1 2}", None),
    ],
)
def test_mistakes_are_told_with_their_place(text, wanted):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    if wanted is not None:
        assert str(caught.value) == wanted


def test_coalesce_is_not_mixed_with_other_operators():
    with pytest.raises(ExpressionError, match="cannot be mixed"):
        parse("a ?? b + c")

# ruff: noqa: E501
"""Random expressions that mean something most of the time, by the types of their parts.

Called by the fuzzer of expressions. The same seed gives the same text.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from argotui.expr.sprig import SPRIG

ENV: dict[str, Any] = {
    "s": "hello world", "u": "Ünïcode ☃ \U0001f600 e\u0301", "e": "", "n": 7, "neg": -3,
    "big": 9007199254740993, "f": 2.5, "b": True, "z": None, "num": "42", "js":
    '{"k": [1, 2.5, null], "s": "x", "m": {"a": true}}', "arr": [3, 1, 2], "mix":
    [1, "a", None, 2.5, True, [1], {"k": "v"}], "words": ["b", "a", "c-d"], "fl": [1.5, -2.0, 3.0],
    "m": {"k": "v", "n": 1, "d": {"e": [1, {"x": "y"}]}, "nil": None, "a-b": "c"},
    "objs": [{"id": 1, "name": "x", "ok": True}, {"id": 2, "name": "y", "ok": False},
             {"id": 3, "name": None}],
    "steps": {"a": {"outputs": {"result": "12", "parameters": {"p-1": "v"}}, "status": "Failed"}},
    "nothing": [], "void": {},
}  # fmt: skip
_NAMES = {
    "str": ["s", "u", "e", "num", "js", "steps.a.status", "m.k", "words[0]", "steps.a.outputs.result"],
    "int": ["n", "neg", "big", "m.n", "len(arr)"],
    "float": ["f"],
    "bool": ["b", "objs[0].ok"],
    "arr": ["arr", "mix", "words", "fl", "objs", "nothing", "m.d.e"],
    "map": ["m", "steps", "objs[1]", "void", "m.d", "steps.a.outputs"],
    "any": ["z", "m.nil", "m.nope", "objs[2]?.name", "m?.d?.e", "mix[2]", "steps.x?.y", "nobody",
            "m['a-b']", "fromJSON(js).k", "fromJSON(js)?.m.a", "$env.s", "$env['n']", "steps.x.y"],
    "time": ["date('2024-02-29T12:30:45.5Z')", "date('2023-01-31')", "date('13:14:15')"],
    "dur": ["duration('1h30m')", "duration('-1.5s')", "duration('300ms')", "duration('0')"],
}  # fmt: skip
_TEXTS = ("''", "'a'", "'abc'", "\"it's\"", "'Ünïcode ☃'", "'a,b,,c'", "' pad\\t\\n'", "'42'", "'-7'",
          "'3.14'", "'0x1F'", "'1e3'", "'true'", "'[1,2]'", "'{\"a\": 1}'", "'^a+'", "'(\\\\w+)-(\\\\d)'",
          "`raw\\n`", "'\\u00e9\\n\\x41\\101'", "'2006-01-02'", "'2024-02-29'", "'1h30m'", "'%d-%s'",
          "'\U0001f600'", "','", "'-'", "' '", "'asc'", "'desc'", "'UTC'", "'Europe/Berlin'", "'1.2.3'",
          "'^1.2.x'", "'HelloWorld foo_bar-baz'", "'http://u:p@h.de:80/p/a?q=1#f'", "'aGVsbG8='",
          "'a/b/../c.tar.gz'", "'k'", "'id'", "'not json'", "'010'", "'<&>'", "'a\\\\b\"c'")  # fmt: skip
_INTS = ("0", "1", "2", "-1", "3", "10", "100", "7", "0x1f", "0b101", "0o17", "1_000",
         "9223372036854775807", "-5")  # fmt: skip
_FLOATS = ("0.0", "1.5", "-2.25", ".5", "1e3", "1e21", "1e-7", "3.0", "0.1", "1e308", "2.5e0")
_KINDS = ("str", "int", "float", "bool", "arr", "map", "any", "time", "dur")
_LETTERS = {
    "s": "str",
    "i": "int",
    "n": "float",
    "b": "bool",
    "a": "arr",
    "m": "map",
    "x": "any",
    "t": "time",
}
_SPRIG = sorted(name for name in SPRIG if name not in ("now", "ago", "durationRound"))
_CLOCK = {"date", "htmlDate", "htmlDateInZone", "dateInZone", "date_in_zone"}
# what an expression of a kind may be, `<kind>` being an expression inside
_FORMS: dict[str, tuple[str, ...]] = {
    "str": ("<str> + <str>", "upper(<str>)", "lower(<str>)", "trim(<str>)", "trim(<str>, <str>)",
            "trimPrefix(<str>, <str>)", "trimSuffix(<str>)", "replace(<str>, <str>, <str>)",
            "replace(<str>, <str>, <str>, <int>)", "repeat(<str>, <small>)", "join(<arr>, <str>)",
            "join(map(<arr>, string(#)), <str>)", "string(<any>)", "<str>[<int>:<int>]",
            "<str>[:<int>]", "type(<any>)", "toJSON(<any>)", "toJson(<any>)", "toBase64(<str>)",
            "fromBase64(<str>)", "<time>.Format(<str>)", "string(<time>)", "string(<dur>)",
            "<dur>.String()", "<str> | trim()", "<str>[<int>:]", "join(split(<str>, <str>))",
            "string(<float>)", "string(<arr>)", "string(<map>)", "<time>.Month().String()",
            "join(<arr>)", "let q = <str>; q + <str>", "<str> ?? <str>"),
    "int": ("<int> + <int>", "<int> - <int>", "<int> * <int>", "<int> % <int>", "-<int>", "+<int>",
            "len(<str>)", "len(<arr>)", "len(<map>)", "int(<any>)", "int(<str>)", "asInt(<str>)",
            "int(<float>)", "abs(<int>)", "indexOf(<str>, <str>)", "lastIndexOf(<str>, <str>)",
            "count(<arr>, <pred>)", "count(<arr>)", "sum(<arr>)", "sum(<arr>, <val>)",
            "findIndex(<arr>, <pred>)", "findLastIndex(<arr>, <pred>)", "bitand(<int>, <int>)",
            "bitor(<int>, <int>)", "bitxor(<int>, <int>)", "bitnand(<int>, <int>)",
            "bitnot(<int>)", "bitshl(<int>, <small>)", "bitshr(<int>, <small>)",
            "bitushr(<int>, <small>)", "<time>.Year()", "<time>.Day()", "<time>.Unix()",
            "max(<int>, <int>)", "min(<arr>)", "reduce(<arr>, #acc + #)",
            "reduce(<arr>, #acc + #index, <int>)", "<int> // c\n", "(<int>; <int>)"),
    "float": ("<float> + <float>", "<float> * <int>", "<int> / <int>", "<float> / <float>",
              "<int> ** <small>", "<float> ^ <float>", "-<float>", "float(<any>)", "asFloat(<str>)",
              "ceil(<float>)", "floor(<float>)", "round(<float>)", "mean(<arr>)", "median(<arr>)",
              "mean(<int>, <float>)", "max(<float>, <int>)", "<dur>.Hours()", "<dur>.Seconds()",
              "abs(<float>)", "round(<int>)", "median(<int>, <float>, <arr>)"),
    "bool": ("<any> == <any>", "<any> != <any>", "<int> < <int>", "<str> < <str>",
             "<float> >= <int>", "<any> > <any>", "<bool> and <bool>", "<bool> || <bool>",
             "not <bool>", "!<bool>", "<str> contains <str>", "<str> startsWith <str>",
             "<str> endsWith <str>", "<str> matches <str>", "<any> in <arr>", "<str> in <map>",
             "<any> not in <arr>", "<str> not contains <str>", "all(<arr>, <pred>)",
             "any(<arr>, <pred>)", "none(<arr>, <pred>)", "one(<arr>, <pred>)",
             "hasPrefix(<str>, <str>)", "hasSuffix(<str>, <str>)", "<int> in <int>..<small>",
             "<int> < <int> < <float>", "<time> < <time>", "<dur> >= <dur>", "<time> == <time>",
             "<arr> == <arr>", "<map> == <map>", "<any> in <any>", "<str> in ['a', 'abc', 'x']",
             "<int> in [1, 2, 7]", "<arr> | any(<pred>)", "<str> == <str>", "<int> == <float>",
             "count(<arr>, <pred>) > 0", "len(filter(<arr>, <pred>)) > <small>",
             "<bool> == <bool>", "<any> matches <any>"),
    "arr": ("filter(<arr>, <pred>)", "map(<arr>, <val>)", "[<any>, <any>, <any>]", "[<int>, <int>]",
            "[<str>, <str>]", "[]", "<int>..<small>", "<arr>[<int>:<int>]", "<arr>[<int>:]",
            "split(<str>, <str>)", "split(<str>, <str>, <int>)", "splitAfter(<str>, <str>)",
            "concat(<arr>, <arr>)", "flatten(<arr>)", "uniq(<arr>)", "reverse(<arr>)",
            "sort(<arr>)", "sort(<arr>, <str>)", "sortBy(<arr>, <val>)",
            "sortBy(<arr>, <val>, 'desc')", "take(<arr>, <int>)", "sort(keys(<map>))",
            "sort(keys(<map>))", "values({k: <any>})", "toPairs({k: <any>})", "map(<arr>, {let q = #; [q, #index]})",
            "map(filter(<arr>, <pred>), <val>)", "<arr> | map(<val>)", "[<arr>, <arr>]",
            "sort([<int>, <int>, <int>])", "sort(<arr>, 'desc')", "splitAfter(<str>, <str>, <int>)",
            "<bool> ? <arr> : <arr>"),
    "map": ("{a: <any>, 'b c': <any>}", "{}", "{(<str>): <any>}", "{1: <int>, a: <map>}",
            "groupBy(<arr>, <val>)", "fromPairs([[<str>, <any>]])", "fromPairs(toPairs(<map>))",
            "<map> ?? <map>"),
    "any": ("<str>", "<int>", "<float>", "<bool>", "<arr>", "<map>", "<time>", "<dur>", "nil",
            "<arr>[<int>]", "<map>.k", "<map>?.d.e", "<map>['n']", "<map>[<any>]", "<any> ?? <any>",
            "<bool> ? <any> : <any>", "if <bool> { <any> } else { <any> }", "find(<arr>, <pred>)",
            "findLast(<arr>, <pred>)", "first(<arr>)", "last(<arr>)", "get(<map>, <str>)",
            "get(<arr>, <int>)", "get(<any>, <any>)", "fromJSON(<str>)", "<any>?.k",
            "let q = <any>; q", "(<any>)", "max(<arr>)", "min(<any>, <any>)", "<any> + <any>",
            "<any> - <any>", "<any> * <any>", "<any>[<any>]", "<any>.k", "<str>[<int>]",
            "<sprig>", "<sprig>", "<sprig>", "<any> | <pipe>", "$env[<str>]", "<bool> ?: <any>",
            "filter(<arr>, <pred>)[0]", "filter(<arr>, <pred>)[-1]", "first(filter(<arr>, <pred>))",
            "(<any>; <any>)", "reduce(<arr>, <any>)", "<any>?.[<any>]", "::len(<arr>)",
            "last(filter(<arr>, <pred>))", "<any>.Foo()", "$env.m"),
    "time": ("date(<str>)", "date(<str>, <str>)", "<time> + <dur>", "<time> - <dur>",
             "<dur> + <time>", "<time>.AddDate(<small>, <small>, <int>)", "<time>.UTC()",
             "date(<str>, '2006-01-02', 'Europe/Berlin')", "<time>.Truncate(<dur>)",
             "<time>.In(timezone(<str>))", "<time>.Add(<dur>)"),
    "dur": ("duration(<str>)", "<time> - <time>", "<dur> + <dur>", "<dur> * <int>", "<int> * <dur>",
            "<dur> - <dur>", "-<dur>", "<time>.Sub(<time>)", "<dur>.Round(<dur>)", "<dur> * <float>",
            "<dur> / <int>"),
    "pred": ("# > <int>", "{# == <any>}", "<bool>", ".ok", "#.id > 1", "{.name == <str>}",
             "# in <arr>", "# % 2 == 0", "len(string(#)) > <small>", "type(#) == 'int'",
             "{let x = #; x != nil}", "#?.ok ?? false", "# startsWith <str>", "not <bool>",
             "#index > 0", "# matches <str>"),
    "val": ("#", ".id", "#.name", "{# * 2}", "string(#)", "# + <any>", "<any>", "#index", "[#]",
            "{{k: #}}", "#?.id ?? 0", "upper(#)", "len(#)", "-#", "type(#)", ".k"),
}  # fmt: skip
_PIPES = (
    "len()",
    "string()",
    "upper()",
    "first()",
    "int()",
    "toJson()",
    "trim()",
    "sort()",
    "get(<any>)",
    "map(<val>)",
    "filter(<pred>)",
    "join(<str>)",
    "keys()",
    "type()",
)


def expression(random: Random) -> str:
    text = _made(random, "any", random.choice((1, 2, 2, 3, 3, 4)))
    if random.random() < 0.04:
        at = random.randrange(len(text) + 1)
        noise = random.choice("()[]{}.,?:;|&!=<>+-*/%^#$@~'\" \n0aé") * random.randrange(2)
        text = text[:at] + noise + text[at + random.randrange(2) :]
    return text


def _made(random: Random, kind: str, depth: int) -> str:
    if kind in _KINDS and random.random() < 0.08:
        kind = random.choice(_KINDS)
    if depth <= 0:
        return _leaf(random, kind)
    return _rest(random, random.choice(_FORMS[kind]), depth)


def _rest(random: Random, text: str, depth: int) -> str:
    """Fill the holes of what is left of a form."""
    parts: list[str] = []
    while True:
        head, sign, rest = text.partition("<")
        inner, bracket, tail = rest.partition(">")
        if not sign:
            return "".join([*parts, head])
        if bracket and inner in _HOLES:
            parts += [head, _hole(random, inner, depth - 1)]
            text = tail
        else:
            parts += [head, sign]
            text = rest


def _hole(random: Random, name: str, depth: int) -> str:
    match name:
        case "small":
            return str(random.randrange(-1, 6))
        case "sprig":
            return _sprig(random, depth)
        case "pipe":
            return _rest(random, random.choice(_PIPES), depth)
        case "pred" | "val":
            return _rest(random, random.choice(_FORMS[name]), depth - 1)
    text = _made(random, name, depth - (random.random() < 0.4))
    plain = text.isalnum() or (text[-1:] in ")]'" and text[:1].isalpha() and " " not in text)
    return text if plain or random.random() < 0.25 else f"({text})"


def _leaf(random: Random, kind: str) -> str:
    if kind == "any" and random.random() < 0.6:
        kind = random.choice(("str", "int", "float", "bool", "arr", "map"))
    if kind in ("pred", "val"):
        return "#"
    names = _NAMES.get(kind, ["z"])
    choices: dict[str, Callable[[], str]] = {
        "str": lambda: random.choice(_TEXTS),
        "int": lambda: random.choice(_INTS),
        "float": lambda: random.choice(_FLOATS),
        "bool": lambda: random.choice(("true", "false")),
        "arr": lambda: random.choice(
            ("[]", "[1, 2, 3]", "['b', 'a']", "[1.5, 2]", "[nil]", "1..3")
        ),
        "map": lambda: random.choice(("{}", "{k: 1}", "{a: 'x', k: [1]}")),
    }
    if kind in choices and random.random() < 0.6:
        return choices[kind]()
    return random.choice(names)


def _sprig(random: Random, depth: int) -> str:
    name = random.choice(_SPRIG)
    spec = SPRIG[name].spec
    least = spec.partition("?")[0].replace("*", "")
    kinds = list(spec.replace("?", "").replace("*", ""))
    if "?" in spec:
        kinds = kinds[: random.randrange(len(least), len(kinds) + 1)]
    if spec.endswith("*"):
        kinds += kinds[-1:] * random.randrange(3)
    if random.random() < 0.05:
        kinds = kinds[:-1] if random.random() < 0.5 else [*kinds, "x"]
    args = [_hole(random, _LETTERS[kind], min(depth, 1)) for kind in kinds]
    if name in _CLOCK and args:
        args = [random.choice(_NAMES["time"]) if kind == "x" else arg
                for kind, arg in zip(kinds, args, strict=True)]  # fmt: skip
    return f"sprig.{name}({', '.join(args)})"


_HOLES = frozenset({*_FORMS, "small", "sprig", "pipe"})

# ruff: noqa: E501
"""Every function with arguments that nobody would give it: `python -m tests.oracle functions`.

Numbers at the edges, texts that are nearly dates, versions, patterns or numbers, deep and odd lists.
"""

from __future__ import annotations

from random import Random

from argotui.expr.functions import BUILTINS
from argotui.expr.sprig import SPRIG
from tests.oracle.ask import Oracle
from tests.oracle.expressions import compared_all
from tests.oracle.report import Difference

_TEXTS = (
    "''", "' '", "'a'", "'é'", "'ß'", "'ŉ'", "'İ'", "'ǆ'", "'\U0001f600'", "'e\\u0301'", "'\\u0000'", "'\\u200b'", "'\\ufeff'", "'\\u2028'", "'<&>'", "'\\\\'",
    "'0'", "'-0'", "'00'", "'010'", "'0x1f'", "'0b11'", "'0o17'", "'1_000'", "'+5'", "'- 5'", "' 5'", "'5 '", "'1e3'", "'1E3'", "'.5'", "'5.'", "'1.0'", "'1.50'",
    "'9223372036854775807'", "'9223372036854775808'", "'-9223372036854775808'", "'1e400'", "'NaN'", "'inf'", "'-Infinity'", "'0x1p-2'", "'٣'", "'1,000'", "'true'", "'T'",
    "'1h'", "'1h1h'", "'-1.5h'", "'1d'", "'h'", "'+5m'", "'.5s'", "'1µs'", "'1us'", "'9223372036s'", "'9223372037s'", "'1e3s'", "'60'", "'-60'", "'3600.5'",
    "'2024-02-29'", "'2023-02-29'", "'2024-2-9'", "'2006-01-02'", "'2006-01-02T15:04:05Z07:00'", "'2024-02-29T24:00:00Z'", "'2024-02-29T12:30:45.123456789+05:30'", "'0000-00-00'",
    "'Mon Jan _2 15:04:05 MST 2006'", "'Thu Feb 29 12:30:45 CET 2024'", "'Jan 2'", "'Feb 30'", "'3:04PM'", "'12:00AM'", "'15:04:05.000'", "'23:59:60'", "'20060102'", "'-0700'",
    "'UTC'", "'Local'", "'Europe/Berlin'", "'America/New_York'", "'../etc/passwd'", "'EST'", "'Asia/Kathmandu'", "'asc'", "'desc'",
    "'1.2.3'", "'v1.2'", "'1.2.3-rc.1+b'", "'>=1.2 <2'", "'^0.0.3'", "'~1.2 || 3.x'", "'1 - 2'", "'*'", "'01.2.3'", "'>1.2.3-alpha'",
    "'a*'", "'(a|b)+'", "'(?i)A'", "'(?P<n>\\\\\\\\w+)'", "'['", "'('", "'a{2,1}'", "'a{1001}'", "'\\\\\\\\1'", "'(?=a)'", "'^$'", "'\\\\\\\\bx'", "'[[:alpha:]]'", "'\\\\\\\\p{Greek}'", "'x*'", "'.'", "'(?s).'", "'\\\\\\\\Q.*\\\\\\\\E'", "'[^a]'", "'(a)|b'",
    "'$1'", "'${n}x'", "'$n'", "'$$'", "'$1x'", "'${1}x'", "'$0'", "'$'", "'${'", "','", "'a,b,,c'", "'a b\\tc\\nd'", "'HelloWorld'", "'HTTPServer2Go'", "'foo_bar-baz qux'", "'aB1c'", "'ÉCOLE été'",
    "'[1, 2.0, \"x\", null]'", "'{\"a\": {\"b\": [1]}, \"a\": 2}'", "'[1 2]'", "'{a: 1}'", "'{\"a\":1,}'", "'[1,]'", "'\"\\\\\\\\ud800\"'", "'\"\\\\\\\\u00e9\\\\\\\\n\"'", "'nul'", "'nan'", "'1 2'", "'-'", "'01'", "'1.'", "'\"a'", "'[[[[]]]]'", "'1e999'", "'\\u00a01'",
    "'aGk='", "'aGk'", "'aGk=='", "'/+8='", "'_-8='", "'JBSWY3DP'", "'====='", "'/a/b/../c.tar.gz'", "'a//b/'", "'.'", "'..'", "'.bashrc'", "'http://u:p@h:80/p?q#f'", "'//h'", "'a:b'",
    "s", "u", "e", "js", "repeat('ab ', 40)", "'k'", "'string'", "'map[string]interface {}'", "'slice'", "`a\\nb`", "'\u1e9e'", "'ﬁ'", "'\\u03a3\\u03c3\\u03c2'", "'it\\'s'", "'\"q\"'",
)  # fmt: skip
_INTS = ("0", "1", "-1", "2", "3", "5", "7", "10", "100", "-5", "63", "64", "65", "9223372036854775807", "(-9223372036854775807 - 1)", "-9223372036854775807", "9007199254740993",
         "4294967296", "2147483648", "-2147483649", "big", "n", "255", "8", "1709209845", "-62135596800")  # fmt: skip
_FLOATS = ("0.0", "-0.0", "0.5", "1.5", "2.5", "-0.5", "-1.5", "-2.5", "0.1", "1e21", "1e20", "1e-7", "1e308", "-1e308", "5e-324", "9007199254740993.0", "9.2233720368547758e18", "1/3", "float('inf')", "float('-inf')", "float('nan')",
           "0.49999999999999994", "4503599627370497.5", "123456789.987654321", "1e6", "999999.5", "1e-320", "3.0")  # fmt: skip
_LISTS = ("[]", "[nil]", "[1]", "[3, 1, 2]", "['b', 'a', 'é', 'B']", "[1, 'a', nil, 2.5, true]", "[[1], [2, [3]]]", "[{a: 1}, {a: 2}]", "arr", "mix", "words", "fl", "objs", "nothing", "1..5", "5..1", "[1, 1, 1.0, '1']",
          "[0, '', false, nil, [], {}]", "[1.5, 2.5]", "[true, false]", "split('a,b', ',')", "toPairs({k: 1})", "[nil, nil]", "[float('nan')]", "[9223372036854775807, 1]", "sprig.list(1, 2)", "sprig.until(3)", "[['k', 1]]", "map(1..3, #)",
          "values({k: 1})", "keys({k: 1})", "concat([1], [2])", "[date('2024-02-29')]", "[[1, 2], [1, 2]]", "[-0.0, 0.0]", "nothing[0:]")  # fmt: skip
_MAPS = ("{}", "{k: 1}", "{a: {b: {c: 1}}}", "{'': 1, 'é': 2}", "m", "void", "{a: nil}", "{a: [], b: {}}", "steps", "{scheme: 'http', host: 'h', path: 'p q'}", "{k: ''}", "{a: {k: 0}, k: false}", "{1: 2}", "{z: 1, a: 2}",
         "fromJSON(js)", "groupBy([1, 2], # % 2)", "fromPairs([['a', 1]])", "sprig.split(',', 'a,b')", "{a: {b: ''}, c: nil}", "{userinfo: 'u:p', host: 1}")  # fmt: skip
_TIMES = ("date('2024-02-29T12:30:45.123456789Z')", "date('0001-01-01')", "date('9999-12-31')", "date('13:14:15')", "nil", "date('2024-03-31 01:30:00', '2006-01-02 15:04:05', 'Europe/Berlin')", "date('1969-12-31')", "date('2024-01-31').AddDate(0, 1, 0)",
          "date('2024-12-30').UTC()")  # fmt: skip
_OTHERS = ("nil", "true", "false", "duration('1h30m')", "duration('-1ns')", "timezone('Europe/Berlin')", "date('2024-02-29').Month()", "sprig.int64('5')", "s[0]", "sprig.semver('1.2.3')", "sprig.now", "date('2024-02-29').Weekday()", "sprig.add(1, 2)")  # fmt: skip
_POOLS = {"s": _TEXTS, "i": _INTS, "n": (*_FLOATS, *_INTS), "b": ("true", "false"), "a": _LISTS, "m": _MAPS, "t": _TIMES}  # fmt: skip
_ANY = (_TEXTS, _INTS, _FLOATS, _LISTS, _MAPS, _TIMES, _OTHERS)
# what depends on the clock; what fills the memory of a machine in Go, and is refused here
_LEFT_OUT = frozenset({"until", "untilStep", "seq", "now", "ago", "durationRound", "htmlDate", "htmlDateInZone", "dateInZone", "date_in_zone", "fail", "repeat", "env"})  # fmt: skip
_AFTER = ("", "", "", "", "", " == nil", ".String()", " + 1", "[0]", ".k", " ?? 'x'")
_METHODS = ("Year()", "Month()", "Weekday()", "YearDay()", "Unix()", "UnixNano()", "UnixMilli()", "ISOWeek()", "Format(<s>)", "AddDate(<i>, <i>, <i>)", "Add(<d>)", "Sub(<t>)", "Truncate(<d>)", "Round(<d>)",
            "In(timezone(<s>))", "Before(<t>)", "Equal(<t>)", "Compare(<t>)", "IsZero()", "String()", "Hour()", "Nanosecond()", "Location().String()", "UTC()", "Day()", "Month().String()")  # fmt: skip
_SPANS = ("Hours()", "Minutes()", "Seconds()", "Milliseconds()", "Microseconds()", "Nanoseconds()", "String()", "Abs()", "Round(<d>)", "Truncate(<d>)")  # fmt: skip
_VERSION = ("Major()", "Minor()", "Patch()", "Prerelease()", "Metadata()", "Original()", "String()", "IncMajor().String()", "IncMinor().String()", "IncPatch().String()", "Compare(sprig.semver(<s>))", "LessThan(sprig.semver(<s>))", "Equal(sprig.semver(<s>))")  # fmt: skip
_BINARY = ("+", "-", "*", "/", "%", "**", "==", "!=", "<", ">", "<=", ">=", "in", "not in", "contains", "startsWith", "endsWith", "matches", "??", "..", "and", "or")  # fmt: skip


def call(random: Random) -> str:
    match random.randrange(10):
        case 0:
            return f"{random.choice(_TIMES[:4])}.{_filled(random, random.choice(_METHODS))}"
        case 1:
            return (
                f"duration({random.choice(_TEXTS[50:65])}).{_filled(random, random.choice(_SPANS))}"
            )
        case 2:
            return (
                f"sprig.semver({random.choice(_TEXTS)}).{_filled(random, random.choice(_VERSION))}"
            )
        case 3:
            sides = (random.choice(random.choice(_ANY)), random.choice(random.choice(_ANY)))
            return f"({sides[0]}) {random.choice(_BINARY)} ({sides[1]})"
    table, prefix = (SPRIG, "sprig.") if random.random() < 0.65 else (BUILTINS, "")
    name = random.choice(sorted(set(table) - _LEFT_OUT))
    spec = table[name].spec
    least = spec.partition("?")[0].replace("*", "")
    kinds = list(spec.replace("?", "").replace("*", ""))
    if "?" in spec:
        kinds = kinds[: random.randrange(len(least), len(kinds) + 1)]
    if spec.endswith("*"):
        kinds += kinds[-1:] * random.randrange(3)
    args = ", ".join(_argument(random, kind) for kind in kinds)
    return f"({prefix}{name}({args})){random.choice(_AFTER)}"


def _argument(random: Random, kind: str) -> str:
    if kind == "x" or random.random() < 0.07:
        return random.choice(random.choice(_ANY))
    return random.choice(_POOLS[kind])


def _filled(random: Random, form: str) -> str:
    for letter in "sit":
        while f"<{letter}>" in form:
            form = form.replace(f"<{letter}>", random.choice(_POOLS[letter]), 1)
    return form.replace("<d>", f"duration({random.choice(_TEXTS[50:65])})")


def differences(oracle: Oracle, seed: int, count: int) -> list[Difference]:
    return compared_all(oracle, [call(Random(number)) for number in range(seed, seed + count)])

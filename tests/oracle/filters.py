# ruff: noqa: E501
"""Random jq filters: gojq, which Argo has, against jq itself, which we have.

Left out is what the two are known to differ in: integers beyond 2**53, the order of `..`, of paths
and of what is added up, indexing and turning texts, abs, the words of a caught error.
"""

from __future__ import annotations

from random import Random

from argotui.model.errors import RuntimeFault
from argotui.runtimes.jqfilter import results
from tests.oracle.fuzzer import Fuzzer, Question
from tests.oracle.report import Difference

_OBJECT = {
    "a": {"b": [1, 2, {"c": "x"}], "d": None, "e": 1.5}, "name": "web-1", "n": 7, "on": True, "off": False,
    "items": [{"k": "a", "v": 3}, {"k": "b", "v": 1}, {"k": "c", "v": None}], "text": "a,b c\n<&>é", "nil": None,
    "num": "42", "empty": [], "none": {}, "x.y": "dot",
}  # fmt: skip
_PATHS = (".", ".a", ".a.b", ".a.b[0]", ".a.b[2].c", ".a.d", ".a.e", ".name", ".n", ".on", ".off", ".items", ".items[]",
          ".items[].k", ".items[0]", ".items[-1].k", ".items[1:]", ".items[:2]", ".text", ".nil", ".num", ".empty",
          ".none", '."x.y"', '.["x.y"]', ".nope", ".nope.x", ".a.b[]", ".a[]", ".n.x", ".items[].v", ".a?", ".n[]?", '"lit"', "1", "1.5", "null", "true", "[1,2,3]", "{}", '{"a":1}', "-1", ".items[5]", ".name[1:3]")  # fmt: skip
_PIPES = ("length", "keys", "type", "tostring", "tonumber", "sort", "unique", "min", "max",
          "map(.)", "map(.k)", "map(.v)", "to_entries", "to_entries[].key", "tojson", "fromjson", "not", "ascii_downcase",
          "ascii_upcase", 'split(",")', 'join("-")', 'test("a")', 'startswith("a")', 'ltrimstr("w")', "select(. != null)",
          "select(.v > 1)", "map(select(.v != null))", 'has("a")', "has(0)", "any", "all", "flatten", "floor", "sqrt", "tostring",
          "sort_by(.v)", "group_by(.v)", "map_values(.)", "explode", "implode", "@base64", "@csv", "@tsv",
          "@sh", "@html", "@uri", "@json", "@text", "to_entries | from_entries", "recurse", "[.[]?]", "values",
          "empty", 'error("x")', "length | . + 1", ". as $x | $x", "limit(2; .[]?)", "[range(3)]", 'sub("a"; "b")', "[.[]?] | length",
          "contains({})", "inside({})", "tojson | fromjson", "ascii", "ltrimstr(1)", "splits(\",\")", "getpath([\"a\"])",
          "with_entries(.)", "utf8bytelength", "ceil", "round",
          "tostring | length", "until(true; .)", "isvalid(.)", "toarray", "trim", "pick(.a)")  # fmt: skip
_SIGNS = ("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "and", "or", "//", ",", "|")


def _filter(random: Random, depth: int) -> str:
    if depth <= 0:
        return random.choice(_PATHS)
    match random.randrange(9):
        case 0 | 1:
            return (
                f"{_filter(random, depth - 1)} {random.choice(_SIGNS)} {_filter(random, depth - 1)}"
            )
        case 2:
            return f"[{_filter(random, depth - 1)}]"
        case 3:
            return f"{{a: {_filter(random, 0)}, (.name): ({_filter(random, depth - 1)})}}"
        case 4:
            return f"if {_filter(random, 0)} then {_filter(random, 0)} else {_filter(random, depth - 1)} end"
        case 5:
            return f"({_filter(random, depth - 1)})?"
        case 6:
            return f'"x\\({_filter(random, depth - 1)})y"'
        case 7:
            return f'try ({_filter(random, depth - 1)}) catch "c"'
    return f"{_filter(random, depth - 1)} | {random.choice(_PIPES)}"


def _question(random: Random) -> Question:
    text = _filter(random, random.choice((0, 1, 2, 3)))
    if random.random() < 0.05:
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice('()[]{}|,.?"$@\\ :;#') + text[at + 1 :]
    return text, (dict(sorted(_OBJECT.items())),)  # as the filter is handed it


def _excused(difference: Difference) -> bool:
    """The words of errors are jq's; null alone is what is not there; objects that are added up
    have another order of keys."""
    added = " + " in difference.text and sorted(difference.wanted) == sorted(difference.given)
    return (
        added
        or difference.what == "words"
        or (difference.wanted, difference.given)
        == (
            "['null']",
            "['']",
        )
    )


JQ = Fuzzer(
    kind="jq", make=_question, answer=results, raises=(ValueError, RuntimeFault), excused=_excused
)

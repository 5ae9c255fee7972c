"""`python -m tests.oracle KIND [COUNT] [SEED] [SHOWN]`; called by `make oracle`.

KIND is a fuzzer of `others`, `cases` or `list`. Differences of value and of success are finds;
those of words alone are counted and shown when SHOWN names them.
"""

from __future__ import annotations

import collections
import re
import sys

from tests.oracle.ask import Oracle, build
from tests.oracle.cases import judged, listed
from tests.oracle.others import FUZZERS
from tests.oracle.report import Difference

_STEP = 2000
_FINDS = "value,kind,go fails,we fail,crash"


def main(kind: str, count: int, seed: int, shown: str) -> int:
    program = build()
    if program is None:
        print("skipped: there is no Go here")
        return 0
    oracle = Oracle(program)
    if kind == "cases":
        return judged(oracle, write=shown == "write")
    if kind == "list":
        return listed(oracle)
    found: list[Difference] = []
    for start in range(seed, seed + count, _STEP):
        found += FUZZERS[kind](oracle, start, min(_STEP, seed + count - start))
    oracle.close()
    return told(found, count, shown.split(","))


def told(found: list[Difference], count: int, shown: list[str]) -> int:
    """Print one difference of each shape; return 1 if one is more than words."""
    groups: dict[tuple[str, str], list[Difference]] = collections.defaultdict(list)
    for difference in found:
        groups[difference.what, _shape(difference)].append(difference)
    for cases in sorted(groups.values(), key=len, reverse=True):
        least = min(cases, key=lambda case: len(case.text))
        if least.what in shown:
            print(f"{len(cases):5} {least.what}: {least.text!r}")
            print(f"      go:   {least.wanted[:300]}\n      ours: {least.given[:300]}")
    tally = collections.Counter(difference.what for difference in found)
    print(f"{count:,} cases: {dict(tally) or 'no difference'}")
    return 1 if set(tally) - {"words"} else 0


def _shape(difference: Difference) -> str:
    match difference.what:
        case "we fail":
            text = difference.given[2:-2]
        case "go fails" | "words":
            text = difference.wanted[2:-2]
        case _:
            text = difference.text
    return re.sub(r"\(\d+:\d+\)|'[^']*'|\"[^\"]*\"|\d+", "_", text)[:60]


if __name__ == "__main__":
    given = sys.argv[1:]
    words = [*given, *["expr", "10000", "1", _FINDS][len(given) :]]
    sys.exit(main(words[0], int(words[1]), int(words[2]), words[3]))

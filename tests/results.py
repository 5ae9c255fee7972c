"""What the suites found, case by case: written down by a run with ARGOTUI_RESULTS=FILE, kept in
results.json, read by docs/compatibility_page.py.

`make results` runs the suites and `python -m tests.results FILE`, which puts the lines of FILE in
place of what results.json says of their suites.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

CORPUS_FIELDS = "corpus fields"  # of results.json: in how many cases each field is used
SUITES = {  # how the page calls them
    "probes": "probes, on this machine",
    "corpus here": "corpus, on this machine",
    "corpus cluster": "corpus, on a cluster",
    "corpus replayed": "corpus, replayed",
}
KEPT = Path(__file__).with_name("results.json")
Results = dict[str, dict[str, dict[str, Any]]]  # suite -> case -> what was found


def note(suite: str, case: str, **said: Any) -> None:
    """Write down what a test found, if anybody wants to know. Tests may run side by side."""
    file = os.environ.get("ARGOTUI_RESULTS")
    if not file:
        return
    line = json.dumps({"suite": suite, "case": case, **said}) + "\n"
    target = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(target, line.encode())
    finally:
        os.close(target)


@cache
def kept() -> Results:
    """Return what is known of the last run of each suite."""
    return json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}


def merged(old: Mapping[str, Mapping[str, Any]], lines: Iterable[str]) -> Results:
    """Return `old` with each suite that the lines speak of as they say, in order of names."""
    new: Results = {}
    for line in lines:
        said = json.loads(line)
        suite, case = said.pop("suite"), said.pop("case")
        new.setdefault(suite, {})[case] = said
    everything = {**old, **new}
    return {suite: dict(sorted(everything[suite].items())) for suite in sorted(everything)}


def main(file: str) -> None:
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    found = merged(kept(), lines)
    found[CORPUS_FIELDS] = _corpus_fields(found) or found.get(CORPUS_FIELDS, {})
    KEPT.write_text(_text(found), encoding="utf-8")


def _corpus_fields(found: Results) -> dict[str, dict[str, Any]]:
    """Count where the corpus is: the page is checked where it is not, too."""
    from tests.compatibility import EQUAL, SECTIONS, fields_of, uses
    from tests.corpus.cases import cases, files_of
    from tests.corpus.shown import CLUSTER_SUITE, LOCAL_SUITE
    from tests.fields_used import fields_in

    used = {case.id: fields_in(files_of(case).items()) for case in cases().values()}
    run = [*found.get(LOCAL_SUITE, {}).items(), *found.get(CLUSTER_SUITE, {}).items()]
    equal = {case for case, said in run if said["level"] >= EQUAL}
    counted = {}
    for section in SECTIONS:
        for field in fields_of(section):
            count = uses(section, field.name, used, equal)
            if count.cases:
                key = f"{section}/{field.name}"
                counted[key] = {"cases": count.cases, "equal": count.equal}
    return counted


def _text(found: Results) -> str:
    """Return JSON with a line a case, so that a difference between two states can be read."""
    suites = []
    for suite, cases in found.items():
        rows = [f"  {json.dumps(case)}: {json.dumps(said)}" for case, said in cases.items()]
        suites.append(f" {json.dumps(suite)}: {{\n" + ",\n".join(rows) + "\n }")
    return "{\n" + ",\n".join(suites) + "\n}\n"


if __name__ == "__main__":
    main(sys.argv[1])

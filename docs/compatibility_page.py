"""Writes the second half of compatibility.md from the tables of the tests and what their last run
found (tests/results.json; `make results` runs them and this).

`python docs/compatibility_page.py --check` only says whether the page is up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from made import made

HERE = Path(__file__).parent
PAGE = HERE / "compatibility.md"
MARK = "<!-- made by docs/compatibility_page.py from tests/compatibility.py: edit there -->"
_SHOWN = """## How this is shown

Small workflows that a real controller ran (*probes*, in tests/probes) and the workflows of a conformance
corpus that it ran are run again, under `--strict`, and their trees compared with the recorded ones.
*Equal*: the phase of the run, and names, types, phases, inputs, outputs, results and exit codes of all
nodes. *Messages too*: also all messages, links and display names. *Replayed* is the engine alone, fed
with what was recorded of each pod.
"""
_ACTED = """## Fields that nothing acts on

Every other field is acted on, or reaches the pod as it is written.
"""
_FIELDS = """## Field by field

*supported*: argotui acts on it. *carried to the pod*: it reaches the pod as it is written and means
there what it means to Kubernetes; [workflows-locally.md](workflows-locally.md) tells what has no
effect on this machine. The numbers say how many of the probes, and of the corpus's workflows, that
use the field come out equal; none means that no recorded workflow uses it.
"""
_DIFFER = """## Recordings that argotui does not make the same of

Of the corpus every workflow that is not named here runs to an equal tree, on this machine or on a
cluster.
"""
_APART = """Compared apart from something: workflows left to chance are run with the recorded throws
(what a pod printed and how it ended); a workflow of an image that could not be pulled is run with one
that cannot be. The address of a pod is another in every run: any is as good as any other in
"""


def generated() -> str:
    """Return everything from the mark on."""
    parts = [_SHOWN, *_totals(), _ACTED, *_not_acted_on(), _FIELDS, *_tables()]
    parts += [_DIFFER, *_differences(), _APART.rstrip(), _addresses()]
    return "\n".join([MARK, "", *parts]).rstrip() + "\n"


def page() -> str:
    written = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    return written.partition(MARK)[0].rstrip() + "\n\n" + generated()


def _totals() -> Iterator[str]:
    from tests.compatibility import EQUAL, expression_cases
    from tests.results import SUITES, kept

    yield "| suite | cases | equal | messages too |"
    yield "|---|---|---|---|"
    for suite, what in SUITES.items():
        levels = [said["level"] for said in kept().get(suite, {}).values()]
        equal = sum(level >= EQUAL for level in levels)
        yield f"| {what} | {len(levels)} | {equal} | {sum(level > EQUAL for level in levels)} |"
    yield f"| values of expressions, as Go's own libraries give them | {expression_cases()} | all | |"
    yield ""
    yield from _accounted()
    yield from _words()


def _accounted() -> Iterator[str]:
    """Each workflow of the corpus once, wherever it was run."""
    from tests.compatibility import equal_cases
    from tests.results import kept

    run = kept().get("corpus here", {}).keys() | kept().get("corpus cluster", {}).keys()
    equal = equal_cases("corpus here") | equal_cases("corpus cluster")
    yield f"Of the {len(run)} workflows of the corpus {len(equal)} come out equal where they are run;"
    yield f"the other {len(run - equal)} are named below.\n"


def _words() -> Iterator[str]:
    from tests.results import kept

    validated, refused = kept().get("validation", {}), kept().get("refusals", {})
    wrong = [said for said in validated.values() if not said["valid"]]
    whole = sum(said["words"] for said in refused.values())
    yield f"Validation: {len(validated)} manifests, of which {len(wrong)} are to be refused; Argo's words"
    yield "are in the message of each of these. Where the whole message of Argo is known,"
    yield f"{whole} of {len(refused)} are the same word for word."
    yield ""


def _not_acted_on() -> Iterator[str]:
    from tests.compatibility import CLUSTER, NOT_YET, SECTIONS, fields_of

    groups: dict[tuple[str, str], list[str]] = {}
    for section in SECTIONS:
        for each in fields_of(section):
            if each.status in (NOT_YET, CLUSTER):
                named = f"`{each.name}` ({section.lower()})"
                groups.setdefault((each.status, each.note), []).append(named)
    yield "| fields | | |"
    yield "|---|---|---|"
    for (status, note), names in sorted(groups.items()):
        yield f"| {', '.join(names)} | {status} | {note} |"
    yield ""


def _tables() -> Iterator[str]:
    from tests.compatibility import SECTIONS, fields_of

    for section in SECTIONS:
        yield f"### {section}\n"
        yield "| field | | probes | corpus | |"
        yield "|---|---|---|---|---|"
        for each in fields_of(section):
            numbers = f"{each.probes} | {each.corpus}"
            yield f"| `{each.name}` | {each.status} | {numbers} | {each.note} |"
        yield ""


def _differences() -> Iterator[str]:
    from tests.corpus.known import CLUSTER, LOCAL, REPLAYED
    from tests.probes.known import ARTIFACTS, KNOWN

    waiting = dict.fromkeys(ARTIFACTS, "artifacts wait for a store")
    yield "| recorded workflow | where | why |"
    yield "|---|---|---|"
    yield from _rows("probes", {**KNOWN, **waiting})
    yield from _rows("corpus, this machine", LOCAL)
    yield from _rows("corpus, cluster", CLUSTER)
    ran = {*LOCAL, *CLUSTER}
    replayed = {name: why for name, why in REPLAYED.items() if name not in ran}
    yield from _rows("corpus, replayed only", replayed)
    yield ""


def _addresses() -> str:
    from tests.corpus.known import ADDRESSES

    return ", ".join(name.removesuffix(".yaml") for name in sorted(ADDRESSES)) + "."


def _rows(where: str, known: Mapping[str, str]) -> Iterator[str]:
    for name, why in sorted(known.items()):
        yield f"| {name.removesuffix('.yaml')} | {where} | {why.replace('|', chr(92) + '|')} |"


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    sys.exit(made(PAGE, page()))

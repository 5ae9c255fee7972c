"""Writes the second half of compatibility.md, field by field, from the tables of the tests.

`python docs/compatibility_page.py --check` only says whether the page is up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE / "compatibility.md"
MARK = "<!-- made by docs/compatibility_page.py from tests/compatibility.py: edit there -->"
_HEAD = """## Field by field

*supported*: argotui acts on it. *carried to the pod*: it reaches the pod as it is written and means
there what it means to Kubernetes; [workflows-locally.md](workflows-locally.md) tells what has no
effect on this machine. The number says in how many of the recorded probes (small workflows that a
real controller ran, in tests/probes) the key is used.
"""


def generated() -> str:
    """Return everything from the mark on."""
    return "\n".join([MARK, "", _HEAD, *_tables(), *_differences()]).rstrip() + "\n"


def page() -> str:
    written = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    return written.partition(MARK)[0].rstrip() + "\n\n" + generated()


def _tables() -> Iterator[str]:
    from tests.compatibility import SECTIONS, fields_of

    for section in SECTIONS:
        yield f"### {section}\n"
        yield "| field | | probes | |"
        yield "|---|---|---|---|"
        for each in fields_of(section):
            yield f"| `{each.name}` | {each.status} | {each.tests or ''} | {each.note} |"
        yield ""


def _differences() -> Iterator[str]:
    from tests.corpus.known import LOCAL
    from tests.probes.known import KNOWN

    yield "## Recordings that argotui does not make the same of\n"
    yield "Every other probe is, messages too; so is every case of the conformance corpus that"
    yield "needs neither an artifact store nor a cluster: names, types, phases, inputs, outputs.\n"
    yield "| recorded workflow | why |"
    yield "|---|---|"
    yield from _rows(KNOWN)
    yield from _rows(LOCAL)
    yield ""


def _rows(known: Mapping[str, str]) -> Iterator[str]:
    for name, why in sorted(known.items()):
        yield f"| {name.removesuffix('.yaml')} | {why.replace('|', chr(92) + '|')} |"


def main() -> int:
    sys.path.insert(0, str(HERE.parent))
    text = page()
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes keys.md from the registry that help, footer and palette come from: `make docs`.

`python docs/keys_page.py --check` only says whether the page is up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from made import made

from argotui.tui.keys import PLACES, Action, at, key_name

PAGE = Path(__file__).parent / "keys.md"
_HEAD = """# Keys

(Made by `make docs` from the registry in argotui/tui/keys.py; the same is on the screen under `?`.)

`:` or ctrl-p opens the palette, where everything can be found by name, also what has no key.
"""


def page() -> str:
    return "\n".join([_HEAD, *lines()])


def lines() -> Iterator[str]:
    for place, title in PLACES.items():
        actions = at(place)
        if not actions:
            continue
        yield f"## {title}\n"
        yield "| key | |"
        yield "|---|---|"
        for about, together in groupby(actions, key=lambda action: action.about):
            yield f"| {', '.join(map(_keys, together))} | {_cell(about)} |"
        yield ""


def _keys(action: Action) -> str:
    if not action.keys:
        return f"(palette: {action.label})"
    return " ".join(f"`{_cell(key_name(key))}`" for key in action.keys)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(made(PAGE, page()))

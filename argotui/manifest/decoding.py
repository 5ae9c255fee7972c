"""What decoding a document knows, and how it reports, in the words of Go's JSON reader. Argo: O14.

Called by decode.py, documents.py and load.py.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

from argotui.manifest.gotypes import go_kind
from argotui.manifest.scalars import value_text
from argotui.manifest.source import Path, Source
from argotui.model.errors import Problem


@dataclass(slots=True)
class Decoding:
    """What one document's decoding knows and finds.

    `places` gets the path of every template, keyed by the id of its source, `unread` those
    of values of the wrong kind; `source` is None for documents made by a merge: they have no place.
    """

    source: Source | None = None
    subject: str = ""
    strict: bool = True
    problems: list[Problem] = field(default_factory=list)
    places: dict[int, Path] = field(default_factory=dict)
    unread: set[Path] = field(default_factory=set)
    struct: str = ""
    textual: bool = False  # scalars of other kinds are taken as text, with a warning

    def report(
        self, path: Path, what: str, hint: str = "", *, key: bool = False, warning: str = ""
    ) -> None:
        line, column = self.source.locate(path, key=key) if self.source else (0, 0)
        self.problems.append(
            Problem(
                what=what,
                hint=hint,
                file=self.source.file if self.source else "",
                line=line,
                column=column,
                severity="warning" if warning else "error",
                name=warning,
                subject=self.subject,
            )
        )

    def mismatch(self, path: Path, value: Any, wanted: str, hint: str = "") -> None:
        """Report a value of the wrong kind in the words of Go's JSON reader."""
        self.unread.add(path)
        where = ".".join(part for part in path if isinstance(part, str))
        kind = go_kind(value)
        if kind == "number" and wanted.startswith("int"):
            kind = f"number {value}"
        self.report(
            path,
            f"json: cannot unmarshal {kind} into Go struct field "
            f"{self.struct}.{where} of type {wanted}",
            hint,
        )

    def quoting(self, path: Path) -> str:
        """Return a hint for a scalar that is to be a text."""
        return f'quote it: "{self.source.token(path)}"' if self.source else "quote it"

    def text_wanted(self, path: Path, value: Any) -> None:
        """Report a scalar that is taken as the text it looks like. Never when strict."""
        name = next((part for part in reversed(path) if isinstance(part, str)), "")
        match path:
            case [*_, str(several), int(index), "value"]:
                name = f"{several}[{index}].value"
            case [*_, above, "value"]:
                name = str(above)
        what = f"{name} has {go_kind(value)} {value_text(value)} where Argo wants text"
        self.report(path, what, self.quoting(path), warning="text-wanted")

    def unknown(
        self, path: Path, key: str, options: list[str], hint: str = "", *, always: bool = False
    ) -> None:
        """Report a field that its struct has not; a warning unless reading is strict, or `always`
        is set (steps, which Argo never reads otherwise)."""
        if key in ("true", "false"):
            hint = "unquoted y, n, yes, no, on and off are booleans, also as keys; quote the key"
        if not hint and (near := nearest(key, options)):
            hint = f"did you mean '{near}'?"
        if self.strict or always:
            self.report(path, f'json: unknown field "{key}"', hint, key=True)
            return
        what = f'unknown field "{key}" is ignored'
        self.report(path, what, hint, key=True, warning="unknown-field")


def nearest(key: str, options: list[str], *, cutoff: float = 0.6) -> str:
    """Return the option that was probably meant, empty if none is near."""
    lowered = {option.lower(): option for option in options}
    if key.lower() in lowered:
        return lowered[key.lower()]
    near = difflib.get_close_matches(key, options, n=1, cutoff=cutoff)
    return near[0] if near else ""

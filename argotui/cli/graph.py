"""`argotui graph`: who waits for whom in a workflow or a run, as text, Mermaid or DOT."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from argotui.cli import exits
from argotui.cli import options as o
from argotui.cli.failure import say
from argotui.cli.text import fit, glyph
from argotui.model.errors import UsageError
from argotui.tui.text import safe

if TYPE_CHECKING:
    from argotui.graph.figure import Figure

_MOST_BOXES = 400
_PHASE = re.compile(r"\{([A-Z][a-z]+)\}")


class Format(StrEnum):
    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"


Target = Annotated[
    list[str],
    typer.Argument(metavar="FILE|DIR|-|RUN...", help="Manifests, or one run by id, name, @latest."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="What to print.")]
Template = Annotated[
    str | None,
    typer.Option("--template", metavar="NAME", help="Only this template, or node of a run."),
]


def graph(
    target: Target,
    form: FormatOption = Format.TEXT,
    template: Template = None,
    workflow: o.WorkflowName = None,
) -> int:
    """Draw a workflow's steps and DAGs, or how those of a run stand.

    Exit code 0, or 2 for an invalid manifest or a name that is not there.
    """
    is_run = not any(name == "-" or Path(name).exists() for name in target)
    found = _of_run(target) if is_run else _of_files(target, workflow)
    drawn = _chosen(found, template)
    match form:
        case Format.TEXT:
            _print_text(drawn)
        case Format.MERMAID:
            from argotui.graph.mermaid import mermaid

            _print_lines(list(mermaid(_harmless(drawn))))
        case Format.DOT:
            from argotui.graph.dot import dot

            _print_lines(list(dot(_harmless(drawn))))
    return exits.SUCCEEDED


def _of_files(names: Sequence[str], workflow: str | None) -> list[Figure]:
    from argotui.cli.run import read_source
    from argotui.graph.workflow import figures
    from argotui.submit.prepare import prepare
    from argotui.submit.request import Choices, Where

    choices = Choices(workflow=workflow, runtime=Where.LOCAL)
    return figures(prepare(read_source(names), choices).resolved)


def _of_run(names: Sequence[str]) -> list[Figure]:
    from argotui.driver.states import look
    from argotui.graph.running import run_figures
    from argotui.journal.index import find_run
    from argotui.journal.places import runs_folder

    if len(names) > 1:
        raise UsageError("one run at a time; files that were meant do not exist")
    name = names[0]
    if Path(name).suffix in (".yaml", ".yml", ".json"):
        raise UsageError(f"{name}: no such file or folder")
    seen = look(find_run(runs_folder(), name))
    return run_figures(seen.state, seen.outlook)


def _chosen(found: list[Figure], template: str | None) -> list[Figure]:
    if template is None:
        return found
    chosen = [drawn for drawn in found if drawn.title == template]
    if not chosen:
        names = ", ".join(drawn.title for drawn in found)
        raise UsageError(f"--template {template}: nothing to draw of that name; there is: {names}")
    return chosen


def _with_glyphs(text: str) -> str:
    return _PHASE.sub(lambda found: glyph(found[1]), text)


def _harmless(found: list[Figure]) -> list[Figure]:
    from dataclasses import replace

    return [
        replace(
            drawn,
            title=safe(drawn.title),
            boxes=tuple(
                replace(
                    box,
                    key=safe(box.key),
                    text=safe(_with_glyphs(box.text)),
                    calls=safe(box.calls),
                )
                for box in drawn.boxes
            ),
            arrows=tuple((safe(start), safe(end)) for start, end in drawn.arrows),
            labels=tuple(
                ((safe(start), safe(end)), safe(label)) for (start, end), label in drawn.labels
            ),
        )
        for drawn in found
    ]


def _print_lines(lines: list[str]) -> None:
    for line in lines:
        print(fit(line, sys.stdout))


def _print_text(found: list[Figure]) -> None:
    from argotui.graph.text import ASCII, UNICODE, draw
    from argotui.tui.text import cut, width

    plain = fit("─", sys.stdout) != "─"
    show: Callable[[str], str] = (
        (lambda text: fit(_ascii(safe(_with_glyphs(text))), sys.stdout))
        if plain
        else (lambda text: safe(_with_glyphs(text)))
    )
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    widest = 0
    for number, drawn in enumerate(found):
        if number:
            print()
        kind = f" ({drawn.kind})" if drawn.kind else ""
        print(fit(safe(drawn.title) + kind, sys.stdout))
        if len(drawn.boxes) > _MOST_BOXES:
            print(f"  {len(drawn.boxes):,} boxes: too many for text; try --format dot")
            continue
        for line in draw(drawn, show, width, ASCII if plain else UNICODE):
            widest = max(widest, width(line))
            print(fit(line if room is None else cut(line, room), sys.stdout))
    if room is not None and widest > room:
        say(f"wider than this terminal ({widest} columns): pipe it through less -S to scroll")


def _ascii(text: str) -> str:
    return text.replace("×", "x")

"""What the checks of a manifest share: where they are, what they know, what they found.

Called by the modules of rules/ only.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Generator, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from argotui.manifest.calls import Templates
from argotui.manifest.ignores import is_ignored
from argotui.manifest.load import Loaded, Place
from argotui.manifest.source import Path
from argotui.model.errors import Problem
from argotui.model.manifest import Arguments, Template
from argotui.model.workflow import LibraryKey

Callers: TypeAlias = tuple[Any, str] | None

MAX_PROBLEMS = 1000
_HINTED = 100
_LONGEST_NAME = 128
_NEAREST_OF = 5000
_SHOWN_CALLERS = 6
_MAX_NESTING = 20  # values may have tags of each other, for ever
_MAX_GROWN = 100_000
_INNERMOST = re.compile(r"\{\{([^{}=][^{}]*)\}\}")
_PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The template or document under check, and how the walk came to it.

    `callers` is the chain of names before it, a linked list, innermost first.
    """

    place: Place | None
    owner: LibraryKey
    callers: Callers = None

    def called(self, name: str, place: Place | None, owner: LibraryKey) -> Site:
        """Return the site of what is called from here under `name`."""
        return Site(place=place, owner=owner, callers=(self.callers, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A template to be checked, as it is called from `caller` at `path`.

    `arguments` is None where they are not known: the template is checked by itself. `outer` are
    the inputs of the template that an inline one stands in, which it sees as well. Argo: 2.3.
    """

    template: Template
    site: Site
    caller: Site
    path: Path = ()
    arguments: Arguments | None = None
    outer: frozenset[str] = frozenset()


# A check that yields the visits it wants done; `run` does them without Python's own stack.
Check: TypeAlias = Generator[Visit, None, None]


@dataclass(slots=True, kw_only=True)
class Context:
    """One validation. `globals` grows as templates that export values are met.

    `allow_empty`: arguments need no value. `template_mode`: a template is checked on its own.
    """

    library: Loaded
    templates: Templates
    strict: bool
    lint: bool = False
    allow_empty: bool = False
    template_mode: bool = False
    by_reference: bool = False  # the templates come by workflowTemplateRef
    defaults: Mapping[str, Any] = field(default_factory=dict)
    adopted: Mapping[tuple[LibraryKey, str], tuple[str, ...]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    visited: set[int] = field(default_factory=set)
    unread: Set[tuple[int, Path]] = frozenset()
    incomplete: set[LibraryKey] = field(default_factory=set)  # not all templates could be read
    reported: set[tuple[Any, ...]] = field(default_factory=set)

    def error(
        self,
        site: Site,
        path: Path,
        what: str,
        hint: str = "",
        *,
        find: str = "",
        key: bool = False,
    ) -> None:
        """Report an error at a path below the site, in Argo's words, once for each place; nothing
        where it may only follow from what could not be read there."""
        if self.is_unread(site, path):
            return
        problem = self._at(site, path, find=find, key=key)
        self._report(problem, what, hint, site.callers)

    def warn(
        self, site: Site, path: Path, name: str, what: str, hint: str = "", *, find: str = ""
    ) -> None:
        """Report something that runs, but seldom as meant."""
        if self.is_unread(site, path):
            return
        problem = replace(self._at(site, path, find=find), severity="warning", name=name)
        if site.place is not None and is_ignored(problem, site.place.source):
            return
        self._report(problem, what, hint, None)

    def is_unread(self, site: Site, path: Path) -> bool:
        """Say whether a value, or one right below it, could not be read, which is told already."""
        if site.place is None:
            return False
        return (id(site.place.source), (*site.place.path, *path)) in self.unread

    def _report(self, problem: Problem, what: str, hint: str, callers: Callers) -> None:
        place = (problem.file, problem.line, problem.column)
        mark = (what, problem.name, *place)
        if mark in self.reported or len(self.problems) >= MAX_PROBLEMS:
            return
        self.reported.add(mark)
        self.problems.append(replace(problem, what=_chain(callers) + what, hint=hint))

    def _at(self, site: Site, path: Path, *, find: str = "", key: bool = False) -> Problem:
        if site.place is None:
            return Problem(what="")
        source, full = site.place.source, (*site.place.path, *path)
        line, column = source.find(full, find) if find else source.locate(full, key=key)
        return Problem(
            what="", file=source.file, line=line, column=column, subject=site.place.subject
        )

    @property
    def has_patience(self) -> bool:
        """Hints cost a search through all names: not worth it at the hundredth problem."""
        return len(self.problems) < _HINTED

    def near(self, name: str, options: Iterable[str]) -> str:
        """Return a hint with the nearest of the options, or the few that there are."""
        return did_you_mean(name, options) if self.has_patience else ""

    def defaults_of(self, owner: LibraryKey) -> Mapping[str, Any]:
        """Return the templateDefaults that count where a template stands."""
        stored = self.library.workflow_templates.get(owner.name)
        if owner.scope == "namespaced" and stored is not None:
            return stored.spec.template_defaults or {}
        return self.defaults if owner.scope == "local" or self.template_mode else {}

    def place(self, template: Template) -> Place | None:
        return self.library.place(template)

    def fake(self, text: str, known: Set[str]) -> str:
        """Return `text` as Argo's validation sees it: tags of known names replaced, inner first,
        by their value where it is known and a placeholder where it is not."""

        def put(tag: re.Match[str]) -> str:
            name = tag[1].strip()
            if name in self.values:
                return self.values[name]
            return _PLACEHOLDER if name in known or name in self.globals else tag[0]

        return _repeatedly(put, text)

    def with_values(self, text: str) -> str:
        """Return `text` with the tags replaced whose value is known."""
        return _repeatedly(lambda tag: self.values.get(tag[1].strip(), tag[0]), text)


def _repeatedly(put: Callable[[re.Match[str]], str], text: str) -> str:
    for _ in range(_MAX_NESTING):
        before, text = text, _INNERMOST.sub(put, text) if "{{" in text else text
        if text == before or len(text) > _MAX_GROWN:
            break
    return text


def _chain(callers: Callers) -> str:
    names: list[str] = []
    while callers is not None:
        callers, name = callers
        names.append(name)
    names.reverse()
    if len(names) > _SHOWN_CALLERS:
        names[2 : 2 - _SHOWN_CALLERS] = ["…"]
    return "".join(f"{name} " for name in names)


def run(visits: Iterable[Visit], check: Callable[[Visit], Check]) -> None:
    """Do the visits and, in order and however deep, all that they ask for."""
    stack = [iter(visits)]
    while stack:
        visit = next(stack[-1], None)
        if visit is None:
            stack.pop()
        else:
            stack.append(check(visit))


def did_you_mean(name: str, options: Iterable[str]) -> str:
    """Return a hint with the nearest of the options, or the few that there are."""
    known = [option for option in options if option]
    same = [option for option in known[:_NEAREST_OF] if len(option) <= _LONGEST_NAME]
    near = difflib.get_close_matches(name[:_LONGEST_NAME], same, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    shown = ", ".join(known[:8])
    return f"there is: {shown}" if shown and len(known) <= 8 else ""

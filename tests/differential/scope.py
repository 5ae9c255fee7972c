"""What a text may refer to where it stands, by kind of value. Used by author.py.

Kinds: `word` (safe in a condition), `number` (small, not negative), `text` (anything), `words` (a
JSON list of words).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

WORDS = ["a", "b", "foo", "x1", "on-call", "Zed"]
TEXTS = [
    "a b", "7", "true", "ünï ß", "k=v", "100%", '{"k": "v"}', "[1, 2]", "line\nbreak", "(p)",
    "a\\b", "<&>", "*", "$HOME", "#no", "-", "null", "~", "1e3", "",
]  # fmt: skip
FITS = {
    "word": ("word",),
    "number": ("number",),
    "text": ("text", "word", "number", "words"),
    "words": ("words",),
}


@dataclass(frozen=True)
class Source:
    """A variable. `sure` if it has a value whenever the text is read."""

    name: str
    kind: str
    sure: bool = True

    @property
    def path(self) -> str:
        """The same in an expression: what is no plain name stands in brackets."""
        first, *rest = self.name.split(".")
        return first + "".join(
            f".{part}" if re.fullmatch(r"[A-Za-z_]\w*", part) else f"['{part}']" for part in rest
        )


@dataclass
class Scope:
    """`daring` is how often a variable is taken that may have no value."""

    dice: Random
    sources: list[Source] = field(default_factory=list)
    daring: float = 0.0

    def and_(self, more: Iterable[Source]) -> Scope:
        return Scope(self.dice, [*self.sources, *more], self.daring)

    def find(self, *kinds: str) -> Source | None:
        """Return a variable of one of these kinds; the nearest ones are the likelier."""
        daring = self.dice.random() < self.daring
        found = [each for each in self.sources if each.kind in kinds and (each.sure or daring)]
        if not found:
            return None
        return self.dice.choice(found[-4:] if self.dice.random() < 0.7 else found)

    def text(self, kind: str) -> str:
        """Return a literal, a tag, an expression, or for texts a mixture of them."""
        source = self.find(*FITS[kind])
        if source is None or self.dice.random() < 0.2:
            return literal(self.dice, kind)
        if self.dice.random() < 0.6:
            tag = f"{{{{{source.name}}}}}"
        else:
            tag = f"{{{{={self._expression(source, kind)}}}}}"
        if kind == "text" and self.dice.random() < 0.3:
            return f"{self.dice.choice(['<', 'v: ', ''])}{tag}{self.dice.choice(['>', ' ', '!'])}"
        return tag

    def _expression(self, source: Source, kind: str) -> str:
        path = source.path if source.sure else f"({source.path} ?? 'none')"
        shape = self.dice.randrange(4)
        if kind == "number":
            path = source.path if source.sure else f"({source.path} ?? '1')"
            return [path, f"asInt({path}) % 3", f"string(asInt({path}) % 4)", f"int({path})"][shape]
        if kind == "words":
            lists = f"fromJSON({path})" if source.sure else f"fromJSON({source.path} ?? '[]')"
            return [f"toJson({lists})", f"toJson(filter({lists}, {{# != 'b' }}))", path, path][
                shape
            ]
        if kind == "word":
            return [path, f"{path} + 'z'", f"lower({path})", f"sprig.upper({path})"][shape]
        return [path, f"{path} + '-'", f"{path} == 'a' ? 'yes' : 'no'", f"len({path})"][shape]

    def condition(self) -> str:
        """Return a `when`."""
        word, number = self.find("word"), self.find("number")
        literals = ["true", "1 == 1", "'a' != 'a'", "a in (a, b)", "2 < 1 || true", "!(false)"]
        shapes = [self.dice.choice(literals)]
        if word is not None:
            tag, value = f"{{{{{word.name}}}}}", self.dice.choice(WORDS)
            shapes += [
                f"'{tag}' == '{value}'", f"'{tag}' != '{value}'", f"'{tag}' in ('a', 'foo')",
                f"'{tag}' =~ '^[a-f]'", f"{{{{={word.path} != '{value}'}}}}",
                f"{{{{= len({word.path}) > 1 }}}}",
            ]  # fmt: skip
        if number is not None:
            tag = f"{{{{{number.name}}}}}"
            shapes += [f"{tag} > 0", f"{tag} + 1 <= 3", f"{{{{= asInt({number.path}) < 2 }}}}"]
        return self.dice.choice(shapes)


def literal(dice: Random, kind: str) -> str:
    match kind:
        case "word":
            return dice.choice(WORDS)
        case "number":
            return str(dice.randrange(3))
        case "words":
            return json.dumps(dice.sample(WORDS, dice.randrange(4)))
        case _:
            return dice.choice(TEXTS + WORDS)


def parameter(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "value": value}

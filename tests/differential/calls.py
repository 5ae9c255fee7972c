"""Steps and tasks at random: arguments, loops, conditions, hooks. Used by author.py."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.differential.leaves import Offer
from tests.differential.scope import WORDS, Scope, Source, literal, parameter

_AGGREGATED = ("word", "number")


@dataclass
class Call:
    """One step or task as it will be written. `sources` is what others can read of it."""

    name: str
    doc: dict[str, Any]
    offer: Offer
    looped: bool = False
    skippable: bool = False
    tolerated: bool = False
    needs: tuple[str, ...] = ()
    sources: list[Source] = field(default_factory=list)
    nodes: int = 1


@dataclass
class Caller:
    """`word` is steps or tasks. `handlers` are templates that need nothing."""

    dice: Random
    word: str
    handlers: list[Offer]
    steady: bool

    def call(self, name: str, offer: Offer, scope: Scope, *, room: int) -> Call:
        """Return a call of `offer` that makes `room` nodes at most, if it can."""
        dice = self.dice
        made = Call(name, {"name": name}, offer, nodes=offer.nodes)
        inner = scope
        if dice.random() < 0.3 and offer.nodes * 3 <= room and not offer.daemon:
            inner = scope.and_(self._loop(made, scope))
        self._what(made)
        arguments = [
            parameter(key, inner.text(kind))
            for key, (kind, given) in offer.inputs.items()
            if given or dice.random() < 0.5
        ]
        if dice.random() < 0.05:
            arguments.append(parameter("extra", "not declared"))
        if arguments:
            made.doc["arguments"] = {"parameters": arguments}
        if dice.random() < 0.2 and not offer.daemon:
            made.doc["when"] = inner.condition()
            made.skippable = True
        self._handlers(made)
        return made

    def finish(self, call: Call, *, sure: bool) -> None:
        """Note what can be read of the call, now that all of it is written."""
        strict = call.doc.pop("_strict", False)
        if call.offer.may_fail and not strict and self.dice.random() < 0.6:
            phases = [{"failed": True}, {"failed": True, "error": True}, {"error": True}]
            call.doc["continueOn"] = self.dice.choice(phases)
            call.tolerated = True
        sure = sure and not call.skippable and not call.offer.may_fail
        call.sources = list(self._sources(call, sure=sure))

    def _sources(self, call: Call, *, sure: bool) -> list[Source]:
        start = f"{self.word}.{call.name}"
        offer = call.offer
        if offer.daemon:
            return []
        found = [Source(f"{start}.status", "word")]
        for name, kind in offer.outputs.items():
            of = f"{start}.outputs.parameters.{name}"
            if not call.looped:
                found.append(Source(of, kind, sure))
            elif kind in _AGGREGATED:
                found.append(Source(of, "words", sure))
        if offer.result is not None:
            kind = offer.result if not call.looped else "words"
            if not call.looped or offer.result == "number":
                found.append(Source(f"{start}.outputs.result", kind, sure))
            if not call.looped:
                found.append(Source(f"{start}.exitCode", "number", sure))
        return found

    def _what(self, call: Call) -> None:
        offer = call.offer
        if offer.where:
            call.doc["templateRef"] = {"name": offer.where, "template": offer.name}
        elif not offer.inputs and self.dice.random() < 0.15 and _can_stand_inside(offer):
            call.doc["inline"] = deepcopy({k: v for k, v in offer.doc.items() if k != "name"})
        else:
            call.doc["template"] = offer.name

    # -- loops -------------------------------------------------------------------------------------

    def _loop(self, call: Call, scope: Scope) -> list[Source]:
        dice = self.dice
        call.looped = True
        call.nodes = call.offer.nodes * 3 + 1
        shape = dice.choice(["items", "items", "maps", "lists", "param", "param", "sequence"])
        match shape:
            case "items":
                kind = dice.choice(["word", "number", "text"])
                values = [literal(dice, kind) for _ in range(dice.randrange(1, 4))]
                as_numbers = kind == "number" and dice.random() < 0.5
                call.doc["withItems"] = [int(v) for v in values] if as_numbers else values
                return [Source("item", kind)]
            case "maps":
                items = [
                    {"k": dice.choice(WORDS), "n": dice.randrange(3), "deep": {"x": [1, "b"]}}
                    for _ in range(dice.randrange(1, 4))
                ]
                call.doc["withItems"] = items
                return [Source("item.k", "word"), Source("item.n", "number")]
            case "lists":
                call.doc["withItems"] = [[1, "b"], [dice.choice(WORDS)]]
                return []
            case "param":
                call.doc["withParam"] = scope.text("words")
                call.skippable = True  # it may have no items
                return [Source("item", "word")]
            case _:
                call.doc["withSequence"] = self._sequence(scope)
                call.skippable = True
                return [
                    Source("item", "word" if "format" in call.doc["withSequence"] else "number")
                ]

    def _sequence(self, scope: Scope) -> dict[str, Any]:
        dice = self.dice
        count = dice.choice([1, 2, 3, "2", scope.text("number")])
        if isinstance(count, str) and "=" in count:
            count = 2
        shape = dice.randrange(4)
        if shape == 0:
            return {"count": count}
        if shape == 1:
            return {"count": 2, "start": dice.choice([1, "3"])}
        if shape == 2:
            return {"start": dice.choice([0, 2]), "end": dice.choice([0, 1, "2"])}
        return {"count": 2, "format": dice.choice(["n%02d", "v%d", "x%X"])}

    # -- hooks and handlers ------------------------------------------------------------------------

    def _handlers(self, call: Call) -> None:
        dice = self.dice
        if not self.handlers or call.offer.daemon:
            return
        # which handlers of a dag's loop run depends on when its items end (Argo: 4.5)
        may_exit = not (self.steady and call.looped and self.word == "tasks")
        if may_exit and dice.random() < 0.1:
            call.doc["onExit"] = dice.choice(self.handlers).name
            call.nodes += 2
        elif may_exit and dice.random() < 0.1:
            call.doc.setdefault("hooks", {})["exit"] = self._exit_hook(call)
            call.nodes += 2
        if not call.looped and dice.random() < 0.08:
            status = Source(f"{self.word}.{call.name}.status", "word").path
            words = ["Succeeded", "Failed", "Error"] if self.steady else ["Running", "Succeeded"]
            call.doc.setdefault("hooks", {})[dice.choice(["h", "note"])] = {
                "template": dice.choice(self.handlers).name,
                "expression": f"{status} == '{dice.choice(words)}'",
            }
            call.nodes += 1

    def _exit_hook(self, call: Call) -> dict[str, Any]:
        hook: dict[str, Any] = {"template": self.dice.choice(self.handlers).name}
        start = f"{self.word}.{call.name}"
        if self.dice.random() < 0.5 and not call.looped:
            value = self.dice.choice([f"{{{{{start}.status}}}}", "told"])
            hook["arguments"] = {"parameters": [parameter("m", value)]}
        if self.dice.random() < 0.3 and not call.looped:
            status = Source(f"{start}.status", "word").path
            hook["expression"] = f"{status} == '{self.dice.choice(['Succeeded', 'Failed'])}'"
        return hook


def _can_stand_inside(offer: Offer) -> bool:
    """A template whose meaning does not change when it has no name of its own."""
    text = json.dumps(offer.doc)
    return "steps" not in offer.doc and "dag" not in offer.doc and "{{node" not in text

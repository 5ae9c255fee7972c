"""Whole workflows at random, valid ones, from a seed. Used by the tests and `__main__` here.

`steady` ones come out the same however fast their pods are; the others also use what depends on
that (memoized results, handlers of a dag's loop, failFast, deadlines of the run).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.differential.calls import Call, Caller
from tests.differential.leaves import IMAGE, Leaves, Offer, inputs_of, sources_of
from tests.differential.scope import Scope, Source, literal

ROOM = 60  # nodes of a run, about
API = "argoproj.io/v1alpha1"
PARAMETERS = {"w": "word", "num": "number", "t": "text", "l": "words", "e": "word", "c": "word"}


@dataclass
class Written:
    """`documents`: the Workflow first. `commands` are (after how many seconds, what)."""

    seed: int
    steady: bool
    documents: list[dict[str, Any]]
    traits: frozenset[str]
    commands: list[tuple[float, str]] = field(default_factory=list)

    @property
    def workflow(self) -> dict[str, Any]:
        return self.documents[0]


def written(seed: int, *, steady: bool = True, room: int = ROOM) -> Written:
    """Return the workflow of this seed."""
    return _Author(seed, steady, room).write()


class _Author:
    def __init__(self, seed: int, steady: bool, room: int) -> None:
        self.seed, self.steady, self.room = seed, steady, room
        self.dice = Random(f"{seed} {steady} {room}")
        self.globals = [Source(f"workflow.parameters.{n}", k) for n, k in PARAMETERS.items()]
        self.globals += [Source("workflow.labels.team", "word"), Source("workflow.name", "text")]
        self.leaves = Leaves(self.dice, self.globals, steady=steady)
        self.offers: list[Offer] = []
        self.handlers: list[Offer] = []

    def write(self) -> Written:
        dice = self.dice
        self.handlers = [self._handler("bye"), self._quick_handler("nod")]
        self.offers = [self.leaves.leaf(number) for number in range(dice.randrange(4, 8))]
        library = self._moved()
        if dice.random() < 0.15:
            self.offers.append(self._recursion("again"))
        room = 8
        while room * 2.5 < self.room:
            for _ in range(2):
                self.offers.append(self._composite(f"c{len(self.offers)}", room))
            room = int(room * 2.5)
        main = self._composite("main", self.room, entry=True)
        used = [*self.handlers, *self.offers, main]
        own = [offer.doc for offer in used if not offer.where]
        dice.shuffle(own)
        traits = frozenset().union(*(offer.traits for offer in used))
        documents = [self._workflow(own), *library, *self._config_maps()]
        commands = [] if self.steady else self._commands()
        return Written(self.seed, self.steady, documents, traits, commands)

    # -- small ones --------------------------------------------------------------------------------

    def _handler(self, name: str) -> Offer:
        line = "printf '%s\\n' '{{inputs.parameters.m}} {{workflow.status}}'"
        if not self.steady:
            line += " ; sleep 0.3"
        line += self.dice.choice(["", "", " ; exit 4"])
        doc = {"name": name, "inputs": {"parameters": [{"name": "m", "default": "-"}]},
               "container": {"image": IMAGE, "command": ["sh", "-c"], "args": [line]}}  # fmt: skip
        return Offer(name, doc)

    def _quick_handler(self, name: str) -> Offer:
        inputs = {"parameters": [{"name": "m", "default": "-"}]}
        return Offer(name, {"name": name, "inputs": inputs, "steps": [[]]}, quick=True)

    def _recursion(self, name: str) -> Offer:
        """A template that calls itself, counting down."""
        work = self.dice.choice([o for o in self.offers if not o.daemon and not o.may_fail]
                                or self.handlers)  # fmt: skip
        caller = Caller(self.dice, "steps", [], self.steady)
        scope = Scope(self.dice, [*self.globals, Source("inputs.parameters.n", "number")])
        first = caller.call("work", work, scope, room=0)
        first.doc.pop("when", None)
        count = "asInt(inputs.parameters.n)"
        again = {
            "name": "more", "template": name, "when": f"{{{{= {count} > 0 }}}}",
            "arguments": {"parameters": [{"name": "n", "value": f"{{{{={count} - 1}}}}"}]},
        }  # fmt: skip
        doc = {"name": name, "inputs": {"parameters": [{"name": "n"}]},
               "steps": [[first.doc], [again]]}  # fmt: skip
        return Offer(name, doc, {"n": ("number", True)}, nodes=4 * (work.nodes + 3))

    def _moved(self) -> list[dict[str, Any]]:
        """Move some of the leaves into a WorkflowTemplate of their own."""
        fit = (offer for offer in self.offers if "workflow.labels" not in str(offer.doc))
        moved = [offer for offer in fit if self.dice.random() < 0.15]
        for offer in moved:
            offer.where = "shelf"
        if not moved:
            return []
        spec = {"templates": [offer.doc for offer in moved]}
        if self.dice.random() < 0.3:
            spec["podMetadata"] = {"labels": {"from": "shelf"}}
        kind = "WorkflowTemplate"
        return [{"apiVersion": API, "kind": kind, "metadata": {"name": "shelf"}, "spec": spec}]

    # -- steps and dags ----------------------------------------------------------------------------

    def _composite(self, name: str, room: int, *, entry: bool = False) -> Offer:
        dice = self.dice
        steps = dice.random() < 0.5
        declared, kinds = inputs_of(dice, 0 if entry else 3)
        scope = Scope(dice, [*self.globals, *sources_of(kinds)], daring=0.08)
        doc: dict[str, Any] = {"name": name}
        if declared:
            doc["inputs"] = {"parameters": declared}
        offer = Offer(name, doc, kinds)
        calls = self._steps(doc, scope, room) if steps else self._dag(doc, scope, room)
        offer.nodes = 1 + sum(call.nodes for call in calls) + len(doc.get("steps", ()))
        offer.may_fail = any(
            (call.offer.may_fail and not call.tolerated) or "(un" in str(call.doc) for call in calls
        )
        self._outputs(offer, calls)
        if dice.random() < 0.1:
            doc["parallelism"] = dice.choice([1, 2])
        if dice.random() < 0.1 and offer.nodes * 2 < room and not entry:
            doc["retryStrategy"] = self.leaves.retry()
            offer.nodes *= 2
        if not self.steady and dice.random() < 0.08:
            doc["failFast"] = True
        if dice.random() < 0.05:
            doc["synchronization"] = {"mutexes": [{"name": f"{name}-lock"}]}
        if not self.steady and dice.random() < 0.05:
            doc["memoize"] = {"key": name, "maxAge": "1h", "cache": {"configMap": {"name": "kept"}}}
        if dice.random() < 0.05:
            doc["annotations"] = {"workflows.argoproj.io/display-name": f"shown-{name}"}
        return offer

    def _steps(self, doc: dict[str, Any], scope: Scope, room: int) -> list[Call]:
        dice = self.dice
        caller = Caller(dice, "steps", self.handlers, self.steady)
        calls: list[Call] = []
        groups: list[list[dict[str, Any]]] = []
        for row in range(dice.randrange(1, 5)):
            group: list[Call] = []
            for place in range(dice.choice([1, 1, 2, 3])):
                left = room - sum(call.nodes for call in [*calls, *group])
                call = self._call(caller, f"s{row}{'-' if place else ''}{place}", scope, left)
                if call is not None:
                    caller.finish(call, sure=True)
                    group.append(call)
            for call in group:
                scope = scope.and_(call.sources)
            calls += group
            groups.append([call.doc for call in group])
        if dice.random() < 0.95 or self.steady:  # a group without steps cuts dags off (Argo: 1.5)
            groups = [group for group in groups if group] or [[]]
        doc["steps"] = groups
        return calls

    def _call(self, caller: Caller, name: str, scope: Scope, room: int) -> Call | None:
        fitting = [offer for offer in self.offers if offer.nodes <= room]
        if not fitting:
            return None
        biggest = sorted(fitting, key=lambda offer: -offer.nodes)
        offer = self.dice.choice(biggest[:4] if self.dice.random() < 0.4 else fitting)
        return caller.call(name, offer, scope, room=room)

    def _dag(self, doc: dict[str, Any], scope: Scope, room: int) -> list[Call]:
        dice = self.dice
        caller = Caller(dice, "tasks", self.handlers, self.steady)
        logic = dice.random() < 0.5
        calls: dict[str, Call] = {}
        for place in range(dice.randrange(1, 6)):
            left = room - sum(call.nodes for call in calls.values())
            name = f"t{place}" if dice.random() < 0.7 else f"t-{place}"
            needs = dice.sample(sorted(calls), min(len(calls), dice.choice([0, 1, 1, 2, 2])))
            above = _ancestors(needs, calls)
            inner = scope.and_(s for task in sorted(above) for s in calls[task].sources)
            call = self._call(caller, name, inner, left)
            if call is None:
                break
            call.needs = tuple(needs)
            if needs and logic:
                call.doc["depends"] = self._depends([calls[need] for need in needs])
                call.skippable = call.skippable or call.doc["depends"] != " && ".join(needs)
            elif needs:
                call.doc["dependencies"] = needs
            if logic:
                call.doc["_strict"] = True
            caller.finish(call, sure=not any(_weak(calls[task]) for task in above))
            calls[name] = call
        if not calls:
            calls["t0"] = caller.call("t0", self.handlers[1], scope, room=0)
            caller.finish(calls["t0"], sure=True)
        doc["dag"] = {"tasks": [call.doc for call in calls.values()]}
        if dice.random() < 0.1:
            doc["dag"]["failFast"] = False
        return list(calls.values())

    def _depends(self, needs: list[Call]) -> str:
        dice = self.dice
        words = []
        for call in needs:
            results = ["", "", ".Succeeded", ".Failed", ".Errored", ".Skipped", ".Omitted"]
            if call.offer.daemon:
                results = ["", ".Daemoned"]
            elif call.looped:
                results += [".AnySucceeded", ".AllFailed"]
            word = call.name + dice.choice(results)
            words.append(f"!{word}" if dice.random() < 0.1 else word)
        if dice.random() < 0.3 and not needs[0].offer.daemon:
            words[0] = f"({words[0]} || {needs[0].name}.Failed)"
        return dice.choice([" && ", " || ", " && "]).join(words)

    def _outputs(self, offer: Offer, calls: list[Call]) -> None:
        dice = self.dice
        told = (source for call in calls for source in call.sources)
        sources = [source for source in told if not source.name.endswith(".status")]
        declared = []
        for number in range(dice.randrange(3) if sources else 0):
            source = dice.choice(sources)
            if not source.sure and dice.random() < 0.9 and dice.random() < 0.5:
                continue
            value: dict[str, Any] = {"parameter": f"{{{{{source.name}}}}}"}
            if dice.random() < 0.4:
                value = {"expression": source.path}
            if not source.sure and dice.random() < 0.9:
                value["default"] = literal(dice, source.kind)
            elif not source.sure:
                offer.may_fail = True
            name = f"{dice.choice(['r', 'res-'])}{number}"
            declared.append({"name": name, "valueFrom": value})
            offer.outputs[name] = source.kind
        if declared:
            offer.doc["outputs"] = {"parameters": declared}

    # -- the workflow ------------------------------------------------------------------------------

    def _workflow(self, templates: list[dict[str, Any]]) -> dict[str, Any]:
        dice = self.dice
        spec: dict[str, Any] = {"entrypoint": "main", "arguments": {"parameters": self._given()}}
        self._around(spec)
        spec["templates"] = templates
        metadata = {"name": f"w{self.seed}", "labels": {"team": dice.choice(["red", "blue"])}}
        return {"apiVersion": API, "kind": "Workflow", "metadata": metadata, "spec": spec}

    def _given(self) -> list[dict[str, Any]]:
        dice = self.dice
        given: list[dict[str, Any]] = [
            {"name": name, "value": literal(dice, kind)}
            for name, kind in PARAMETERS.items()
            if name not in ("e", "c")
        ]
        given.append({"name": "e", "value": "b", "enum": ["a", "b"]})
        ref = {"configMapKeyRef": {"name": "given", "key": dice.choice(["word", "none"])}}
        given.append({"name": "c", "valueFrom": {**ref, "default": "foo"}})
        return given

    def _around(self, spec: dict[str, Any]) -> None:
        dice = self.dice
        handler = dice.choice(["bye", "nod"])
        if dice.random() < 0.2:
            spec["onExit"] = handler
        elif dice.random() < 0.15:
            spec["hooks"] = {"exit": {"template": handler}}
        if dice.random() < 0.1:
            word = dice.choice(["Succeeded", "Failed"])
            expression = dice.choice([f"workflow.status == '{word}'", "1 == 1"])
            spec.setdefault("hooks", {})["h"] = {"template": "nod", "expression": expression}
        if dice.random() < 0.1:
            spec["parallelism"] = dice.choice([1, 2])
        if dice.random() < 0.2:
            spec["podGC"] = {"strategy": dice.choice(["OnPodCompletion", "OnWorkflowSuccess"])}
        if dice.random() < 0.1:
            spec["templateDefaults"] = {"metadata": {"annotations": {"by": "default"}}}
        if dice.random() < 0.1:
            spec["podMetadata"] = {"labels": {"all": "yes"}}
        if dice.random() < 0.1:
            spec["priority"] = 3
        if dice.random() < 0.1:
            labels = [{"key": "s", "value": "{{workflow.status}}"}]
            metric = {"name": "runs", "help": "h", "labels": labels, "counter": {"value": "1"}}
            spec["metrics"] = {"prometheus": [metric]}
        if dice.random() < 0.06 and self.room <= 40:
            spec["retryStrategy"] = {"limit": 1}
        if not self.steady and dice.random() < 0.1:
            spec["activeDeadlineSeconds"] = dice.choice([1, 2, 3])

    def _config_maps(self) -> list[dict[str, Any]]:
        label = {"workflows.argoproj.io/configmap-type": "Parameter"}
        given = {"name": "given", "labels": label}
        return [
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": given, "data": {"word": "foo"}},
            limits(),
        ]

    def _commands(self) -> list[tuple[float, str]]:
        dice = self.dice
        if dice.random() < 0.7:
            return []
        at = dice.randrange(1, 40) / 10
        what = dice.choice(["stop", "terminate", "suspend"])
        return [(at, what), *([(at + 1.5, "resume")] if what == "suspend" else [])]


def limits() -> dict[str, Any]:
    """Return the ConfigMap with the limits of the semaphores."""
    metadata = {"name": "limits"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"two": "2"}}


def _ancestors(needs: list[str], calls: dict[str, Call]) -> set[str]:
    return set(needs).union(*(_ancestors(list(calls[need].needs), calls) for need in needs))


def _weak(call: Call) -> bool:
    return call.skippable or call.offer.may_fail

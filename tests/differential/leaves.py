"""Templates that call no other, at random: pods, sets of containers, waits. Used by author.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.differential.scope import Scope, Source, literal

IMAGE = "busybox:1.37"


@dataclass
class Offer:
    """A template that can be called. `inputs` maps a name to (kind, must be given); `outputs` a
    name to its kind; `result` is the kind of what it prints, if it is one that can be captured.
    `nodes` is about how many nodes one call makes; `quick` if no pod is in it."""

    name: str
    doc: dict[str, Any]
    inputs: dict[str, tuple[str, bool]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    result: str | None = None
    nodes: int = 1
    quick: bool = False
    daemon: bool = False
    may_fail: bool = False
    traits: frozenset[str] = frozenset()
    where: str = ""  # the WorkflowTemplate it has been moved to


def quoted(text: str) -> str:
    return f"'{text}'"


def inputs_of(dice: Random, most: int) -> tuple[list[dict[str, Any]], dict[str, tuple[str, bool]]]:
    """Return declared inputs: some must be given, some have a default or a value."""
    declared, kinds = [], {}
    for number in range(dice.randrange(most + 1)):
        kind = dice.choice(["word", "number", "text", "words"])
        name = f"{dice.choice(['p', 'in-', 'v_'])}{number}"
        parameter: dict[str, Any] = {"name": name}
        given = dice.random() < 0.4
        if not given:
            parameter[dice.choice(["default", "value"])] = literal(dice, kind)
        if dice.random() < 0.2:
            parameter["description"] = "what it is for"
        declared.append(parameter)
        kinds[name] = (kind, given)
    return declared, kinds


def sources_of(inputs: dict[str, tuple[str, bool]]) -> list[Source]:
    return [Source(f"inputs.parameters.{name}", kind) for name, (kind, _) in inputs.items()]


class Leaves:
    """Writes leaves. `steady`: nothing in them depends on who is faster."""

    def __init__(self, dice: Random, globals_: list[Source], *, steady: bool) -> None:
        self.dice, self.globals, self.steady = dice, globals_, steady

    def leaf(self, number: int) -> Offer:
        makers: list[tuple[int, Callable[[str], Offer]]] = [
            (5, self._container), (4, self._script), (2, self._set), (3, self._wait),
            (3, self._flaky), (2, self._failing), (1, self._daemon), (1, self._late),
        ]  # fmt: skip
        weights, chosen = zip(*makers, strict=True)
        make = self.dice.choices(chosen, weights)[0]
        offer = make(f"{make.__name__.strip('_')[:3]}{number}")
        self._around(offer)
        return offer

    # -- pods --------------------------------------------------------------------------------------

    def _container(self, name: str, *, before: str = "", retried: bool = False) -> Offer:
        declared, kinds = inputs_of(self.dice, 3)
        scope = Scope(self.dice, [*self.globals, *sources_of(kinds)])
        lines, outputs, result, files = self._lines(scope)
        doc: dict[str, Any] = {
            "name": name,
            "container": {
                "image": IMAGE, "command": ["sh", "-c"], "args": [before + lines],
            },
        }  # fmt: skip
        return self._offer(name, doc, declared, kinds, outputs, result, files)

    def _script(self, name: str) -> Offer:
        offer = self._container(name)
        container = offer.doc.pop("container")
        source = container["args"][0]
        offer.doc["script"] = {"image": IMAGE, "command": ["sh"], "source": source}
        if self.dice.random() < 0.3:
            offer.doc["script"]["env"] = [{"name": "LANG", "value": "C"}]
        return offer

    def _lines(self, scope: Scope) -> tuple[str, dict[str, str], str | None, list[dict[str, Any]]]:
        """Return a shell text, and what it puts out: parameters by kind, result, declarations."""
        dice = self.dice
        lines, outputs, files = [], {}, []
        for number in range(dice.randrange(3)):
            kind = dice.choice(["word", "number", "text", "words"])
            path = f"/tmp/{dice.choice(['o', 'out-'])}{number}"
            source: dict[str, Any] = {"path": path}
            gone = dice.random() < 0.1
            if gone or dice.random() < 0.2:
                source["default"] = literal(dice, kind)
            if not gone:
                lines.append(f"printf '%s\\n' {quoted(scope.text(kind))} > {path}")
            name = f"{dice.choice(['o', 'out-'])}{number}"
            declared = {"name": name, "valueFrom": source}
            if dice.random() < 0.15:
                declared["globalName"] = f"g-{dice.randrange(3)}"
            files.append(declared)
            outputs[name] = kind
        result = None
        if dice.random() < 0.7:
            result = dice.choice(["word", "number", "text", "words"])
            lines.append(f"printf '%s\\n' {quoted(scope.text(result))}")
        if dice.random() < 0.15:
            lines.append("printf '%s\\n' 'aside' >&2")
        if dice.random() < 0.15:
            lines.append("sleep 0.2")
        dice.shuffle(lines)
        return " ;\n".join([*lines, ":"]), outputs, result, files

    def _offer(
        self,
        name: str,
        doc: dict[str, Any],
        declared: list[dict[str, Any]],
        kinds: dict[str, tuple[str, bool]],
        outputs: dict[str, str],
        result: str | None,
        files: list[dict[str, Any]],
    ) -> Offer:
        if declared:
            doc["inputs"] = {"parameters": declared}
        if files:
            doc["outputs"] = {"parameters": files}
        return Offer(name, doc, kinds, outputs, result)

    def _set(self, name: str) -> Offer:
        declared, kinds = inputs_of(self.dice, 2)
        scope = Scope(self.dice, [*self.globals, *sources_of(kinds)])
        lines, outputs, result, files = self._lines(scope)
        code = self.dice.choice([0, 0, 0, 3])
        first = f"printf '%s\\n' 'first' ; exit {code}"
        containers = [
            {"name": "first", "image": IMAGE, "command": ["sh", "-c"], "args": [first]},
            {"name": "main", "image": IMAGE, "command": ["sh", "-c"], "args": [lines],
             "dependencies": ["first"]},
        ]  # fmt: skip
        if self.dice.random() < 0.4:
            last = {"name": "last", "image": IMAGE, "command": ["sh", "-c", "exit 0"],
                    "dependencies": self.dice.choice([["main"], ["first", "main"]])}  # fmt: skip
            containers.append(last)
        offer = self._offer(
            name, {"name": name, "containerSet": {"containers": containers}}, declared, kinds,
            outputs, result, files,
        )  # fmt: skip
        offer.may_fail, offer.nodes = bool(code), 1 + len(containers)
        return offer

    def _flaky(self, name: str) -> Offer:
        """A pod that does not end well at once, and is tried again."""
        dice = self.dice
        tries, code = dice.randrange(3), dice.choice([1, 2, 7])
        before = f"test '{{{{retries}}}}' -ge {tries} || exit {code} ;\n"
        offer = self._container(name, before=before)
        offer.doc["retryStrategy"] = self.retry()
        offer.nodes, offer.may_fail = 3, True
        return offer

    def retry(self) -> dict[str, Any]:
        """Return a retryStrategy."""
        dice = self.dice
        strategy: dict[str, Any] = {"limit": dice.choice([0, 1, 2, "1", "2"])}
        if dice.random() < 0.6:
            policies = ["Always", "OnFailure", "OnError", "OnTransientError"]
            strategy["retryPolicy"] = dice.choice(policies)
        if dice.random() < 0.3:
            strategy["expression"] = dice.choice(
                [
                    "asInt(lastRetry.exitCode) > 1", "lastRetry.status == 'Failed'",
                    "asInt(retries) < 1", "lastRetry.exitCode != '7' && lastRetry.message != ''",
                ]
            )  # fmt: skip
        if dice.random() < 0.3:
            backoff: dict[str, Any] = {"duration": dice.choice(["100ms", "0.2s"])}
            if dice.random() < 0.5:
                backoff["factor"] = dice.choice([1, 2, "2"])
            if dice.random() < 0.2:
                backoff["cap"] = "300ms"
            if not self.steady and dice.random() < 0.4:
                backoff["maxDuration"] = dice.choice(["1s", "500ms"])
            strategy["backoff"] = backoff
        return strategy

    def _failing(self, name: str) -> Offer:
        offer = self._container(name)
        words = offer.doc["container"]["args"]
        sources = [s for s in sources_of(offer.inputs) if s.kind == "word"]
        code = self.dice.choice([1, 2, 42])
        if sources and self.dice.random() < 0.6:
            tag = f"{{{{{sources[0].name}}}}}"
            words[0] += f" ;\ntest '{tag}' = 'a' || exit {code}"
        else:
            words[0] += f" ;\nexit {code}"
        offer.may_fail = True
        return offer

    def _daemon(self, name: str) -> Offer:
        container = {"image": IMAGE, "command": ["sh", "-c"], "args": ["sleep 1000"]}
        doc = {"name": name, "daemon": True, "container": container}
        return Offer(name, doc, daemon=True)

    def _late(self, name: str) -> Offer:
        offer = self._container(name)
        offer.doc["container"]["args"][0] += " ;\nsleep 20"
        field = self.dice.choice(["timeout", "activeDeadlineSeconds"])
        offer.doc[field] = "1s" if field == "timeout" else 1
        offer.may_fail, offer.traits = True, frozenset({"slow"})
        return offer

    # -- without pods ------------------------------------------------------------------------------

    def _wait(self, name: str) -> Offer:
        dice = self.dice
        duration = dice.choice(["0", "0", "100ms", "200ms", "1"])
        doc: dict[str, Any] = {"name": name, "suspend": {"duration": duration}}
        declared, kinds = inputs_of(dice, 1)
        if declared:
            doc["inputs"] = {"parameters": declared}
        outputs: dict[str, str] = {}
        if dice.random() < 0.4:
            kind = dice.choice(["word", "number"])
            source = {"supplied": {}, "default": literal(dice, kind)}
            doc["outputs"] = {"parameters": [{"name": "said", "valueFrom": source}]}
            outputs["said"] = kind
        return Offer(name, doc, kinds, outputs, quick=True)

    # -- what any leaf may have --------------------------------------------------------------------

    def _around(self, offer: Offer) -> None:
        dice, doc = self.dice, offer.doc
        traits = set(offer.traits)
        if not offer.quick and not offer.daemon:
            if dice.random() < 0.08 and "containerSet" not in doc:
                say = {"name": "before", "image": IMAGE,
                       "command": ["sh", "-c", f"exit {dice.choice([0, 0, 0, 5])}"]}  # fmt: skip
                doc["initContainers"] = [say]
                offer.may_fail = True
            if dice.random() < 0.06:
                beside = {"name": "beside", "image": IMAGE, "command": ["sh", "-c", "sleep 1000"]}
                doc["sidecars"] = [beside]
                traits.add("slow")
            if dice.random() < 0.1 and "retryStrategy" not in doc:
                doc["retryStrategy"] = self.retry()
                offer.nodes += 1
            if dice.random() < 0.1:
                doc["metadata"] = {"labels": {"team": "red"}, "annotations": {"n": "{{node.name}}"}}
        if dice.random() < 0.1 and not offer.daemon:
            doc["synchronization"] = {"mutexes": [{"name": f"{offer.name}-lock"}]}
            if dice.random() < 0.4:
                ref = {"configMapKeyRef": {"name": "limits", "key": "two"}}
                doc["synchronization"] = {"semaphores": [ref]}
            traits.add("lock")
        if not self.steady and not offer.daemon and dice.random() < 0.1:
            doc["memoize"] = {
                "key": f"{offer.name}-{dice.choice(['x', '{{workflow.parameters.w}}'])}",
                "maxAge": "1h", "cache": {"configMap": {"name": "kept"}},
            }  # fmt: skip
            traits.add("memo")
        if dice.random() < 0.06:
            doc["metrics"] = {"prometheus": [{
                "name": f"m_{dice.choice(['ends', 'more'])}", "help": "h",
                "labels": [{"key": "s", "value": "{{status}}"}], "counter": {"value": "1"},
            }]}  # fmt: skip
        offer.traits = frozenset(traits)

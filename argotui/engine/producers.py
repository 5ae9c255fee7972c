"""What earlier steps and tasks offer to later ones: `steps.X.*` and `tasks.X.*`, read when asked.

Used by the scopes of templates/steps and templates/dag. Argo: 2.5, 2.8, 2.9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from argotui.engine.core import HardError, parameters_of
from argotui.expr.errors import ExpressionError
from argotui.expr.golang import compact_json, rfc3339
from argotui.expr.readjson import parse_json
from argotui.expr.scope import Lack, Layers, expand
from argotui.model.manifest import Template
from argotui.model.status import Node, NodePhase, NodeType

_SKIPPED = (NodePhase.SKIPPED, NodePhase.OMITTED)
# what encoding/json escapes, which in JSON stands inside texts only
_HTML = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Producer:
    """One step or task: its node (of a loop the StepGroup or TaskGroup), the nodes of a loop's
    items in order of their index, and the template it calls. `lenient`: a result
    that is no JSON is a text in the aggregate. `is_step` tells a step from a task."""

    node: Node
    items: tuple[Node, ...] | None = None
    template: Template | None = None
    lenient: bool = True
    is_step: bool = False


def values_of(producer: Producer) -> dict[str, str | Lack]:
    """Return what follows `steps.X.` -> value. A name that is not there has no value (yet).

    Raises HardError for results that cannot be aggregated.
    """
    found = _common(producer.node)
    if producer.items is not None:
        found.update(_aggregates(producer.items, producer.lenient))
        return found
    if producer.node.phase in _SKIPPED:
        found.update(_of_skipped(producer.template))
    else:
        found.update(_outputs(producer.node))
    found.update(_artifacts(producer))
    return found


def value_of(producer: Producer, rest: str) -> str | Lack:
    """Return one of them."""
    return values_of(producer).get(rest, Lack.MISSING)


def _common(node: Node) -> dict[str, str | Lack]:
    found: dict[str, str | Lack] = {"id": node.id, "status": str(node.phase)}
    if node.started_at is not None:
        found["startedAt"] = rfc3339(node.started_at)
    if node.finished_at is not None:
        found["finishedAt"] = rfc3339(node.finished_at)
    if node.host_node_name:
        found["hostNodeName"] = node.host_node_name
    if node.pod_ip:
        found["ip"] = node.pod_ip
    return found


def _outputs(node: Node) -> Iterator[tuple[str, str | Lack]]:
    outputs = node.outputs
    for name, value in parameters_of(outputs).items():
        yield f"outputs.parameters.{name}", value
    if outputs.get("result") is not None:
        yield "outputs.result", outputs["result"]
    if outputs.get("exitCode") is not None:
        yield "exitCode", outputs["exitCode"]


def _artifacts(producer: Producer) -> Iterator[tuple[str, str]]:
    """Return the artifacts as texts. One that is declared and that nothing keeps refers to its
    producer; of a skipped step there are empty ones. Argo: 2.9"""
    node = producer.node
    skipped = node.phase in _SKIPPED
    for declared in producer.template.outputs.artifacts if producer.template else ():
        if not skipped:
            yield f"outputs.artifacts.{declared.name}", compact_json({"from": node.name})
        elif producer.is_step:
            yield f"outputs.artifacts.{declared.name}", "{}"
    for artifact in node.outputs.get("artifacts", ()):
        yield f"outputs.artifacts.{artifact['name']}", compact_json(artifact)


def _of_skipped(template: Template | None) -> Iterator[tuple[str, str | Lack]]:
    """Argo: 2.9. `outputs.result` of a skipped node is not absent, it is missing."""
    for parameter in template.outputs.parameters if template else ():
        source = parameter.value_from
        default = source.default if source else None
        value = default if default is not None else parameter.value
        yield f"outputs.parameters.{parameter.name}", Lack.ABSENT if value is None else value


def _aggregates(items: tuple[Node, ...], lenient: bool) -> dict[str, str | Lack]:
    """Argo: 2.8. Only items that Succeeded count; where none was called there is nothing at all."""
    if all(node.type is NodeType.SKIPPED for node in items):
        return {}
    done = [node for node in items if node.phase is NodePhase.SUCCEEDED]
    results = [node.outputs["result"] for node in done if node.outputs.get("result") is not None]
    maps = [values for node in done if (values := parameters_of(node.outputs))]
    names = list(dict.fromkeys(name for values in maps for name in values))
    found: dict[str, str | Lack] = {
        "outputs.result": "[" + ",".join(_as_json(text, lenient) for text in results) + "]",
        "outputs.parameters": compact_json([dict(sorted(values.items())) for values in maps]),
    }
    for name in names:
        listed = [values[name] for values in maps if name in values]
        found[f"outputs.parameters.{name}"] = _join_parameters(listed)
    return found


def _as_json(text: str, lenient: bool) -> str:
    """Return a result as an element of a JSON list, as it was written. One that is no JSON is an
    error in Argo; a deviation of ours takes it as a string."""
    try:
        parse_json(text)
    except ExpressionError as error:
        if lenient:
            return compact_json(text)
        raise HardError(error.message) from None
    return _compact(text).translate(_HTML)


def _compact(text: str) -> str:
    """Take the blanks between the parts of a JSON text out; the parts stay as they are written."""
    out: list[str] = []
    inside = escaped = False
    for char in text:
        if not inside and char in " \t\r\n":
            continue
        if char == '"' and not escaped:
            inside = not inside
        escaped = inside and char == "\\" and not escaped
        out.append(char)
    return "".join(out)


def _join_parameters(listed: list[str]) -> str:
    """Values are embedded as JSON only if all of them are objects or arrays."""
    parsed = [_structure(text) for text in listed]
    if all(value is not None for value in parsed):
        return compact_json(parsed)
    return compact_json(listed)


def _structure(text: str) -> Any:
    try:
        value = parse_json(text, number=float)
    except ExpressionError:
        return None
    return value if isinstance(value, dict | list) else None


class ProducerScope:
    """A Scope over steps or tasks. `find` says who X is, None if X is not to be seen from here."""

    def __init__(
        self,
        prefix: str,
        find: Callable[[str], Producer | None],
        names: Callable[[], Iterable[str]],
    ) -> None:
        self._prefix = prefix
        self._find = find
        self._names = names

    def get(self, name: str) -> str | Lack:
        head, _, rest = name.partition(".")
        if head != self._prefix:
            return Lack.MISSING
        who, _, rest = rest.partition(".")
        if rest.startswith("outputs.artifacts."):
            return Lack.MISSING  # no text: arguments refer to it by `from`
        producer = self._find(who)
        return Lack.MISSING if producer is None else value_of(producer, rest)

    def env(self) -> Mapping[str, Any]:
        return {self._prefix: _Lazy(self._find, self._names)}


class _Lazy(Mapping[str, Any]):
    def __init__(
        self, find: Callable[[str], Producer | None], names: Callable[[], Iterable[str]]
    ) -> None:
        self._find = find
        self._names = names

    def __getitem__(self, key: str) -> Any:
        producer = self._find(key)
        if producer is None:
            raise KeyError(key)
        return expand(values_of(producer))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._find(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter([name for name in self._names() if self._find(name) is not None])

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Layered:
    """Several scopes, the first that knows a name wins."""

    def __init__(self, *scopes: Any) -> None:
        self._scopes = scopes

    def get(self, name: str) -> str | Lack:
        for scope in self._scopes:
            value: str | Lack = scope.get(name)
            if value is not Lack.MISSING:
                return value
        return Lack.MISSING

    def env(self) -> Mapping[str, Any]:
        flat: list[Mapping[str, Any]] = []
        for scope in self._scopes:
            env = scope.env()
            flat += env.layers if isinstance(env, Layers) else [env]
        return Layers(tuple(flat))

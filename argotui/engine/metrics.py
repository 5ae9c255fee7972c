"""Custom metrics, evaluated when a node or the run starts (in real time) or ends. Argo: 2.5, 4.13.

Called by the machine, by handlers' contexts and by retry; what comes out are Measured changes. An
error never fails the run: it becomes its MetricsError condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from argotui.engine.core import Core, HardError
from argotui.engine.producers import Layered
from argotui.expr.errors import AbsentReference, ExpressionError, TagError, Unresolved
from argotui.expr.golang import quote, seconds_text
from argotui.expr.programs import evaluate_when
from argotui.expr.scope import Lack, MapScope, Scope
from argotui.expr.template import map_strings
from argotui.model.manifest import Metrics, Template
from argotui.model.metrics import Kind, Labels, Measured, Operation
from argotui.model.resources import node_resources
from argotui.model.status import Node, NodePhase, NodeType, RunPhase

if TYPE_CHECKING:
    from argotui.engine.invocation import Bound

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_LONGEST_ERROR = 4096  # of all messages of a run together
_NO_TEMPLATE = frozenset(
    (NodeType.STEP_GROUP, NodeType.TASK_GROUP, NodeType.CONTAINER, NodeType.SKIPPED)
)
_ERRORS = (HardError, ExpressionError, TagError, Unresolved, AbsentReference)


def node_made(core: Core, node: Node, template: Template) -> None:
    """Start the real-time gauges of a node that runs now; measure one that ended as it began."""
    if template.metrics is None or node.is_attempt:
        return
    _measure(core, template.metrics, node, real_time_only=True)
    if node.is_fulfilled:
        node_ended(core, node)


def node_ended(core: Core, node: Node) -> None:
    """Measure a node that has just ended, or that is up as a daemon. An attempt counts when
    another one follows it, the last one as its Retry node."""
    if not node.is_attempt and node.type not in _NO_TEMPLATE:
        _of_template(core, node)


def attempt_ended(core: Core, attempt: Node, bound: Bound) -> None:
    """Measure an attempt that another one is about to follow; `bound` is its Retry node's."""
    if bound.template.metrics is not None:
        _measure(core, bound.template.metrics, attempt, called=bound.scope)


def run_started(core: Core) -> None:
    if core.wf.spec.metrics is not None:
        _measure(core, core.wf.spec.metrics, None, real_time_only=True)


def run_ended(core: Core, phase: RunPhase) -> None:
    """Measure the run; its entry node lends `status`, `duration` and outputs."""
    entry = core.state.nodes.get(core.state.run.name)
    if core.wf.spec.metrics is not None and entry is not None and entry.is_fulfilled:
        _measure(core, core.wf.spec.metrics, entry, run_phase=core.state.run.main_phase or phase)


def _of_template(core: Core, node: Node) -> None:
    template = core.template_of(node)
    if template.metrics is None:
        return
    if template.daemon and not node.is_attempt:  # its end, after it was up, is no second one
        if core.state.memory.get(f"measured/{node.name}"):
            return
        core.remember(f"measured/{node.name}", True)
    _measure(core, template.metrics, node)


def _measure(
    core: Core,
    metrics: Metrics,
    node: Node | None,
    *,
    real_time_only: bool = False,
    run_phase: RunPhase | None = None,
    called: Scope | None = None,
) -> None:
    """`run_phase` says that the metrics are the run's own, at its end; they are also without a
    node, at its start. `called` is the scope that the template was bound in."""
    of_run = node is None or run_phase is not None
    chosen = [each for each in metrics.prometheus if _is_real_time(each) or not real_time_only]
    if not chosen:
        return
    values = _values(core, node, chosen)
    if of_run:
        values["workflow.status"] = str(run_phase or RunPhase.RUNNING)
    if called is None and node is not None and not of_run:
        bound = core.bound_of(node)
        called = bound.scope if bound is not None else MapScope({"node.name": node.name})
    scope = _MetricScope(Layered(MapScope(values), core.globals), called or core.globals)
    for metric in chosen:
        name = str(metric.get("name") or "")
        try:
            measured = _measured(core, metric, scope, None if of_run else node)
        except _ERRORS as error:
            _failed(core, str(error), name, node)
            continue
        if measured is not None:
            core.emit(measured)


def _failed(core: Core, why: str, metric: str, node: Node | None) -> None:
    """Add to the condition what it does not say yet."""
    said = core.state.run.metrics_error
    if why in said or len(said) > _LONGEST_ERROR:
        return
    core.patch_run(metrics_error=f"{said}, {why}" if said else why)
    core.note(f"metric {metric}: {why}", node.name if node is not None else "")


# -- one metric ------------------------------------------------------------------------------------


def _measured(
    core: Core, metric: Mapping[str, Any], scope: Scope, owner: Node | None
) -> Measured | None:
    """Return what to count, None where `when` says no. Raises HardError and what filling does."""
    name = str(metric.get("name") or "")
    if not metric.get("help"):
        raise HardError(f"metric '{name}' must contain a help string under 'help: ' field")
    try:
        filled = core.fill(metric, scope, must=_always)
    except _ERRORS as error:
        raise HardError(f"unable to substitute parameters for metric '{name}': {error}") from None
    try:
        wanted = evaluate_when(str(filled.get("when") or ""))
    except ExpressionError as error:
        why = f"unable to compute 'when' clause for metric '{core.state.run.name}': {error}"
        raise HardError(why) from None
    if not wanted:
        return None
    if _is_real_time(metric):
        return _gauge_in_real_time(core, metric, filled, owner)
    return _counted(core, filled, owner)


def _always(_name: str) -> bool:
    return True


def _gauge_in_real_time(
    core: Core, metric: Mapping[str, Any], filled: Mapping[str, Any], owner: Node | None
) -> Measured:
    """The value is a variable by name, read again whenever somebody looks."""
    run = core.state.run
    written = str(metric["gauge"].get("value") or "")
    if not (written.startswith("{{") and written.endswith("}}")):
        raise HardError("real time metrics can only be used with metric variables")
    variable = written[2:-2].strip()
    since = {"workflow.duration": run.started_at}
    if owner is not None:
        since["duration"] = owner.started_at
    if since.get(variable) is None:
        raise HardError(f"'{variable}' is not available as a real time metric")
    of_run = owner is None or variable == "workflow.duration"
    ended = run.phase.is_completed if owner is None else owner.is_fulfilled
    return _checked(
        core,
        _described(
            filled, core.now, Kind.GAUGE,
            since=since[variable], owner="" if of_run or owner is None else owner.name,
            is_final=ended,
        ),
    )  # fmt: skip


def _counted(core: Core, filled: Mapping[str, Any], owner: Node | None) -> Measured:
    kind = next((kind for kind in Kind if filled.get(kind) is not None), None)
    if kind is None:
        raise HardError(_unmade(filled, "invalid custom metric type"))
    body = filled[kind]
    text = str(body.get("value") if body.get("value") is not None else "")
    value = _number(text)
    if value is None:
        why = f"strconv.ParseFloat: parsing {quote(text)}: invalid syntax"
        raise HardError(_unmade(filled, why))
    fields: dict[str, Any] = {"value": value, "owner": owner.name if owner is not None else ""}
    match kind:
        case Kind.COUNTER:
            fields["operation"] = Operation.ADD
        case Kind.GAUGE:
            asked = str(body.get("operation") or "")
            known = asked in (Operation.ADD, Operation.SUB)
            fields["operation"] = Operation(asked) if known else Operation.SET
        case Kind.HISTOGRAM:
            fields["operation"] = Operation.OBSERVE
            fields["buckets"] = _buckets(filled, body.get("buckets") or ())
    return _checked(core, _described(filled, core.now, kind, **fields))


def _described(filled: Mapping[str, Any], at: float, kind: Kind, **fields: Any) -> Measured:
    name = str(filled.get("name") or "")
    if not _NAME.fullmatch(name):
        why = "metric name is invalid: names may only contain alphanumeric characters or '_'"
        raise HardError(_unmade(filled, why))
    labels = _labels(filled, kind)
    return Measured(name=name, kind=kind, help=str(filled["help"]), at=at, labels=labels, **fields)


def _labels(filled: Mapping[str, Any], kind: Kind) -> Labels:
    labels: dict[str, str] = {}
    for label in filled.get("labels") or ():
        key = str(label.get("key") or "")
        if not _NAME.fullmatch(key) or (kind is Kind.HISTOGRAM and key == "le"):
            rule = "keys may only contain alphanumeric characters, '_'"
            raise HardError(_unmade(filled, f"metric label '{key}' is invalid: {rule}"))
        value = label.get("value")
        labels[key] = str(value) if value is not None else ""
    return tuple(sorted(labels.items()))


def _number(text: str) -> float | None:
    from argotui.expr.functions_number import parse_float  # half of the language comes with it

    return parse_float(text)


def _buckets(filled: Mapping[str, Any], bounds: Iterable[Any]) -> tuple[float, ...]:
    found = [_number(str(bound)) for bound in bounds]
    rising = sorted({bound for bound in found if bound is not None and bound < float("inf")})
    if None in found:
        raise HardError(_unmade(filled, "a bucket of the histogram is no number"))
    return tuple(rising)


def _checked(core: Core, seen: Measured) -> Measured:
    """A metric is described once: another type or help under its name is an error."""
    known = core.state.metrics.get(seen.name)
    if known is None:
        return seen
    if known.help != seen.help:
        why = f"Help for metric {seen.name} is already set to {known.help}, it cannot be changed"
        raise HardError(f"could not construct metric '{seen.name}': {why}")
    if known.kind is not seen.kind:
        wanted = str(seen.kind).capitalize()
        why = f"Found existing {known.kind} for custom metric {seen.name} of type {wanted}"
        raise HardError(f"could not construct metric '{seen.name}': {why}")
    return seen


def _unmade(filled: Mapping[str, Any], why: str) -> str:
    return f"could not construct metric '{filled.get('name') or ''}': {why}"


class _MetricScope:
    """Variables of metrics and of the run; simple tags see the names of the call beside them."""

    def __init__(self, known: Scope, called: Scope) -> None:
        self._known = known
        self._called = called

    def get(self, name: str) -> str | Lack:
        found = self._known.get(name)
        return self._called.get(name) if found is Lack.MISSING else found

    def env(self) -> Mapping[str, Any]:
        return self._known.env()


def _is_real_time(metric: Mapping[str, Any]) -> bool:
    return bool((metric.get("gauge") or {}).get("realtime"))


# -- variables -------------------------------------------------------------------------------------


def _values(core: Core, node: Node | None, metrics: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the variables of metrics; those of every scope are below them. Argo: 2.5."""
    found = {
        "duration": "0",
        "status": str(NodePhase.PENDING),
        "resourcesDuration.cpu": "0",
        "resourcesDuration.memory": "0",
    }
    if node is None:
        return found
    end = node.finished_at if node.finished_at is not None else core.now
    found["duration"] = seconds_text(
        end - (node.started_at if node.started_at is not None else end)
    )
    found["status"] = str(node.phase)
    if children := core.children(node.name):
        found["retries"] = str(len(children) - 1)
    for section, of in (("inputs", node.inputs), ("outputs", node.outputs)):
        for parameter in of.get("parameters", ()):
            value = parameter.get("value")
            found[f"{section}.parameters.{parameter['name']}"] = value if value is not None else ""
    if node.outputs.get("result") is not None:
        found["outputs.result"] = node.outputs["result"]
    if node.outputs.get("exitCode") is not None:
        found["exitCode"] = str(node.outputs["exitCode"])
    if _mentions(metrics, "resourcesDuration"):
        for name, seconds in node_resources(core.state, node.name).items():
            found[f"resourcesDuration.{name}"] = str(seconds)
    return found


def _mentions(metrics: Iterable[Mapping[str, Any]], word: str) -> bool:
    found = False

    def look(text: str) -> str:
        nonlocal found
        found = found or word in text
        return text

    map_strings(tuple(metrics), look)
    return found

"""What every rule of the engine stands on: the state, the one way to change it, and what is dirty.

Called by the rest of engine/ and by templates/ through NodeContext; never from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from argotui.engine.ledger import COUNTED_BY, Ledger
from argotui.engine.timers import Timers
from argotui.expr.scope import Scope
from argotui.expr.template import Must, map_strings, never, substitute
from argotui.model import ids
from argotui.model.changes import (
    Change,
    Linked,
    NodeCreated,
    NodePatched,
    Noted,
    Remembered,
    RunPatched,
)
from argotui.model.errors import EngineBug
from argotui.model.fold import RunState, apply
from argotui.model.manifest import Template
from argotui.model.status import Node, NodePhase, NodeType
from argotui.model.workflow import LibraryKey, ResolvedWorkflow, WorkflowSpec

if TYPE_CHECKING:
    from argotui.engine.globals import Globals
    from argotui.model.commands import Command

T = TypeVar("T")
# what Go quotes in ways that JSON does not know
_NO_JSON = re.compile(r"[\x00-\x07\x0b\x0e-\x1f\x7f]")
_MOST_AT_ONCE = 100_000  # nodes made in answer to one event: far more than anybody means
_MOST_IDLE = 12_000  # the same, where nothing of it is work: a loop of 10,000 skipped items is fine
_MOST_TOO_DEEP = 100  # nodes that hit the limit on recursion: a tree that grows without end
_POD_NAMES = "workflows.argoproj.io/pod-name-format"
ROOT = ""  # the evaluating parent of the entry node, of workflow hooks and of the exit handler


class HardError(Exception):
    """What Argo's template evaluation returns as `err`: the caller decides what becomes of it."""


class RunawayError(Exception):
    """The run makes nodes without end: it is ended as a whole, whoever evaluates what."""


class ChildTimeout(HardError):
    """A pending node ran past its timeout: fails a step group with `timeout`. Argo: 1.6."""


class ChildError(HardError):
    """A child that could not be started: what its parent has to say of it. Argo: 1.6."""

    def __init__(self, child: str, why: HardError) -> None:
        super().__init__(str(why))
        self.child = child


class WhenError(HardError):
    """The `when` of one item of a loop cannot be evaluated; its node says so. Argo: 4.1."""


def _check_json(text: str) -> str:
    if _NO_JSON.search(text) or any(c > "\uffff" and not c.isprintable() for c in text):
        raise HardError("cannot finish template replacement because the result was invalid JSON")
    return text


@dataclass(slots=True)
class Core:
    """State and bookkeeping of one engine. `state` is written through `emit` only.

    Everything but `state` can be rebuilt from it: `pass_number`, `dirty` (what has to be looked
    at, by the node that evaluates it), `parents` (who evaluates a node), `frames` (open steps,
    groups, DAGs), `held` (containers whose next child a limit keeps back), `revisit` (to be
    looked at again in the next pass), `watching` (looked at on every event: open hook
    expressions), `unnamed` (to be given another display name), `lost_daemons` (daemons that ended
    by themselves, until their steps saw it), `unsynced` (pods that a shutdown ended while they
    ran: for one pass still, Argo waits for what they have to say, and only their dag has failed
    before that), `rebuilding` (the first walk of a recovered run, which is there to learn what is
    bound to the nodes again).
    """

    wf: ResolvedWorkflow
    state: RunState
    ledger: Ledger = field(default_factory=Ledger)
    now: float = 0.0
    pass_number: int = 0
    dirty: dict[str, set[str]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    frames: dict[str, Any] = field(default_factory=dict)
    bound: dict[str, Any] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    revisit: set[str] = field(default_factory=set)
    unnamed: set[str] = field(default_factory=set)
    watching: set[str] = field(default_factory=set)
    daemons: dict[str, set[str]] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)  # question -> the node that wants to know
    awaited_answers: set[str] = field(default_factory=set)
    checked: set[int] = field(default_factory=set)  # ids of templates whose expressions parse
    lost_daemons: set[str] = field(default_factory=set)
    unsynced: set[str] = field(default_factory=set)
    rebuilding: bool = False
    timers: Timers = field(default_factory=Timers)
    made: int = 0  # nodes, in answer to this event
    too_deep: int = 0
    linked: set[tuple[str, str]] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    on_fulfilled: list[Callable[[Node], None]] = field(default_factory=list)
    spec: WorkflowSpec = field(init=False)  # with the globals put in, once the run has begun
    globals: Globals = field(init=False)

    def emit(self, change: Change) -> None:
        """Make a change hold, and tell the world of it."""
        apply(self.state, change)
        self.changes.append(change)

    # -- nodes ---------------------------------------------------------------------------------

    def create(self, node: Node, *, parent: str) -> Node:
        """Add a node that is evaluated by `parent` (a node name, or ROOT)."""
        owner = self.state.ids.get(node.id)
        if owner is not None and owner != node.name:
            raise HardError(
                f"the nodes '{owner}' and '{node.name}' hash to the same id {node.id}; "
                "rename one of the steps"
            )
        self.made += 1
        if self.made > (_MOST_AT_ONCE if self.commands else _MOST_IDLE):
            raise RunawayError(
                f"more than {self.made - 1:,} nodes at once"
                + ("" if self.commands else ", and nothing to run among them")
                + ": it calls itself without end"
            )
        node.created_pass = self.pass_number
        if node.started_at is None:
            node.started_at = self.now
        if node.has_ended and node.finished_at is None:
            node.finished_at = self.now
        apply(self.state, NodeCreated(node=node))
        self.changes.append(NodeCreated(node=replace(node)))  # a copy: the state's goes on changing
        made = self.state.nodes[node.name]
        self.parents[node.name] = parent
        self.ledger.count(made, +1)
        return made

    def patch(self, node: Node, **fields: Any) -> None:
        """Set fields of a node; what is equal already is left out."""
        news = {name: value for name, value in fields.items() if getattr(node, name) != value}
        if not news:
            return
        if COUNTED_BY.isdisjoint(news):
            self.emit(NodePatched(name=node.name, fields=news))
            return
        self.ledger.count(node, -1)
        was_fulfilled = node.is_fulfilled
        self.emit(NodePatched(name=node.name, fields=news))
        self.ledger.count(node, +1)
        if "phase" in news or "daemoned" in news:
            self._follow_phase(node, was_fulfilled)

    def _follow_phase(self, node: Node, was_fulfilled: bool) -> None:
        self.touch(node.name)
        self.count_daemon(node)
        if node.has_ended:
            self.timers.drop(node.name)
            self.frames.pop(node.name, None)
        if self.ledger.freed:
            self.ledger.freed = False
            self.release_held()
        if node.is_fulfilled and not was_fulfilled:
            for hear in self.on_fulfilled:
                hear(node)
        if node.has_ended:
            self.bound.pop(node.name, None)

    def count_daemon(self, node: Node) -> None:
        if node.daemoned and not node.has_ended and node.type in (NodeType.POD, NodeType.RETRY):
            self.daemons.setdefault(node.boundary_id, set()).add(node.name)
        elif node.boundary_id in self.daemons:
            self.daemons[node.boundary_id].discard(node.name)

    def mark(self, node: Node, phase: NodePhase, message: str | None = None) -> Node:
        """Set a node's phase as Argo's markNodePhase does: a message replaces, None keeps."""
        fields: dict[str, Any] = {"phase": phase}
        if message is not None:
            fields["message"] = message
        if phase in (NodePhase.PENDING, NodePhase.RUNNING):
            fields["finished_at"] = None
        elif node.finished_at is None:
            fields["finished_at"] = self.now
            fields["wake_at"] = None
            fields["waits_for"] = ""
            fields["waiting_lock"] = ""
        self.patch(node, **fields)
        return node

    def link(self, parent: str, child: str) -> None:
        """Add `child` to the children of `parent`, once."""
        if (parent, child) not in self.linked:
            self.linked.add((parent, child))
            self.emit(Linked(parent=parent, child=child))

    def node_id(self, name: str) -> str:
        return ids.node_id(self.state.run.name, name)

    def pod_name(self, name: str, template: str) -> str:
        """Return what the pod of a node is called; a v1 name is the node's id. Argo: 1.3."""
        if self.wf.metadata.annotations.get(_POD_NAMES) == "v1":
            return self.node_id(name)
        return ids.pod_name(self.state.run.name, name, template)

    def name_of(self, node_id: str) -> str:
        return self.state.ids.get(node_id, "")

    def children(self, name: str) -> list[str]:
        return self.state.children.get(name, [])

    def daemons_of(self, boundary_id: str) -> list[Node]:
        """Return the daemons that are up in a boundary, Retry nodes of daemons among them."""
        names = self.daemons.get(boundary_id, ())
        return [self.state.nodes[name] for name in sorted(names)]

    def count_too_deep(self, template: str) -> None:
        """Note that a node was too deep. Raises RunawayError if that goes on and on."""
        self.too_deep += 1
        if self.too_deep > _MOST_TOO_DEEP:
            raise RunawayError(
                f"template '{template}' calls itself without end, more than once each time "
                "(the Argo controller would go on until it runs out of memory)"
            )

    # -- what is to be looked at ----------------------------------------------------------------

    def touch(self, name: str) -> None:
        """Have a node, and all that evaluate it, looked at in this pass or the next."""
        while name != ROOT:
            parent = self.parents.get(name, ROOT)
            waiting = self.dirty.setdefault(parent, set())
            if name in waiting:
                return
            waiting.add(name)
            name = parent

    def take_dirty(self, name: str) -> set[str]:
        """Return, and forget, what `name` has to look at."""
        return self.dirty.pop(name, set())

    def release_held(self) -> None:
        """A place became free: whoever was kept back is looked at again."""
        held, self.held = self.held, set()
        for name in held:
            self.touch(name)

    def wake_at(self, node: Node, at: float) -> None:
        """Have a node looked at when time has come to `at`."""
        self.timers.set(node.name, at)
        self.patch(node, wake_at=at)

    # -- the run ---------------------------------------------------------------------------------

    def patch_run(self, **fields: Any) -> None:
        run = self.state.run
        news = {name: value for name, value in fields.items() if getattr(run, name) != value}
        if news:
            self.emit(RunPatched(fields=news))

    def fill(self, value: T, scope: Scope, *, must: Must = never) -> T:
        """Put a scope's values into every string of `value`; see expr.template.substitute.

        Strictly, a value that breaks Argo's replacement in JSON text is an error. Argo: 2.4.
        """
        filled = substitute(value, scope, must=must, at=self.now)
        if not self.wf.lenient and filled is not value:
            map_strings(filled, _check_json)
        return filled

    def remember(self, key: str, value: Any) -> None:
        if self.state.memory.get(key) != value:
            self.emit(Remembered(key=key, value=value))

    def note(self, text: str, node: str = "") -> None:
        self.emit(Noted(text=text, node=node))

    def bound_of(self, node: Node) -> Any:
        """Return the Bound of a node that has not ended, of an attempt that of its Retry node, None
        where it is not known."""
        bound = self.bound.get(node.name)
        if bound is None and node.is_attempt:
            bound = self.bound.get(self.parents.get(node.name, ROOT))
        return bound

    def template_of(self, node: Node) -> Template:
        """Return the template bound for a node, an attempt's being that of its Retry node."""
        bound = self.bound_of(node)
        if bound is not None:
            template: Template = bound.template
            return template
        owner, name, ref = self.owner_of(node), node.template_name, node.template_ref
        if ref is not None:
            scope = "cluster" if ref.get("clusterScope") else "namespaced"
            owner, name = LibraryKey(scope=scope, name=str(ref["name"])), str(ref["template"])
        found = self.wf.template(owner, name)
        return found if found is not None else Template()

    def scope_text(self, owner: LibraryKey) -> str:
        """Return Argo's templateScope: the workflow's own goes by the name of the run."""
        local = owner == self.wf.local
        return f"local/{self.state.run.name}" if local else str(owner)

    def owner_of(self, node: Node) -> LibraryKey:
        """Return whose template the node was called from, out of its templateScope."""
        scope, _, name = node.template_scope.partition("/")
        return self.wf.local if scope == "local" else LibraryKey(scope=scope, name=name)

    def story(self, name: str) -> tuple[str, ...]:
        """Return what is known of a node, for the report of a bug."""
        node = self.state.nodes.get(name)
        seen = [repr(change) for change in self.changes if name in repr(change)][-20:]
        return (repr(node), *seen)

    def bug(self, what: str, name: str) -> EngineBug:
        return EngineBug(what, self.story(name))


def new_node(
    core: Core,
    name: str,
    *,
    node_type: NodeType,
    phase: NodePhase,
    boundary: str = "",
    message: str = "",
    **fields: Any,
) -> Node:
    """Return a node that is not in the state yet. `boundary` is the name of its boundary node."""
    return Node(
        name=name,
        id=core.node_id(name),
        display_name=display_name(name, boundary),
        type=node_type,
        phase=phase,
        boundary_id=core.node_id(boundary) if boundary else "",
        message=message,
        **fields,
    )


def display_name(name: str, boundary: str) -> str:
    """Return the name without its boundary's, and without a leading `[n]` and `.`. Argo: 1.3."""
    if not boundary:
        return name
    rest = name.removeprefix(boundary)
    if rest.startswith("["):
        end = rest.find("]")
        if rest[1:end].isdigit() and rest[end + 1 : end + 2] == ".":
            return rest[end + 2 :]
        return rest
    return rest.removeprefix(".")


def parameters_of(section: Mapping[str, Any]) -> dict[str, str]:
    """Return name -> value of the parameters in a node's `inputs` or `outputs`."""
    return {
        item["name"]: item["value"]
        for item in section.get("parameters", ())
        if item.get("value") is not None
    }

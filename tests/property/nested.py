"""A small model of whole workflows: templates inside templates, loops, when, depends, continueOn,
retries, hooks and exit handlers. It knows nothing of passes, events or order.

Used by test_nested_model. Argo: 1.5, 1.6, 4.1 to 4.5.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

LIMIT = 1  # of every retryStrategy
UNSURE = "Failed|Error"  # the order of events decides
OUTCOMES = {"Succeeded": 0, "Failed": 1, "Error": "Gone"}
Logic = tuple[Any, ...]  # ("is", task, result) | ("not", logic) | ("and" | "or", logic, logic)


@dataclass(frozen=True)
class Call:
    """`template` is `work`, `quick` or a Body. `items` None: no loop. `hook` is the status at which
    the hook is to run."""

    name: str
    template: Any = "work"
    items: int | None = None
    off: bool = False
    failed_ok: bool = False
    error_ok: bool = False
    on_exit: str = ""
    hook: str = ""
    logic: Logic | None = None
    needs: tuple[str, ...] = ()

    def tolerates(self, phase: str) -> bool:
        return (phase == "Failed" and self.failed_ok) or (phase == "Error" and self.error_ok)


@dataclass(frozen=True)
class Body:
    """A template: a pod, or calls of others. `groups` of a dag is one list of tasks."""

    name: str
    kind: str
    groups: tuple[tuple[Call, ...], ...] = ()
    retry: str | None = None  # the policy
    parallelism: int | None = None


@dataclass
class Model:
    """`phases` is what comes out: node name -> phase. `seed` decides how pods end."""

    seed: int
    phases: dict[str, str] = field(default_factory=dict)

    def ends(self, name: str) -> str:
        """Return how the pod of this node ends."""
        return ("Succeeded", "Succeeded", "Failed", "Error", "Succeeded")[
            zlib.crc32(f"{self.seed} {name}".encode()) % 5
        ]

    def run(self, body: Body, name: str, coming: set[str]) -> set[str]:
        """Run a template as the node `name`; return the phases that leave it to what comes next.
        `coming` are those that lead to it."""
        if body.retry is None:
            return self.attempt(body, name)
        phase = ""
        for number in range(LIMIT + 1):
            self.attempt(body, f"{name}({number})")
            phase = self.phases[f"{name}({number})"]
            again = {"OnFailure": ("Failed",), "OnError": ("Error",), "Always": ("Failed", "Error")}
            if phase not in again[body.retry]:
                break
        self.phases[name] = phase
        return {phase}

    def attempt(self, body: Body, name: str) -> set[str]:
        match body.kind:
            case "work":
                self.phases[name] = self.ends(name)
                return {self.phases[name]}
            case "quick":
                self.phases[name] = "Succeeded"
                return {"Succeeded"}
            case "steps":
                return self.steps(body, name)
            case _:
                return self.dag(body, name)

    def steps(self, body: Body, name: str) -> set[str]:
        out: set[str] = set()
        for number, group in enumerate(body.groups):
            own = f"{name}[{number}]"
            reach: list[tuple[str, set[str] | None]] = []
            bad = False
            for call in group:
                for child, leaving in self.children(call, f"{own}.{call.name}", hooks_of="step"):
                    phase = self.phases[child]
                    bad |= phase in ("Failed", "Error") and not call.tolerates(phase)
                    reach.append((child, leaving))
            self.phases[own] = "Failed" if bad else "Succeeded"
            out = set()
            for _, leaving in reach:
                out |= {self.phases[own]} if leaving is None else leaving
            if bad:
                self.phases[name] = "Failed"
                return out
        self.phases[name] = "Succeeded"
        return out

    def children(
        self, call: Call, name: str, *, hooks_of: str
    ) -> list[tuple[str, set[str] | None]]:
        """Make the nodes of a call; the phases that leave them, None for what leads to them."""
        if call.items == 0 or (call.off and call.items is None):
            self.phases[name] = "Skipped"
            return [(name, None)]
        names = [name] if call.items is None else [f"{name}({k}:{k})" for k in range(call.items)]
        found: list[tuple[str, set[str] | None]] = []
        for child in names:
            if call.off:
                self.phases[child] = "Skipped"
                found.append((child, None))
                continue
            leaving = self.run(call.template, child, set())
            if hooks_of == "step" or call.items is None:
                self.hooks(call, child)
                leaving = self.after_hooks(call, child, leaving)
            found.append((child, leaving))
        return found

    def after_hooks(self, call: Call, name: str, leaving: set[str]) -> set[str]:
        """What comes next hangs on the youngest child of a Retry node, be it a hook."""
        if call.template.retry is None:
            return leaving
        if call.on_exit:
            return {self.phases[f"{name}.onExit"]}
        hook = self.phases.get(f"{name}.hooks.h", "")
        if call.hook == "any" and f"{name}(1)" in self.phases:
            return {UNSURE}  # whether the second attempt or the hook came first
        return {hook} if hook else leaving

    def hooks(self, call: Call, name: str) -> None:
        if call.on_exit:
            self.hook(call.on_exit, f"{name}.onExit")
        if call.hook and call.hook in (self.phases[name], "any"):
            self.hook("work", f"{name}.hooks.h")

    def hook(self, template: str, name: str) -> None:
        self.phases[name] = "Succeeded" if template == "quick" else self.ends(name)

    def dag(self, body: Body, name: str) -> set[str]:
        calls = {call.name: call for call in body.groups[0]}
        leaving: dict[str, set[str] | None] = {}
        for task, call in calls.items():
            own = f"{name}.{task}"
            if not self.holds(call, name, calls):
                self.phases[own] = "Omitted"
                leaving[task] = None
            elif call.items is None or call.items == 0:
                ((_, leaving[task]),) = self.children(call, own, hooks_of="task")
            else:
                leaving[task] = self.group(call, own)
        return self.ended_dag(name, calls, leaving)

    def group(self, call: Call, name: str) -> set[str]:
        made = self.children(call, name, hooks_of="task")
        phase = "Succeeded"
        for child, _ in made:
            if self.phases[child] in ("Failed", "Error"):
                phase = self.phases[child]
        self.phases[name] = phase
        out: set[str] = set()
        for _, leaving in made:
            out |= {phase} if leaving is None else leaving
        return out

    def ended_dag(
        self, name: str, calls: dict[str, Call], leaving: dict[str, set[str] | None]
    ) -> set[str]:
        needed = {need for call in calls.values() for need in self.needs(call)}
        targets = sorted(task for task in calls if task not in needed)
        # while the dag is judged what leads into it counts as succeeded, later its own phase does
        reach = self.reach(calls, leaving, {"Succeeded"})
        result = "Succeeded"
        for task in targets:
            phase = self.phases[f"{name}.{task}"]
            seen = reach[task] if phase in ("Skipped", "Omitted") else {phase}
            if UNSURE in seen:
                result = UNSURE
                break
            bad = [each for each in seen if each in ("Failed", "Error")]
            if bad and not all(calls[task].tolerates(each) for each in bad):
                result = bad[0] if len(bad) == 1 else UNSURE
                break
        self.phases[name] = result
        reach = self.reach(calls, leaving, {result})
        return set().union(*(reach[task] for task in targets))

    def reach(
        self, calls: dict[str, Call], leaving: dict[str, set[str] | None], start: set[str]
    ) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for task, call in calls.items():
            own = leaving[task]
            before = [found[need] for need in self.needs(call)]
            found[task] = own if own is not None else (set().union(*before) if before else start)
        return found

    def needs(self, call: Call) -> list[str]:
        return list(call.needs) if call.logic is None else sorted(mentioned(call.logic))

    def holds(self, call: Call, name: str, calls: dict[str, Call]) -> bool:
        if call.logic is not None:
            return self.logic(call.logic, name, calls)
        return all(self.bare(need, name, calls) for need in call.needs)

    def bare(self, task: str, name: str, calls: dict[str, Call]) -> bool:
        phase = self.phases[f"{name}.{task}"]
        return phase in ("Succeeded", "Skipped") or calls[task].tolerates(phase)

    def logic(self, logic: Logic, name: str, calls: dict[str, Call]) -> bool:
        match logic:
            case ("is", task, "bare"):
                return self.bare(task, name, calls)
            case ("is", task, "AnySucceeded" | "AllFailed" as result):
                count = calls[task].items or 0
                phases = [self.phases.get(f"{name}.{task}({k}:{k})") for k in range(count)]
                if result == "AnySucceeded":
                    return "Succeeded" in phases
                return bool(phases) and set(phases) == {"Failed"}
            case ("is", task, "Errored"):
                return self.phases[f"{name}.{task}"] == "Error"
            case ("is", task, result):
                return self.phases[f"{name}.{task}"] == result
            case ("not", inner):
                return not self.logic(inner, name, calls)
            case ("and", left, right):
                return self.logic(left, name, calls) and self.logic(right, name, calls)
            case ("or", left, right):
                return self.logic(left, name, calls) or self.logic(right, name, calls)
        raise AssertionError(logic)


def mentioned(logic: Logic) -> set[str]:
    return {logic[1]} if logic[0] == "is" else set().union(*map(mentioned, logic[1:]))


# -- manifests -------------------------------------------------------------------------------------


def manifest(main: Body, *, parallelism: int | None, on_exit: str) -> str:
    """Return the workflow whose entry template is `main`."""
    found: dict[str, Body] = {}
    _collect(main, found)
    head = [
        "apiVersion: argoproj.io/v1alpha1", "kind: Workflow", "metadata: {generateName: wf-}",
        "spec:", f"  entrypoint: {main.name}",
    ]  # fmt: skip
    if parallelism is not None:
        head.append(f"  parallelism: {parallelism}")
    if on_exit:
        head.append(f"  onExit: {on_exit}")
    head.append("  templates:")
    return "\n".join([*head, *(line for body in found.values() for line in _template(body))])


def _collect(body: Body, found: dict[str, Body]) -> None:
    found.setdefault(body.name, body)
    for group in body.groups:
        for call in group:
            _collect(call.template, found)


def _template(body: Body) -> list[str]:
    lines = [f"    - name: {body.name}"]
    if body.retry is not None:
        lines.append(f"      retryStrategy: {{limit: {LIMIT}, retryPolicy: {body.retry}}}")
    if body.parallelism is not None and body.groups:
        lines.append(f"      parallelism: {body.parallelism}")
    match body.kind:
        case "work":
            lines.append('      container: {image: busybox, command: ["true"]}')
        case "quick":
            lines.append('      suspend: {duration: "0"}')
        case "steps":
            lines.append("      steps:")
            for group in body.groups:
                texts = [_call(call, "steps") for call in group]
                lines += [f"        - - {texts[0]}", *(f"          - {text}" for text in texts[1:])]
        case _:
            lines += ["      dag:", "        tasks:"]
            lines += [f"          - {_call(call, 'tasks')}" for call in body.groups[0]]
    return lines


def _call(call: Call, prefix: str) -> str:
    parts = [f"name: {call.name}", f"template: {call.template.name}"]
    if call.items is not None:
        parts.append(f"withParam: '{list(range(call.items))}'")
    if call.off:
        parts.append('when: "1 == 2"')
    if call.failed_ok or call.error_ok:
        failed, error = str(call.failed_ok).lower(), str(call.error_ok).lower()
        parts.append(f"continueOn: {{failed: {failed}, error: {error}}}")
    if call.on_exit:
        parts.append(f"onExit: {call.on_exit}")
    if call.hook:
        status = f"{prefix}['{call.name}'].status == '{call.hook}'"
        expression = "true" if call.hook == "any" else status
        parts.append(f'hooks: {{h: {{template: work, expression: "{expression}"}}}}')
    if call.logic is not None:
        parts.append(f'depends: "{text_of(call.logic)}"')
    elif call.needs:
        parts.append(f"dependencies: [{', '.join(call.needs)}]")
    return "{" + ", ".join(parts) + "}"


def text_of(logic: Logic) -> str:
    match logic:
        case ("is", task, "bare"):
            return str(task)
        case ("is", task, result):
            return f"{task}.{result}"
        case ("not", inner):
            return f"!({text_of(inner)})"
        case (word, left, right):
            sign = "&&" if word == "and" else "||"
            return f"({text_of(left)} {sign} {text_of(right)})"
    raise AssertionError(logic)

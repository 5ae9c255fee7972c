"""The catalogue of variables: what may stand in `{{...}}`, where, and what it means.

Read by lint and by the documentation; the engine's scopes are tested against it. Argo: 2.5, 2.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from argotui.expr.golang import STRFTIME


class Where(Enum):
    """In which texts a variable is known."""

    EVERYWHERE = "everywhere"
    EXIT = "exit handlers and hooks"
    TEMPLATE = "any template"
    POD = "templates that make a pod"
    STEPS = "steps templates"
    DAG = "dag templates"
    LOOP = "steps and tasks with a loop"
    RETRY = "templates with a retryStrategy, and its expression"
    METRICS = "metrics"
    HTTP = "http successCondition"
    CRON = "cron when and stopStrategy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """`name` has `<parts>` that stand for a name; `exists` is empty for one always there."""

    name: str
    where: Where
    meaning: str
    exists: str = ""
    example: str = ""

    @property
    def pattern(self) -> re.Pattern[str]:
        """What matches the names this variable stands for."""
        parts = re.split(r"(<\w+>)", self.name)
        return re.compile("".join(map(_part_pattern, parts)))


# keys of labels and annotations may have dots, all other names have none
_DOTTED = frozenset({"<key>"})


def _part_pattern(part: str) -> str:
    if not part.startswith("<"):
        return re.escape(part)
    if part == "<letter>":
        return f"[{STRFTIME}]"
    return ".+" if part in _DOTTED else r"[^.\s{}]+"


def describe(name: str) -> Variable | None:
    """Return the entry for a concrete name such as `steps.a.outputs.result`, None if there is
    no such variable."""
    return _found(name.strip())


@lru_cache(maxsize=2048)
def _found(name: str) -> Variable | None:
    exact = next((variable for variable in VARIABLES if variable.name == name), None)
    if exact is not None and "<" not in name:
        return exact
    return next((variable for variable, known in _PATTERNS if known.fullmatch(name)), None)


def _of(where: Where, *rows: tuple[str, str, str, str]) -> Iterator[Variable]:
    """Rows are name, meaning, when it exists, example."""
    for name, meaning, exists, example in rows:
        yield Variable(name=name, where=where, meaning=meaning, exists=exists, example=example)


def _of_nodes(word: str, where: Where, group: str, before: str) -> Iterator[Variable]:
    """What is known of another step or task; `before` says which others."""
    one = f"{word}.<name>"
    looped = f"for a loop that of its {group}"
    return _of(
        where,
        (f"{one}.id", f"id of the node; {looped}", before, "wf-1234567890"),
        (f"{one}.ip", "address of a daemon's pod", f"{before}; daemons only", "10.0.0.7"),
        (f"{one}.status", f"phase of the node; {looped}", before, "Succeeded"),
        (f"{one}.exitCode", "exit code of main", f"{before}; once main has ended", "0"),
        (f"{one}.startedAt", f"start in UTC; {looped}", before, "2026-01-02T03:04:05Z"),
        (f"{one}.finishedAt", f"end in UTC; {looped}", before, "2026-01-02T03:04:06Z"),
        (f"{one}.hostNodeName", "machine the pod ran on", f"{before}; pods only", "node-1"),
        (
            f"{one}.outputs.result",
            "standard output of main; of a loop a JSON list",
            f"{before}; script, container, data, http",
            "heads",
        ),
        (
            f"{one}.outputs.parameters",
            "JSON list of a loop's outputs",
            f"{before}; loops",
            '[{"p":"1"}]',
        ),
        (
            f"{one}.outputs.parameters.<parameter>",
            "an output parameter; of a loop a JSON list",
            before,
            "42",
        ),
        (f"{one}.outputs.artifacts.<artifact>", "an output artifact", f"{before}; as `from`", ""),
    )


_WORKFLOW = _of(
    Where.EVERYWHERE,
    ("workflow.name", "name of the run", "", "hello-x7k2p"),
    ("workflow.namespace", "namespace of the run", "", "default"),
    ("workflow.uid", "unique id of the run", "", "6f1c0c1e-3c0e-4f43-9d3c-7f8f1f5f2a11"),
    ("workflow.serviceAccountName", "service account, empty if the spec has none", "", "argo"),
    ("workflow.mainEntrypoint", "entry template", "", "main"),
    ("workflow.parameters.<parameter>", "a workflow argument", "", "hello"),
    ("workflow.parameters", "all workflow arguments as JSON", "", '[{"name":"a","value":"1"}]'),
    (
        "workflow.parameters.json",
        "all workflow arguments as JSON",
        "",
        '[{"name":"a","value":"1"}]',
    ),
    ("workflow.labels.<key>", "a label", "if it is set", "team-a"),
    ("workflow.labels", "all labels as JSON", "", '{"a":"b"}'),
    ("workflow.labels.json", "all labels as JSON", "", '{"a":"b"}'),
    ("workflow.annotations.<key>", "an annotation", "if it is set", "x"),
    ("workflow.annotations", "all annotations as JSON", "", '{"a":"b"}'),
    ("workflow.annotations.json", "all annotations as JSON", "", '{"a":"b"}'),
    ("workflow.creationTimestamp", "when the run was made", "", "2026-01-02T03:04:05Z"),
    ("workflow.creationTimestamp.s", "the same in Unix seconds", "", "1767323045"),
    ("workflow.creationTimestamp.RFC3339", "the same", "", "2026-01-02T03:04:05Z"),
    ("workflow.creationTimestamp.<letter>", "one part of it by strftime letter", "", "2026"),
    ("workflow.priority", "priority of the run", "if the spec has one", "5"),
    ("workflow.duration", "seconds since the start", "", "12.345678"),
    ("workflow.scheduledTime", "time a cron run was due", "in cron runs", "2026-01-02T03:00:00Z"),
    (
        "workflow.outputs.parameters.<parameter>",
        "an output exported by globalName",
        "once its node has ended",
        "42",
    ),
    (
        "workflow.outputs.artifacts.<artifact>",
        "an artifact exported by globalName",
        "once its node has ended",
        "",
    ),
    (
        "workflow.status",
        "phase of the run: Running, in exit handlers the final one",
        "empty in the first pass",
        "Succeeded",
    ),
)
_TEMPLATE = _of(
    Where.TEMPLATE,
    ("inputs.parameters.<parameter>", "an input parameter", "", "hello"),
    ("inputs.parameters", "all input parameters as JSON", "", '[{"name":"a","value":"1"}]'),
    ("inputs.artifacts.<artifact>", "an input artifact", "as `from`", ""),
    ("inputs.artifacts.<artifact>.path", "path of an input artifact", "if it has one", "/tmp/in"),
    ("node.name", "name of the node", "", "hello-x7k2p[0].a"),
    ("steps.name", "name of the calling step", "if called by steps", "a"),
    ("tasks.name", "name of the calling task", "if called by a dag", "a"),
)
_POD = _of(
    Where.POD,
    ("pod.name", "name of the pod", "", "hello-x7k2p-say-1234567890"),
    ("outputs.artifacts.<artifact>.path", "path of an output artifact", "", "/tmp/out"),
    ("outputs.parameters.<parameter>.path", "file of an output parameter", "", "/tmp/p"),
)
_LOOPS = _of(
    Where.LOOP,
    ("item", "the item; maps and lists as compact JSON", "", '{"a":1}'),
    ("item.<member>", "a value of a map item as JSON, without quotes", "if it is there", "1"),
)
_LAST = (
    (
        "lastRetry.exitCode",
        "exit code of the attempt before; in the expression -1 if none",
        "",
        "1",
    ),
    ("lastRetry.status", "phase of the attempt before", "", "Failed"),
    ("lastRetry.duration", "seconds the attempt before took", "", "3.2"),
    ("lastRetry.message", "message of the attempt before", "", "Error (exit code 1)"),
)
_RETRY = _of(Where.RETRY, ("retries", "number of the attempt, from 0", "", "0"), *_LAST)
_EXIT = _of(
    Where.EXIT,
    ("workflow.failures", "JSON list of the nodes that failed, itself quoted", "", '"null"'),
)
_METRICS = _of(
    Where.METRICS,
    ("status", "phase of the node", "", "Succeeded"),
    ("duration", "seconds the node took", "", "3.2"),
    ("exitCode", "exit code of main", "pods only", "0"),
    ("resourcesDuration.cpu", "CPU seconds asked for", "not in real time", "10"),
    ("resourcesDuration.memory", "memory seconds asked for", "not in real time", "10"),
    ("outputs.result", "the node's result", "if it has one", "heads"),
    ("outputs.parameters.<parameter>", "an output parameter of the node", "", "42"),
)
_HTTP = _of(
    Where.HTTP,
    ("request.method", "method of the request", "", "GET"),
    ("request.url", "address of the request", "", "http://host/"),
    ("request.body", "body of the request", "", "{}"),
    ("request.headers", "headers of the request, lists by name", "", ""),
    ("response.statusCode", "status of the answer", "", "200"),
    ("response.body", "body of the answer", "", "{}"),
    ("response.headers", "headers of the answer, lists by name", "", ""),
)
_CRON = _of(
    Where.CRON,
    ("cronworkflow.name", "name of the CronWorkflow", "", "nightly"),
    ("cronworkflow.namespace", "its namespace", "", "default"),
    ("cronworkflow.lastScheduledTime", "last time it was due", "after the first", ""),
    ("cronworkflow.failed", "runs that failed so far", "", "0"),
    ("cronworkflow.succeeded", "runs that succeeded so far", "", "3"),
    ("cronworkflow.labels.<key>", "a label of it", "if it is set", ""),
    ("cronworkflow.annotations.<key>", "an annotation of it", "if it is set", ""),
)

VARIABLES: tuple[Variable, ...] = (
    *_WORKFLOW,
    *_EXIT,
    *_TEMPLATE,
    *_POD,
    *_of_nodes("steps", Where.STEPS, "StepGroup", "in later groups"),
    *_of_nodes("tasks", Where.DAG, "TaskGroup", "in tasks that depend on it"),
    *_LOOPS,
    *_RETRY,
    *_METRICS,
    *_HTTP,
    *_CRON,
)
_PATTERNS = tuple((variable, variable.pattern) for variable in VARIABLES)

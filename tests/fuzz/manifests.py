"""Broken and twisted manifests: refused with problems, or run to an end; never anything else."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from argotui.cli.lint import problems_of
from argotui.cli.plan_lines import plan_lines
from argotui.forecast.walk import forecast
from argotui.graph.text import draw
from argotui.graph.workflow import figures
from argotui.manifest.load import load
from argotui.model.errors import ManifestError, UsageError
from argotui.submit.prepare import Prepared, prepare
from argotui.submit.request import Choices, Source, Where
from tests.fuzz.playing import play

ROOT = Path(__file__).parents[2]
SCALARS: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 10**30, 1.5, float("inf"), float("nan"), "", " ", "a", "true",
    "on",
    "null", "1", "0x10", "-", "é", "\x7f", "\x1b[2J", "\u202e", "a" * 300, "{{item}}", "{{",
    "{{=1+1}}", "{{=", "{{inputs.parameters.x}}", "{{workflow.name}}", "{{steps.a.outputs.result}}",
    "{{tasks.A.outputs.result}}", "1h", "5s", "99999999999h", "[]", "[1, 2]", "{}", "a && b", "!a",
    "main", "work", "a.Failed", "[" * 50, "../../etc", "$(x)", "%d", "%s%n", [], {}, [None], [[]],
    [[{}]], {"": ""}, {"name": "a"}, {"x": {"y": [1]}}, ["a", "a"],
)  # fmt: skip
KEYS = (
    "name", "template", "templateRef", "templates", "steps", "dag", "tasks", "container", "script",
    "suspend", "http", "resource", "data", "plugin", "containerSet", "inputs", "outputs",
    "parameters", "artifacts", "arguments", "value", "valueFrom", "default", "when", "depends",
    "dependencies", "withItems", "withParam", "withSequence", "count", "start", "end", "format",
    "continueOn", "failed", "hooks", "exit", "onExit", "expression", "retryStrategy", "limit",
    "backoff", "duration", "factor", "maxDuration", "timeout", "activeDeadlineSeconds",
    "parallelism", "failFast", "daemon", "inline", "memoize", "key", "cache", "synchronization",
    "mutexes", "semaphores", "entrypoint", "templateDefaults", "workflowMetadata", "labelsFrom",
    "podSpecPatch", "metrics", "prometheus", "volumes", "sidecars", "initContainers", "source",
    "target", "globalName", "path", "enum", "supplied", "shutdown", "metadata", "annotations",
)  # fmt: skip
BYTES = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\t", b"---\n", b"...\n", b"&a ", b"*a",
    b"!!binary ", b"!!python/object:os.system ", b"<<: *a\n", b"{{", b"}}", b"? ", b"- ", b": ",
    b"|", b">-", b"'", b'"', b"#", b"%YAML 9.9\n", b"\\u0000", b"[" * 100, b"{a: " * 100,
    b"\xc3\x28", b"\xe2\x80\xa8",
)  # fmt: skip
# what a field may well hold, so that more of the manifests can run
LIKELY: dict[str, tuple[Any, ...]] = {
    "when": ("", "true", "1 == 2", "{{=true}}", "{{workflow.status}} == Running", "a == a"),
    "value": ("", "x", "[1, 2]", "{{workflow.name}}", "{{=1 + 1}}", "{{workflow.uid}}"),
    "withParam": ("[]", "[1, 2, 3]", '[{"a": 1}]', "{{workflow.parameters}}", "[[], null, true]"),
    "withItems": ([1], [1, 2, 3], ["a", "b"], [{"a": 1}], [[1], [2]], [True, None, 1.5]),
    "count": (0, 1, "3", 200, "{{=2}}"),
    "limit": (0, 1, "2", "{{=1}}", "x"),
    "expression": ("true", "false", "asInt(lastRetry.exitCode) > 1", "1", "workflow.status == ''"),
    "retryPolicy": ("Always", "OnFailure", "OnError", "OnTransientError"),
    "retryStrategy": ({}, {"limit": 1}, {"limit": 2, "backoff": {"duration": "1", "factor": 2}}),
    "duration": ("0", "1", "1h", "1m30s"),
    "timeout": ("1s", "0", "{{=1}}s"),
    "activeDeadlineSeconds": (0, 1, "5", 100),
    "parallelism": (0, 1, 2),
    "failFast": (True, False),
    "continueOn": ({"failed": True}, {"error": True}, {}),
    "depends": ("", "A", "A.Failed || A", "!A", "A && A.Skipped"),
    "dependencies": ([], ["A"]),
    "target": ("A", "A B", ""),
    "daemon": (True, False),
    "onExit": ("main", "work", "exit"),
    "default": ("", "x", "{{=nil}}"),
    "globalName": ("g", "a-b", "{{workflow.name}}"),
    "suspend": ({}, {"duration": "1"}, {"duration": 0}),
    "metadata": ({"name": "x"}, {"generateName": "g-"}),
}


@cache
def seeds() -> tuple[bytes, ...]:
    """Return the manifests that are twisted: the probes and the samples."""
    folders = (ROOT / "tests" / "probes", ROOT / "sample_workflows")
    return tuple(path.read_bytes() for folder in folders for path in sorted(folder.glob("*.yaml")))


@cache
def trees() -> tuple[tuple[Any, ...], ...]:
    """Return them as data, those that YAML's own loader can read."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return tuple(tuple(yaml.load_all(raw, Loader=loader)) for raw in seeds())


def check(random: Random) -> bool:
    """Twist one manifest and do all that would be done with it; says whether it could run."""
    raw = of_bytes(random) if random.random() < 0.25 else of_tree(random)
    strict = random.random() < 0.5
    loaded = load([("wf.yaml", raw)], strict=strict)
    for problem in problems_of(loaded, strict=strict):
        str(problem)
    name = next(
        (each.metadata.name or each.metadata.generate_name for each in loaded.workflows), None
    )
    try:
        ready = prepare(
            Source(names=("wf.yaml",), contents={"wf.yaml": raw}),
            Choices(strict=strict, runtime=Where.LOCAL, workflow=name or None),
        )
    except (ManifestError, UsageError) as error:
        str(error)
        return False
    play(ready, random)
    _tell(ready)
    return True


def _tell(ready: Prepared) -> None:
    for line in plan_lines(forecast(ready.resolved, name=ready.name), ready.name, io.StringIO()):
        assert line.isprintable(), line
    for figure in figures(ready.resolved):
        if len(figure.boxes) < 100:
            draw(figure, str, len)


def of_bytes(random: Random) -> bytes:
    raw = random.choice(seeds())
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(raw) + 1)
        match random.randrange(6):
            case 0:
                raw = raw[:at] + bytes([random.randrange(256)]) + raw[at + 1 :]
            case 1:
                raw = raw[:at] + raw[at + random.randrange(1, 30) :]
            case 2:
                raw = raw[:at] + random.choice(BYTES) + raw[at:]
            case 3:
                other = random.choice(seeds())
                raw = raw[:at] + other[random.randrange(len(other)) :]
            case 4:
                raw = raw[:at] + raw[max(0, at - 40) : at] * random.randrange(1, 20) + raw[at:]
            case _:
                lines = raw.splitlines(keepends=True)
                random.shuffle(lines) if random.random() < 0.1 else lines.reverse()
                raw = b"".join(lines) if random.random() < 0.1 else raw[at:] + raw[:at]
    return raw


def of_tree(random: Random) -> bytes:
    documents = list(copy.deepcopy(random.choice(trees())))
    gentle = random.random() < 0.5
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        places = list(_places(documents))
        if gentle:
            _replace(random, places)
        elif places:
            _twist(random, *random.choice(places))
    return yaml.dump_all(documents, allow_unicode=True, sort_keys=False).encode("utf-8", "replace")


def _replace(random: Random, places: list[tuple[Any, Any]]) -> None:
    """Give a field another likely value, or a step or template one that it did not have."""
    known = [place for place in places if place[1] in LIKELY]
    calls = [holder for holder, key in places if isinstance(holder, dict) and key == "template"]
    templates = [holder for holder, key in places if isinstance(holder, dict) and key == "name"]
    if calls and random.random() < 0.4:
        key = random.choice(("when", "withParam", "withItems", "continueOn", "onExit", "depends"))
        random.choice(calls)[key] = copy.deepcopy(random.choice(LIKELY[key]))
    elif templates and random.random() < 0.4:
        key = random.choice(("retryStrategy", "timeout", "parallelism", "failFast", "daemon"))
        random.choice(templates)[key] = copy.deepcopy(random.choice(LIKELY[key]))
    elif known:
        holder, key = random.choice(known)
        holder[key] = copy.deepcopy(random.choice(LIKELY[key]))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (container, key) of everything inside."""
    stack = [value]
    while stack:
        here = stack.pop()
        pairs = here.items() if isinstance(here, dict) else enumerate(here)
        for key, inner in pairs:
            yield here, key
            if isinstance(inner, dict | list):
                stack.append(inner)


def _twist(random: Random, holder: Any, key: Any) -> None:
    value = holder[key]
    match random.randrange(9):
        case 0:
            del holder[key]
        case 1 | 2:
            holder[key] = copy.deepcopy(random.choice(SCALARS))
        case 3:
            others = [inside[at] for inside, at in _places(list(random.choice(trees())))]
            holder[key] = copy.deepcopy(random.choice(others)) if others else None
        case 4 if isinstance(holder, dict):
            holder[random.choice(KEYS)] = holder.pop(key)
        case 5 if isinstance(holder, dict):
            holder[random.choice(KEYS)] = copy.deepcopy(random.choice((value, *SCALARS)))
        case 6 if isinstance(holder, list):
            holder[:] = holder * random.choice((2, 2, 30))
        case 7 if isinstance(value, str):
            holder[key] = random.choice(
                (
                    value * 3,
                    value.upper(),
                    value[1:],
                    "{{" + value + "}}",
                    value + "\n",
                    f" {value}",
                )
            )
        case _:
            inner: Any = value
            for _ in range(random.choice((1, 3, 60))):
                inner = [inner] if random.random() < 0.5 else {random.choice(KEYS): inner}
            holder[key] = inner

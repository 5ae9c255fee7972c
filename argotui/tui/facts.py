"""What the node pane says: facts, inputs and outputs, manifest, as lines of pieces. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from argotui.model.status import Node, NodeType
from argotui.model.values import JsonObject
from argotui.model.work import PodWork
from argotui.tui import text
from argotui.tui.draw import lasted
from argotui.tui.forms import template_of
from argotui.tui.look import BAD, STYLES, WORDS, Glyphs, State
from argotui.tui.presenter import Presenter
from argotui.tui.rows import Row
from argotui.tui.truth import Piece, counts, named, waiting_lock

Line = list[Piece]
_IN_KEYS = str.maketrans("", "", "_./-")  # beside letters and digits
_LABEL = 10  # cells of the labels' column
_MOST_LINES = 400  # of one value; files have the rest
_PART, _LONGEST = 2000, 20_000  # characters of one line: made safe at once, shown at all
_BODIES = (
    *("container", "containerSet", "steps", "dag", "script"),
    *("resource", "data", "suspend", "http", "plugin"),
)


def summary(row: Row, presenter: Presenter, now: float, glyphs: Glyphs) -> list[Line]:
    """Return what a node is and how it goes."""
    node = row.stands_for
    if node is None:
        return list(_of_no_node(row, presenter, glyphs))
    lines = list(_problem(row, node, presenter))
    lines += _labelled("template", _template_text(node, presenter))
    image = _image(node, presenter)
    lines += _labelled("image", image)
    lines += _labelled("pod", _pod_text(node))
    lines += _labelled("in", "   ".join(_values(node.inputs)))
    lines += _labelled("out", "   ".join(_values(node.outputs)))
    lines += _labelled("rows", counts(row.total, glyphs) if row.inner > 1 else [])
    lines += _labelled("started", _times(node, now))
    lines += _labelled("approved", _approved(node))
    for container in _containers(node):
        lines += _container(container, glyphs)
    return [*lines, *(_of_run(presenter) if row.parent is None else ())]


def _of_run(presenter: Presenter) -> Iterator[Line]:
    """The entry node speaks for the run: its parameters, and where argotui is more lenient."""
    info, run = presenter.info, presenter.state.run
    for name, value in run.parameters.items():
        yield from _labelled("parameter", f"{name} = {text.first_line(value)}")
    if info is None:
        return
    yield from _labelled("manifest", info.manifest)
    for one in info.warnings:
        yield [(text.safe(one), "yellow")]
    for one in info.deviations:
        yield [(text.safe(one), "yellow")]


def _of_no_node(row: Row, presenter: Presenter, glyphs: Glyphs) -> Iterator[Line]:
    plan = row.planned
    if plan is None:
        yield from _labelled("loop", f"{row.inner:,} items")
        yield from _labelled("rows", counts(row.total, glyphs))
        return
    yield [("has not started", "dim")]
    kind = f" ({plan.kind})" if plan.kind else ""
    yield from _labelled("template", f"{plan.template_name}{kind}")
    yield from _labelled("after", ", ".join(plan.after))
    yield from _labelled("when", plan.when)
    if plan.many:
        yield from _labelled("loop", "its items are known when it starts")


def _labelled(label: str, said: str | list[Piece]) -> list[Line]:
    if not said:
        return []
    pieces = [(text.safe(said), "")] if isinstance(said, str) else said
    return [[(f"{label:<{_LABEL}}", "dim"), *pieces]]


def _problem(row: Row, node: Node, presenter: Presenter) -> Iterator[Line]:
    """The whole message, as many lines as it has; why it waits."""
    style = STYLES[row.state] if row.state in BAD else ""
    said = named(node.message, presenter.state)
    for line in said.splitlines()[:8]:
        if line.strip():
            yield [(text.safe(line), style)]
    held = node.waits_for or waiting_lock(node)
    if held and not node.has_ended and held != node.message:
        yield from _labelled("waiting", named(held, presenter.state))


def _template_text(node: Node, presenter: Presenter) -> str:
    if node.template_ref:
        ref = node.template_ref
        return f"{ref.get('name', '')}/{ref.get('template', '')}"
    kind = _kind(node, presenter)
    name = node.template_name or "(inline)"
    return f"{name} ({kind})" if kind else name


def _kind(node: Node, presenter: Presenter) -> str:
    template = _template(node, presenter)
    return next((body for body in _BODIES if body in template), "")


def _template(node: Node, presenter: Presenter) -> JsonObject:
    source = presenter.info.source if presenter.info is not None else {}
    return template_of(source, node.template_name) if node.template_name else {}


def _image(node: Node, presenter: Presenter) -> str:
    work = presenter.state.work.get(node.name)
    if work is not None and isinstance(work[1], PodWork):
        spec = work[1].pod.get("spec") or {}
        mains = [one for one in spec.get("containers") or () if one.get("name") in work[1].mains]
        return ", ".join(str(one.get("image", "")) for one in mains)
    template = _template(node, presenter)
    for body in ("container", "script"):
        if isinstance(template.get(body), Mapping):
            return str(template[body].get("image", ""))
    return ""


def _pod_text(node: Node) -> str:
    return "   ".join(part for part in (node.pod_name, node.host_node_name, node.pod_ip) if part)


def _values(holder: JsonObject) -> Iterator[str]:
    for parameter in holder.get("parameters") or ():
        if isinstance(parameter, Mapping) and parameter.get("value") is not None:
            yield f"{parameter.get('name')} = {text.first_line(str(parameter['value']))}"
    if holder.get("result"):
        yield f"result = {text.first_line(str(holder['result']))}"


def _times(node: Node, now: float) -> str:
    if node.started_at is None:
        return ""
    parts = [text.clock(node.started_at)]
    began = _began(node)
    end = node.finished_at if node.finished_at is not None else now
    if began is not None and began - node.started_at >= 1:
        parts.append(f"queued {text.brief(began - node.started_at)}")
    ran = end - (began if began is not None else node.started_at)
    verb = "waits" if node.type is NodeType.SUSPEND else "runs"
    parts.append(f"ran {text.precise(ran)}" if node.has_ended else f"{verb} {text.brief(ran)}")
    return "   ".join(parts)


def _began(node: Node) -> float | None:
    """Return when the first of its containers started, as the runtime reported."""
    starts = [_get(container, "started_at") for container in _containers(node)]
    known = [float(start) for start in starts if isinstance(start, int | float)]
    return min(known, default=None)


def _containers(node: Node) -> list[JsonObject]:
    found = (node.observed or {}).get("containers") or ()
    return [one for one in found if isinstance(one, Mapping)]


def _get(container: JsonObject, name: str) -> Any:
    """Reports are kept as JSON: in our names, or in camel case."""
    head, *rest = name.split("_")
    return container.get(name, container.get(head + "".join(part.title() for part in rest)))


def _container(container: JsonObject, glyphs: Glyphs) -> list[Line]:
    code = _get(container, "exit_code")
    bad = isinstance(code, int) and code != 0
    parts = [str(container.get("state") or "")]
    if code is not None:
        parts = [f"exit code {code}"]
    parts += [str(container.get(key) or "") for key in ("reason", "message", "detail")]
    said = "   ".join(part for part in parts if part)
    name = text.middle(text.safe(str(container.get("name") or "")), _LABEL - 1, glyphs.ellipsis)
    return [[(f"{name:<{_LABEL}}", "dim"), (text.safe(said), "red" if bad else "")]]


def _approved(node: Node) -> str:
    if node.type is not NodeType.SUSPEND or not node.approved_by:
        return ""
    values = "".join(f"   {key} = {value}" for key, value in (node.supplied or {}).items())
    return f"by {node.approved_by}{values}"


def in_out(row: Row) -> list[Line]:
    """Return every input and output in full, line by line."""
    node = row.stands_for
    if node is None:
        return [[("has not started", "dim")]]
    lines = [*_holder("inputs", node.inputs), *_holder("outputs", node.outputs)]
    return lines or [[("no inputs, no outputs", "dim")]]


def _holder(title: str, holder: JsonObject) -> Iterator[Line]:
    said: list[Line] = []
    for parameter in holder.get("parameters") or ():
        said += _value(str(parameter.get("name")), _shown_value(parameter))
    for artifact in holder.get("artifacts") or ():
        said += _value(str(artifact.get("name")), _where(artifact))
    for key, label in (("result", "result"), ("exitCode", "exit code")):
        if holder.get(key) is not None:
            said += _value(label, str(holder[key]))
    if said:
        yield [(title, "bold")]
        yield from said
        yield []


def _shown_value(parameter: JsonObject) -> str | None:
    value = parameter.get("value", parameter.get("default"))
    return None if value is None else str(value)


def _where(artifact: JsonObject) -> str:
    rest = {key: value for key, value in artifact.items() if key not in ("name", "archive")}
    return "   ".join(f"{key} {_short(value)}" for key, value in rest.items())


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(name: str, value: str | None) -> list[Line]:
    """One line, or the name and the value's lines below it."""
    shown = text.safe(name)
    if value is None:
        return [[(f"  {shown}  ", "dim"), ("to be supplied", "dim italic")]]
    lines = value.splitlines() or [""]
    if len(lines) == 1:
        return [[(f"  {shown} = ", "dim"), *_whole(lines[0])]]
    more = len(lines) - _MOST_LINES
    body = [[("    ", ""), *_whole(line)] for line in lines[:_MOST_LINES]]
    tail: list[Line] = [[(f"    … {text.plural(more, 'more line')}", "dim")]] if more > 0 else []
    return [[(f"  {shown} =", "dim")], *body, *tail]


def _whole(line: str) -> Line:
    """A long line in parts that each can be shown, and how much is left out of a very long one."""
    parts = [line[at : at + _PART] for at in range(0, min(len(line), _LONGEST), _PART)]
    said: Line = [(text.safe(part), "") for part in parts]
    if len(line) > _LONGEST:
        said.append((f" … {text.plural(len(line) - _LONGEST, 'more character')}", "dim"))
    return said or [("", "")]


def manifest(row: Row, presenter: Presenter) -> list[Line]:
    """Return the template as written, and the pod that was made of it."""
    node = row.stands_for
    name = node.template_name if node is not None else ""
    if row.planned is not None and node is None:
        name = row.planned.template_name
    source = presenter.info.source if presenter.info is not None else {}
    lines: list[Line] = []
    template = template_of(source, name) if name else {}
    if template:
        lines += [[(f"template {text.safe(name)}, as written", "bold")], *_yaml(template), []]
    work = presenter.state.work.get(node.name) if node is not None else None
    if work is not None:
        made = work[1]
        lines += [[("what it became", "bold")]]
        lines += _yaml(made.pod) if isinstance(made, PodWork) else [[(text.safe(str(made)), "")]]
    return lines or [[("no template of its own in this manifest", "dim")]]


def _yaml(value: JsonObject) -> list[Line]:
    dumped = yaml.dump(
        _plain(value), Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=4096
    )
    return [_yaml_line(line) for line in dumped.splitlines()]


def _yaml_line(line: str) -> Line:
    key, colon, rest = line.partition(":")
    if colon and key.strip(" -").translate(_IN_KEYS).isalnum():
        return [("  ", ""), (text.safe(key + colon), "dim"), (text.safe(rest), "")]
    return [("  ", ""), (text.safe(line), "")]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value


def _dumper() -> type[yaml.SafeDumper]:
    """Texts of several lines as blocks, the way people write them."""
    dumper: type[yaml.SafeDumper] = type("BlockDumper", (yaml.SafeDumper,), {})
    dumper.add_representer(str, _represent_text)
    return dumper


def _represent_text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def heading(row: Row, state: State, now: float) -> str:
    """Return the word for a state and how long it has been so."""
    word = WORDS[state]
    time = lasted(row, now)
    return f"{word} {text.brief(time)}" if time is not None else word

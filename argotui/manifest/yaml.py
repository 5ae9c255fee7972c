"""YAML text -> plain JSON values that remember where they stand, read as Argo reads them.

Called by load.py. Everything a file can do to a reader is bounded here: size, depth, aliases.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from argotui.manifest.scalars import key_text, plain_value, tagged_value
from argotui.manifest.source import Node, Path, Source, Text, merged_nodes
from argotui.manifest.yaml_errors import explain
from argotui.model.errors import Problem

# libyaml where PyYAML has it: a hundred times faster. Only its events are used, never its objects.
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_BYTES = 16 * 1024 * 1024
MAX_VALUES = 400_000  # aliases expanded; a cluster takes 1.5 MB a Workflow
MAX_DEPTH = 200

_NOT_JSON = frozenset((math.inf, -math.inf))
_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset(("str", "int", "float", "bool", "null", "binary", "timestamp", "merge"))
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_MARK = re.compile("^\ufeff", re.MULTILINE)  # each document of a joined file may begin with one
_BARE_TAG = re.compile(r"\{\{[^{}]*\}\}")
_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: its plain data, and its source for messages."""

    data: Any
    source: Source

    def locate(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Return line and column (from 1) of the value, or key, at `path`."""
        return self.source.locate(path, key=key)


class _Stop(Exception):
    """Reading cannot go on after this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


def compose(text: str, file: str) -> tuple[list[Document], list[Problem]]:
    """Return the documents of a YAML or JSON text and every problem found; never raises."""
    builder = _Builder(file=file)
    try:
        text = _readable(text, file)
        builder.text = Text(text)
        builder.read(text)
    except _Stop as stop:
        builder.problems.append(stop.problem)
    except yaml.MarkedYAMLError as error:
        builder.problems.append(explain(error, file, builder.text))
    except (yaml.YAMLError, RecursionError, UnicodeError):
        builder.problems.append(Problem(what="this is not YAML", file=file))
    return builder.documents, builder.problems


def decode_text(data: bytes, file: str) -> str | Problem:
    """Return the text of a file, or the one problem that makes it unreadable."""
    if len(data) > MAX_BYTES:
        return _too_big(len(data), file)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:2] == b"\x00{":
        return Problem(what="the file is UTF-16", hint="save it as UTF-8", file=file)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        what = f"byte 0x{data[error.start]:02X} is not UTF-8"
        hint = "this looks like a binary file" if b"\x00" in data[:4096] else "save it as UTF-8"
        return Problem(what=what, hint=hint, file=file, line=line, column=column)


def _too_big(size: int, file: str) -> Problem:
    return Problem(
        what=f"the file has {size / 1048576:.0f} MB; manifests over 16 MB are not read",
        hint="give large data to the steps as files or ConfigMaps",
        file=file,
    )


def _readable(text: str, file: str) -> str:
    if len(text) > MAX_BYTES:
        raise _Stop(_too_big(len(text), file))
    if bad := _FORBIDDEN.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        what = f"control character U+{ord(bad[0]):04X} is not allowed in YAML"
        hint = (
            "this looks like a binary file"
            if bad[0] == "\0"
            else "remove it, or write it as an escape in double quotes"
        )
        raise _Stop(Problem(what=what, hint=hint, file=file, line=line, column=column))
    text = _MARK.sub("", text)
    if text.lstrip()[:1] in ("{", "["):  # JSON writes astral characters as two escapes
        text = _PAIR.sub(_joined, text)
    return text


def _joined(pair: re.Match[str]) -> str:
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


@dataclass(slots=True)
class _Builder:
    """Makes nodes from events with a stack of its own; what it keeps is bounded by MAX_VALUES."""

    file: str
    text: Text = field(default_factory=lambda: Text(""))
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    stack: list[tuple[Node, list[Node]]] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    root: Node | None = None
    count: int = 0
    shared: dict[int, Any] = field(default_factory=dict)

    def read(self, text: str) -> None:
        parser = _Parser(text)
        while parser.check_event():
            event = parser.get_event()
            match event:
                case yaml.ScalarEvent():
                    self.add(self.scalar(event), event)
                case yaml.AliasEvent():
                    self.add(self.alias(event), event)
                case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    self.open(event)
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    self.close(event)
                case yaml.DocumentStartEvent():
                    self.anchors, self.root, self.shared = {}, None, {}
                case yaml.DocumentEndEvent():
                    self.finish()

    def finish(self) -> None:
        if self.root is None:
            return
        data = self.value(self.root)
        if data is not None:
            self.documents.append(Document(data, Source(self.file, self.text, self.root)))

    def scalar(self, event: Any) -> Node:
        start = event.start_mark
        node = Node(start.line, start.column, event.end_mark.line)
        if event.tag is None:
            node.value = plain_value(event.value) if event.implicit[0] else event.value
            node.merge = event.implicit[0] and event.value == "<<"
            return node
        tag = self.own_tag(event)
        try:
            node.merge = tag == "merge"
            node.value = event.value if tag in ("", "merge") else tagged_value(event.value, tag)
        except ValueError as error:
            self.problem(node, str(error))
        return node

    def own_tag(self, event: Any) -> str:
        """Return the short name of the event's tag if it is one of YAML's own, else complain."""
        if event.tag == "!":
            return "str" if isinstance(event, yaml.ScalarEvent) else ""
        name = str(event.tag).removeprefix(_TAG)
        collection = "seq" if isinstance(event, yaml.SequenceStartEvent) else "map"
        known = _SCALAR_TAGS if isinstance(event, yaml.ScalarEvent) else {collection}
        if event.tag.startswith(_TAG) and name in known:
            return name
        shown = f"!!{name}" if event.tag.startswith(_TAG) else event.tag
        mark = event.start_mark
        self.problem(
            Node(mark.line, mark.column),
            f"the tag {shown[:60]} means nothing to Argo",
            "remove it; only the tags of YAML itself (!!str, !!int, ...) can be read",
        )
        return ""

    def alias(self, event: Any) -> Node:
        mark = event.start_mark
        at = Node(mark.line, mark.column)
        target = self.anchors.get(event.anchor)
        if target is None:
            raise _Stop(self.at(at, f"unknown anchor '{event.anchor}' referenced"))
        if any(target is node for node, _ in self.stack):
            raise _Stop(self.at(at, f"anchor '{event.anchor}' value contains itself"))
        return target

    def open(self, event: Any) -> None:
        mark = event.start_mark
        node = Node(mark.line, mark.column)
        if event.tag is not None:
            self.own_tag(event)
        if isinstance(event, yaml.SequenceStartEvent):
            node.items = []
        else:
            node.pairs = []
        self.stack.append((node, []))
        self.register(event.anchor, node)
        self.check_bounds(node, 0)

    def close(self, event: Any) -> None:
        node, parts = self.stack.pop()
        node.line_end = event.end_mark.line
        if node.pairs is None:
            node.items = parts
        else:
            node.pairs = list(zip(parts[::2], parts[1::2], strict=True))
        node.size = 1 + sum(part.size for part in parts)
        node.height = 1 + max((part.height for part in parts), default=0)
        self.place(node)

    def add(self, node: Node, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self.register(event.anchor, node)
        self.check_bounds(node, node.size)
        self.place(node)

    def place(self, node: Node) -> None:
        if self.stack:
            self.stack[-1][1].append(node)
        else:
            self.root = node

    def register(self, anchor: str | None, node: Node) -> None:
        if anchor is not None:
            self.anchors[anchor] = node

    def check_bounds(self, node: Node, size: int) -> None:
        self.count += size or 1
        if self.count > MAX_VALUES:
            what = f"more than {MAX_VALUES:,} values in one file, aliases expanded"
            raise _Stop(self.at(node, what, "an anchor that repeats itself is the usual cause"))
        if len(self.stack) + node.height > MAX_DEPTH:
            raise _Stop(self.at(node, f"nested more than {MAX_DEPTH} levels deep"))

    def value(self, node: Node) -> Any:
        """Return the plain value of a node; what is aliased is made once and shared."""
        if node.items is None and node.pairs is None:
            return self.not_json(node) if node.value in _NOT_JSON else node.value
        if id(node) not in self.shared:
            if node.items is not None:
                self.shared[id(node)] = [self.value(item) for item in node.items]
            elif tag := self.bare_tag(node):
                self.shared[id(node)] = tag
            else:
                self.shared[id(node)] = self.mapping(node)
        return self.shared[id(node)]

    def bare_tag(self, node: Node) -> str:
        """Return the tag that was written without quotes, which reads as a mapping in a mapping,
        having told; empty for every other mapping. The rest goes on as if it were quoted."""
        if not any(key.pairs for key, _ in node.pairs or ()):
            return ""
        match = _BARE_TAG.match(self.text.line(node.line + 1), node.column)
        if match is None:
            return ""
        self.problem(node, "a value that begins with {{ must be quoted", f'write "{match[0]}"')
        return match[0]

    def not_json(self, node: Node) -> None:
        self.problem(node, f"{node.value} is no JSON number", "quote it to have the text")

    def mapping(self, node: Node) -> dict[str, Any]:
        own: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key, value in node.pairs or ():
            if key.merge:
                continue
            name = self.key(key)
            if name in own:
                what = f'key "{name[:80]}" already set in map'
                hint = f"the value of line {lines[name]} is lost; keep one of the two"
                self.problem(key, what, hint, warning="duplicate-key")
            own[name] = self.value(value)
            lines[name] = key.line + 1
        return {**self.merged(node), **own}

    def merged(self, node: Node) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for base in merged_nodes(node):
            if base.pairs is None:
                self.problem(base, "map merge requires map or sequence of maps as the value")
                continue
            result = {**self.value(base), **result}
        return result

    def key(self, key: Node) -> str:
        if key.items is not None or key.pairs is not None:
            self.problem(key, "a key must be text, not a list or a mapping", "quote it")
            return ""
        try:
            key.value = key_text(key.value)
        except ValueError as error:
            self.problem(key, str(error))
            return ""
        return str(key.value)

    def problem(self, node: Node, what: str, hint: str = "", *, warning: str = "") -> None:
        self.problems.append(self.at(node, what, hint, warning=warning))

    def at(self, node: Node, what: str, hint: str = "", *, warning: str = "") -> Problem:
        return Problem(
            what=what,
            hint=hint,
            file=self.file,
            line=node.line + 1,
            column=node.column + 1,
            severity="warning" if warning else "error",
            name=warning,
        )

"""Every value of the model that a journal or a socket carries comes back as it was."""

from __future__ import annotations

import dataclasses
import enum
import json
import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argotui.journal.changes import decode_change, encode_change
from argotui.journal.codec import decode, encode, plain
from argotui.journal.records import BLOB_FROM, is_sound, read_record, write_record
from argotui.model.changes import (
    Change,
    Linked,
    NodeCreated,
    NodePatched,
    NodesRemoved,
    Noted,
    Planned,
    Rejected,
    Remembered,
    RunPatched,
    Step,
    WorkRequested,
)
from argotui.model.errors import RuntimeFault
from argotui.model.status import Node, NodePhase, NodeType, RunPhase, RunStatus
from argotui.model.work import HttpWork, PodWork, Report, ResourceWork, WorkRef

KEYS = st.text(max_size=4) | st.sampled_from(["$blob", "$literal"])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.sampled_from(["$blob", "$literal", "is"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=4) | st.sampled_from(["$blob", "$literal"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
OBJECT = st.dictionaries(st.text(max_size=4), JSON, max_size=3)


def some(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a type as the model declares it."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of([some(part) for part in parts])
    if origin is tuple:
        if parts[-1] is ...:
            return st.lists(some(parts[0]), max_size=2).map(tuple)
        return st.tuples(*map(some, parts))
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(st.text(max_size=4), some(parts[1]), max_size=2)
    if hint is Any:
        return JSON
    if dataclasses.is_dataclass(hint):
        return of(hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return st.sampled_from(hint)
    if hint is type(None):
        return st.none()
    return st.floats(allow_nan=False) if hint is float else st.from_type(hint)


def of(kind: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{f.name: some(hints[f.name]) for f in dataclasses.fields(kind)})


def fields_of(kind: type) -> st.SearchStrategy[dict[str, Any]]:
    hints = get_type_hints(kind)
    return st.fixed_dictionaries({}, optional={n: some(h) for n, h in hints.items()})


CHANGES: st.SearchStrategy[Change] = st.one_of(
    of(NodeCreated),
    of(Linked),
    of(NodesRemoved),
    of(WorkRequested),
    of(Rejected),
    of(Noted),
    st.builds(Remembered, key=st.text(max_size=4), value=JSON),
    st.builds(NodePatched, name=st.text(max_size=4), fields=fields_of(Node)),
    st.builds(RunPatched, fields=fields_of(RunStatus)),
)


def through_json(raw: Any) -> Any:
    return json.loads(json.dumps(raw, default=plain))


@given(CHANGES)
@settings(max_examples=400, deadline=None)
def test_a_change_comes_back_as_it_was(change: Change):
    back = decode_change(through_json(encode_change(change)))
    assert back == change
    if isinstance(change, NodePatched):
        for name, value in change.fields.items():
            assert type(back.fields[name]) is type(value), name


@pytest.mark.parametrize(
    "kind", [Node, RunStatus, Report, PodWork, HttpWork, ResourceWork, Planned]
)
def test_every_kind_comes_back_as_it_was(kind: type):
    @given(of(kind))
    @settings(max_examples=50, deadline=None)
    def check(value):
        assert decode(kind, through_json(encode(value))) == value

    check()


def test_only_what_was_patched_is_written():
    raw = encode_change(NodePatched(name="a", fields={"phase": NodePhase.FAILED}))
    assert through_json(raw) == {"is": "NodePatched", "name": "a", "fields": {"phase": "Failed"}}


def test_defaults_are_left_out():
    node = Node(name="a", id="i", display_name="a", type=NodeType.POD, phase=NodePhase.PENDING)
    assert set(encode(node)) == {"name", "id", "display_name", "type", "phase"}


def test_fields_of_a_newer_version_are_passed_over():
    raw = {"is": "NodePatched", "name": "a", "fields": {"phase": "Failed", "mood": "bad"}}
    assert decode_change(raw) == NodePatched(name="a", fields={"phase": NodePhase.FAILED})
    raw = {"is": "Noted", "text": "x", "loudness": 11}
    assert decode_change(raw) == Noted(text="x")


def test_values_that_are_no_json_are_refused_loudly():
    with pytest.raises(TypeError, match="bytes cannot be written"):
        json.dumps({"a": b"x"}, default=plain)


def test_a_secret_stays_a_reference():
    env = [{"name": "T", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]
    work = PodWork(pod={"spec": {"containers": [{"name": "main", "env": env}]}})
    ref = WorkRef(run_id="r", node_name="n", node_id="i", attempt=1, pod_name="p")
    text = json.dumps(encode_change(WorkRequested(ref=ref, work=work)))
    assert '"secretKeyRef": {"name": "db", "key": "password"}' in text


# -- records ------------------------------------------------------------------------------------


def write(step: Step, blobs: dict[str, str], seq: int = 7):
    def keep(text: str) -> str:
        blobs[f"h{len(blobs)}"] = text
        return f"h{len(blobs) - 1}"

    return write_record(step, seq=seq, keep=keep)


@given(st.lists(CHANGES, max_size=4), st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_record_comes_back_as_it_was(changes: list[Change], long: bool):
    if long:
        changes = [*changes, Noted(text="x" * (BLOB_FROM + 1))]
    blobs: dict[str, str] = {}
    step = Step(at=12.5, cause="work-7", changes=tuple(changes))
    record = write(step, blobs)
    back = read_record(record.line, fetch=blobs.__getitem__)
    assert (back.seq, back.at, back.cause, back.changes) == (7, 12.5, "work-7", step.changes)
    assert record.line.count(b"\n") == 1
    assert record.line.endswith(b"\n")
    assert bool(blobs) == long


def test_long_texts_leave_the_record():
    blobs: dict[str, str] = {}
    record = write(Step(changes=(Remembered(key="k", value={"a": ["é" * 70_000]}),)), blobs)
    assert len(record.line) < 300
    assert blobs == {"h0": "é" * 70_000}


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_one_changed_byte_is_noticed(data: st.DataObject):
    line = write(Step(at=1.0, cause="c", changes=(Noted(text="hello"),)), {}).line
    place = data.draw(st.integers(0, len(line) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != line[place]))
    bad = line[:place] + bytes([byte]) + line[place + 1 :]
    assert not is_sound(bad)
    with pytest.raises(ValueError, match="checksum"):
        read_record(bad, fetch=str)


def test_a_sound_record_of_another_version_is_named_as_that():
    line = write(Step(changes=(Noted(text="x"),)), {}).line
    from argotui.journal.records import _seal

    body = line[: -len(',"crc":"00000000"}\n')].replace(b"Noted", b"Sung")
    with pytest.raises(RuntimeFault, match="another version"):
        read_record(_seal(body), fetch=str)


def test_run_phase_is_read_as_a_phase():
    back = decode_change({"is": "RunPatched", "fields": {"phase": "Succeeded", "labels": {}}})
    assert isinstance(back, RunPatched)
    assert back.fields["phase"] is RunPhase.SUCCEEDED

"""The supervisor's own promises: it starts at once, and its messages survive any cut."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import argotui
from argotui.runtimes.local import wire
from argotui.runtimes.local.doctor import find_sandbox, look_around

ROOT = Path(argotui.__file__).parent.parent


def test_it_imports_only_the_standard_library_and_little_of_ours():
    code = (
        "import sys; import argotui.runtimes.local.supervisor;"
        "print(*sorted(n for n in sys.modules if n.startswith('argotui.')));"
        "heavy = {'asyncio', 'dataclasses', 'subprocess', 'pathlib', 'inspect', 'yaml'};"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    ours, heavy = said.stdout.split("\n")[:2]
    assert heavy == ""
    assert {name.split(".")[1] for name in ours.split()} == {"logs", "runtimes"}


@given(st.lists(st.dictionaries(st.text(), st.text()), max_size=5), st.integers(1, 9))
def test_messages_come_out_as_they_went_in_however_they_are_cut(messages, size):
    stream = b"".join(wire.frame(message) for message in messages)
    framer = wire.Framer()
    found = []
    for start in range(0, len(stream), size):
        found += framer.feed(stream[start : start + size])
    assert found == messages


def test_a_status_is_read_whole_or_not_at_all(tmp_path):
    (tmp_path / wire.STATUS).mkdir()
    wire.write_status(str(tmp_path), "k.1", {"state": "Running"})
    wire.write_status(str(tmp_path), "k.1", {"state": "Failed"})
    assert wire.read_status(str(tmp_path), "k.1") == {"state": "Failed"}
    Path(wire.status_path(str(tmp_path), "torn.1")).write_text('{"state"')
    assert wire.read_status(str(tmp_path), "torn.1") is None
    assert wire.read_status(str(tmp_path), "none.1") is None
    assert wire.known_keys(str(tmp_path)) == ["k.1", "torn.1"]


def test_doctor_tells_what_it_found_by_trying():
    found = look_around()
    assert found.sandbox == find_sandbox()
    assert bool(found.sandbox.program) != bool(found.sandbox.problem)
    assert Path(found.python).exists()
    assert found.places >= 2


@pytest.mark.parametrize(
    ("manager", "words"),
    [
        ("apt", "bubblewrap (bwrap) is not installed (to get it: apt install bubblewrap)"),
        ("apk", "bubblewrap (bwrap) is not installed (to get it: apk add bubblewrap)"),
        ("", "bubblewrap (bwrap) is not installed (install the package bubblewrap)"),
    ],
)
def test_without_bubblewrap_it_is_said_how_to_get_it(tmp_path, monkeypatch, manager, words):
    if manager:
        (tmp_path / manager).write_text("#!/bin/sh\n")
        (tmp_path / manager).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert find_sandbox.__wrapped__().problem == words

"""One terminal for all tests of the screen: UTF-8, sixteen colours or more, UTC."""

import time

import pytest

from tests.tui.waiting import nothing_to_do


@pytest.fixture(autouse=True)
def _terminal(monkeypatch):
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TZ", "UTC")
    for name in ("NO_COLOR", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True)
def _idle(monkeypatch):
    for room in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{room}.wait_for_idle", nothing_to_do)

"""The driver of a run is a process of its own, which finds the package that started it."""

from __future__ import annotations

import os
import site
from pathlib import Path

from argotui.bootstrap import driving


def test_a_driver_finds_a_package_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(site, "getsitepackages", lambda: ["/nowhere"])
    root = driving._driver_environment()["PYTHONPATH"].split(os.pathsep)[0]
    assert (Path(root) / "argotui" / "__main__.py").is_file()


def test_a_driver_of_an_installed_package_is_given_nothing(monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    root = str(Path(driving.argotui.__file__).parent.parent)
    monkeypatch.setattr(site, "getsitepackages", lambda: [root])
    assert "PYTHONPATH" not in driving._driver_environment()

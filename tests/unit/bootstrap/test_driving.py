"""The driver of a run is a process of its own, which finds the package that started it."""

from __future__ import annotations

import os
from importlib import metadata
from pathlib import Path

from argotui.bootstrap import driving


def test_a_driver_finds_a_package_that_is_not_installed(monkeypatch):
    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    root = driving._driver_environment()["PYTHONPATH"].split(os.pathsep)[0]
    assert (Path(root) / "argotui" / "__main__.py").is_file()

"""docs/compatibility.md says what the tables of the tests say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.compatibility import EXCEPTIONS, SECTIONS, fields_of

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    check = [sys.executable, str(ROOT / "docs" / "compatibility_page.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"run docs/compatibility_page.py\n{done.stderr}"


def test_every_exception_is_a_field() -> None:
    types = {kind.__name__ for kinds in SECTIONS.values() for kind in kinds}
    names = {field.name for section in SECTIONS for field in fields_of(section)}
    for exception in EXCEPTIONS:
        kind, _, name = exception.partition(".")
        assert kind in types, exception
        assert name in names, exception

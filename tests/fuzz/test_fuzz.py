"""A slice of the fuzzers, the same one each time; `make fuzz` is the whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEED = 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "count"), [("manifests", 600), ("expressions", 1500)])
def test_nothing_but_our_own_errors(kind: str, count: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", kind, str(count), str(SEED)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert f"{count:,} cases" in done.stdout

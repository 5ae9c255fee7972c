"""Random whole workflows, the slice of every day: acted, and a few on the local runtime.

`make differential` runs the long form (see `__main__`); DIFFERENTIAL in the environment is the
first seed of this one. A find prints its seed: `python -m tests.differential show SEED STEADY`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from argotui import bootstrap
from argotui.runtimes.local.doctor import find_sandbox
from argotui.submit.request import Where
from tests.differential.author import written
from tests.differential.checks import all_of, as_performed

FIRST = int(os.environ.get("DIFFERENTIAL", "1"))
PARTS = 6
EACH = 3  # workflows of either sort in one part


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("steady", [True, False], ids=["steady", "wild"])
def test_what_must_hold_of_every_workflow_holds(part: int, steady: bool) -> None:
    for seed in range(FIRST + part * EACH, FIRST + (part + 1) * EACH):
        assert all_of(written(seed, steady=steady)) == [], f"seed {seed}, steady {steady}"


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.parametrize("part", range(2))
def test_what_is_acted_is_what_is_performed(
    part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not find_sandbox().program:
        pytest.skip("no sandbox on this machine")
    monkeypatch.setenv("ARGOTUI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    place = bootstrap.Place(runtime=Where.LOCAL)
    for seed in range(FIRST + part * 3, FIRST + part * 3 + 3):
        work = written(seed, room=20)
        assert as_performed(work, place, limit=90) == [], f"seed {seed}"

"""The exit codes, promised to scripts. Used by every command; printed by `argotui --help`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `doctor` and `--help` ask for no phase
    from argotui.model.status import RunPhase

SUCCEEDED = 0
FAILED = 1
USAGE = 2
INFRASTRUCTURE = 3
WAITING = 4
INTERRUPTED = 130

EXPLAINED = """Exit codes: 0 succeeded, 1 the workflow failed or errored, 2 usage or an invalid
manifest, 3 runtime or infrastructure, 4 still waiting for approval after --approval-timeout,
130 interrupted."""


def of_phase(phase: RunPhase) -> int:
    """Return the code for a run that ended in `phase`."""
    return SUCCEEDED if phase == "Succeeded" else FAILED

"""Where runs live on this machine. Called by bootstrap, cli and driver."""

from __future__ import annotations

import os
from pathlib import Path

# What a run's folder holds.
METRICS = "metrics.prom"
JOURNAL, LOCK, BLOBS, LOGS, WORK = "journal.jsonl", "lock", "blobs", "logs", "work"
VIEWERS = "viewers"  # locked, shared, by those who look at the run

VARIABLE = "ARGOTUI_STATE_DIR"


def state_folder() -> Path:
    """Return the folder of everything that argotui keeps; $ARGOTUI_STATE_DIR says another."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs  # only here: half of the commands never ask

    return Path(platformdirs.user_state_dir("argotui"))


def runs_folder() -> Path:
    return state_folder() / "runs"

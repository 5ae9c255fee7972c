"""How long ended runs are kept: the user's own wish, against what each run says of itself.

Read from the settings by every command, so it loads nothing of the journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argotui.journal.summary import RunSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """`forever`: nothing goes by itself, whatever a manifest says. `default`
    is for runs whose manifest says nothing, in seconds after their end."""

    forever: bool = False
    default: float | None = None

    def expires_at(self, summary: RunSummary) -> float | None:
        """Return when a run goes, None if it stays until it is deleted."""
        if self.forever or not summary.at_rest:
            return None
        if summary.expires_at is not None:
            return summary.expires_at
        if self.default is None or summary.finished_at is None:
            return None
        return summary.finished_at + self.default

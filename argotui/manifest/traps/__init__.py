"""Every warning by its name, as `# argotui: ignore[name]` takes it. Called by cli/lint_formats.py
and by docs/lint_page.py, which writes docs/lint.md from it."""

from __future__ import annotations

from collections.abc import Mapping

from argotui.manifest.traps.flow import FLOW
from argotui.manifest.traps.pods import PODS
from argotui.manifest.traps.trap import Trap
from argotui.manifest.traps.values import VALUES

TRAPS: Mapping[str, Trap] = {**FLOW, **VALUES, **PODS}

"""The functions of `sprig`."""

from __future__ import annotations

from collections.abc import Mapping

from argotui.expr.run import Table

SPRIG: Table = {}
REFUSED: Mapping[str, str] = {}

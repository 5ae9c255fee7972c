"""Every function an expression may call, by name: expr-lang's, Argo's and `sprig`.

Read by the parser (which names are built in) and by `evaluate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from argotui.expr.functions_data import ARGO, DATA
from argotui.expr.functions_list import LIST
from argotui.expr.functions_number import NUMBER
from argotui.expr.functions_text import TEXT
from argotui.expr.predicates import PREDICATES
from argotui.expr.run import Function, Library, Table
from argotui.expr.sprig import REFUSED, SPRIG

__all__ = ["BUILTINS", "PREDICATES", "ROOT"]

BUILTINS: Mapping[str, Function] = {**TEXT, **NUMBER, **LIST, **DATA}
_ALIASES: Table = {
    "asInt": replace(NUMBER["int"], name="asInt"),
    "asFloat": replace(NUMBER["float"], name="asFloat"),
}
# names at the root of the environment that are no variables
ROOT: Mapping[str, Any] = {**ARGO, **_ALIASES, "sprig": Library("sprig", SPRIG, REFUSED)}

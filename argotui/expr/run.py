"""One evaluation: its environment, clock and budget; and what functions look like.

Shared by `evaluate` and the function families. The budget makes every evaluation end soon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from argotui.expr.errors import ExpressionError
from argotui.expr.gotext import type_name
from argotui.expr.meter import FUEL, MAX_TEXT

_TEXT_STEP = 32
_READ_STEP = 16


class Run:
    """State of one evaluation; `item`, `index` and `total` belong to the innermost predicate."""

    __slots__ = ("at", "env", "fuel", "index", "item", "names", "total")

    def __init__(self, env: Mapping[str, Any], at: float) -> None:
        self.env = env
        self.at = at
        self.fuel = FUEL
        self.names: dict[str, Any] = {}
        self.item: Any = None
        self.index = 0
        self.total: Any = None

    def spend(self, steps: int = 1) -> None:
        """Take steps off the budget; raises ExpressionError when it is used up."""
        self.fuel -= steps
        if self.fuel < 0:
            raise ExpressionError("memory budget exceeded")

    def made(self, value: Any) -> Any:
        """Account for a new value and return it."""
        if isinstance(value, str):
            if len(value) > MAX_TEXT:
                raise ExpressionError("memory budget exceeded")
            self.spend(len(value) // _TEXT_STEP)
        elif isinstance(value, (list, dict)):
            self.spend(len(value) if isinstance(value, list) else 4 * len(value))
        return value


Kinds = Mapping[str, tuple[Callable[[Any], bool], str]]


def is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_KINDS: Kinds = {
    "s": (lambda value: isinstance(value, str), "string"),
    "i": (is_int, "int"),
    "n": (is_number, "float64"),
    "b": (lambda value: isinstance(value, bool), "bool"),
    "a": (lambda value: isinstance(value, list), "[]interface {}"),
    "m": (lambda value: isinstance(value, Mapping), "map[string]interface {}"),
    "t": (lambda value: type_name(value) == "time.Time", "time.Time"),
}
# what Go's reflection makes of nil for a parameter that cannot be nil
_ZEROS: Mapping[str, Callable[[], Any]] = {"s": str, "i": int, "n": float, "b": bool, "m": dict}


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language. `spec` has a letter for each parameter: s text, i integer,
    n number, b bool, a list, m map, t time, x anything; `?` from here on optional, `*` the last
    repeats.
    """

    name: str
    spec: str
    call: Callable[..., Any]
    takes_run: bool = False
    required: int = field(init=False)
    kinds: str = field(init=False)
    most: int = field(init=False)
    go_type: str = field(default="func(...)")

    def __post_init__(self) -> None:
        kinds = self.spec.replace("?", "").replace("*", "")
        repeats = self.spec.endswith("*")
        least = self.spec.partition("?")[0].replace("*", "")
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "required", len(least) - repeats)
        object.__setattr__(self, "most", 1 << 30 if repeats else len(kinds))

    def __str__(self) -> str:
        """In Go an address, which says nothing either."""
        return f"<function {self.name}>"

    def __call__(self, run: Run, arguments: Sequence[Any]) -> Any:
        """Call as a builtin, with arguments of the right count; raises ExpressionError."""
        for index, value in enumerate(arguments):
            kind = self._kind(index)
            if kind is not None and not kind[0](value):
                raise ExpressionError(self._refusal(kind[1], value))
        return self._run(run, arguments)

    def _refusal(self, wanted: str, value: Any) -> str:
        match wanted:
            case "int":
                return f"cannot use {type_name(value)} as argument (type int) to call {self.name}"
            case "float64":
                return f"invalid argument for {self.name} (type {type_name(value)})"
        shown = "nil" if value is None else type_name(value)
        return f"interface conversion: interface {{}} is {shown}, not {wanted}"

    def reflected(self, run: Run, arguments: Sequence[Any]) -> Any:
        """Call as Go calls a function that is a value; nil is the zero of its parameter's type."""
        count = len(arguments)
        if count < self.required or count > self.most:
            least = "at least " if self.most > len(self.kinds) else ""
            wanted = self.required if count < self.required else self.most
            raise ExpressionError(
                f"invalid number of arguments: expected {least}{wanted}, got {count}"
            )
        return self._run(run, [self._given(*pair) for pair in enumerate(arguments)])

    def _given(self, index: int, value: Any) -> Any:
        kind = self._kind(index)
        if value is None:
            letter = self.kinds[min(index, len(self.kinds) - 1)]
            return _ZEROS[letter]() if letter in _ZEROS else None
        if kind is None or kind[1] in ("[]interface {}", type_name(value)):
            return value
        if self.spec.endswith("*") and index >= len(self.kinds) - 1:
            raise ExpressionError(
                f"reflect: cannot use {type_name(value)} as type {kind[1]} in Call"
            )
        raise ExpressionError(f"reflect: Call using {type_name(value)} as type {kind[1]}")

    def _kind(self, index: int) -> tuple[Callable[[Any], bool], str] | None:
        return _KINDS.get(self.kinds[min(index, len(self.kinds) - 1)])

    def _run(self, run: Run, arguments: Sequence[Any]) -> Any:
        run.spend(1 + sum(len(v) for v in arguments if isinstance(v, str)) // _READ_STEP)
        try:
            if self.takes_run:
                return run.made(self.call(run, *arguments))
            return run.made(self.call(*arguments))
        except (OverflowError, MemoryError, ValueError, TypeError) as error:
            if isinstance(error, ExpressionError):
                raise
            raise ExpressionError(f"{self.name}: {error}") from None


@dataclass(frozen=True, slots=True)
class Library:
    """A name with functions under it, such as `sprig`; some are refused with a reason."""

    name: str
    functions: Mapping[str, Function]
    refused: Mapping[str, str] = field(default_factory=dict)
    go_type: str = field(default="map[string]interface {}", init=False)

    def find(self, name: Any) -> Function | None:
        if name in self.refused:
            raise ExpressionError(f"{self.name}.{name} is not available: {self.refused[name]}")
        if not isinstance(name, str):
            raise ExpressionError(
                f"reflect.Value.MapIndex: value of type {type_name(name)} "
                "is not assignable to type string"
            )
        return self.functions.get(name)


Table = Mapping[str, Function]


def table(*functions: Function) -> dict[str, Function]:
    return {function.name: function for function in functions}

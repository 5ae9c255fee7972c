"""The tree of an expression: what the parser makes and the compiler of `evaluate` reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    position: int
    value: Any


@dataclass(frozen=True, slots=True)
class Name:
    position: int
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """`base.key`, `base[key]`; `optional` for `?.`: nil if the base is nil."""

    position: int
    base: Node
    key: Node
    optional: bool = False
    called: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """The end of a row of members with a `?.` in it: there the nil comes out."""

    position: int
    node: Node


@dataclass(frozen=True, slots=True)
class Slice:
    position: int
    base: Node
    low: Node | None
    high: Node | None


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function that is a value: `sprig.trim(x)`, `t.Year()`."""

    position: int
    callee: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Builtin:
    """A call of a function of the language; the predicate, if it takes one, is an argument."""

    position: int
    name: str
    arguments: tuple[Node, ...]
    throws: bool = False  # nothing found is an error: `filter(...)[0]`
    mapped: Node | None = None  # what becomes of each item found: `map(filter(...), mapped)`


@dataclass(frozen=True, slots=True)
class Predicate:
    position: int
    body: Node


@dataclass(frozen=True, slots=True)
class Pointer:
    """`#` (name empty), `#acc`, `#index` inside a predicate."""

    position: int
    name: str


@dataclass(frozen=True, slots=True)
class Unary:
    position: int
    operator: str
    node: Node


@dataclass(frozen=True, slots=True)
class Binary:
    position: int
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Conditional:
    position: int
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Let:
    position: int
    name: str
    value: Node
    body: Node


@dataclass(frozen=True, slots=True)
class Sequence:
    position: int
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    position: int
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    position: int
    pairs: tuple[tuple[Node, Node], ...]


Node: TypeAlias = (
    Literal
    | Name
    | Member
    | Chain
    | Slice
    | Call
    | Builtin
    | Predicate
    | Pointer
    | Unary
    | Binary
    | Conditional
    | Let
    | Sequence
    | ListOf
    | MapOf
)


def pairs(node: Binary) -> tuple[Binary, ...]:
    """Return the operators of a row such as `a + b + c`, the first one first."""
    row: list[Binary] = []
    left: Node = node
    while isinstance(left, Binary):
        row.append(left)
        left = left.left
    return tuple(reversed(row))


def operands(node: Binary) -> tuple[Node, ...]:
    """Return what a row joins; a long row is no deep tree."""
    row = pairs(node)
    return (row[0].left, *(pair.right for pair in row))


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes below, in the order in which they are written; of a row its operands."""
    match node:
        case Member(base=base, key=key):
            return (base, key)
        case Chain(node=inner) | Unary(node=inner) | Predicate(body=inner):
            return (inner,)
        case Slice(base=base, low=low, high=high):
            return (base, *(part for part in (low, high) if part is not None))
        case Call(callee=callee, arguments=arguments):
            return (callee, *arguments)
        case Builtin(arguments=arguments):
            return arguments
        case Binary():
            return operands(node)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Let(value=value, body=body):
            return (value, body)
        case Sequence(nodes=nodes) | ListOf(nodes=nodes):
            return nodes
        case MapOf(pairs=entries):
            return tuple(part for entry in entries for part in entry)
        case _:
            return ()

"""From the text of an expression to its tree, by precedence climbing.

Called by `evaluate`. The grammar is expr-lang's (1.17); depth and size are bounded.
"""

from __future__ import annotations

from argotui.expr import syntax
from argotui.expr.errors import ExpressionError
from argotui.expr.functions import BUILTINS, PREDICATES
from argotui.expr.grammar import (
    BINARY,
    LITERALS,
    MAX_DEPTH,
    MAX_TOKENS,
    NEGATABLE,
    ORDER,
    RIGHT,
    UNARY,
    WORD,
)
from argotui.expr.lexer import Kind, Token, tokenize
from argotui.expr.numbers import read_number
from argotui.expr.syntax import Node


def parse(text: str) -> Node:
    """Return the tree of `text`; raises ExpressionError at the first mistake."""
    parser = Parser(text)
    try:
        node = parser.sequence()
    except RecursionError:
        raise ExpressionError("expression is nested too deeply") from None
    if parser.current.kind is not Kind.END:
        raise parser.unexpected()
    return node


class Parser:
    """One pass over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        if len(self.tokens) > MAX_TOKENS:
            raise ExpressionError("compilation failed: expression exceeds maximum allowed nodes")
        self.index = -1
        self.advance()
        self.depth = 0
        self.predicates = 0

    @property
    def current(self) -> Token:
        return self.tokens[self.index]

    def advance(self) -> Token:
        token = self.tokens[max(self.index, 0)]
        if token.kind is not Kind.END or self.index < 0:
            self.index += 1
        if (mistake := self.tokens[self.index].mistake) is not None:
            raise mistake
        return token

    def sees(self, value: str, kind: Kind = Kind.OPERATOR) -> bool:
        token = self.tokens[self.index]
        return token.kind is kind and token.value == value

    def bracket(self, value: str) -> bool:
        return self.sees(value, Kind.BRACKET)

    def expect(self, value: str, kind: Kind = Kind.OPERATOR) -> Token:
        if not self.sees(value, kind):
            raise self.unexpected()
        return self.advance()

    def close(self, value: str) -> Token:
        return self.expect(value, Kind.BRACKET)

    def unexpected(self) -> ExpressionError:
        return self.error(f"unexpected token {self.current}")

    def error(self, text: str, token: Token | None = None) -> ExpressionError:
        return ExpressionError(text, (token or self.current).position, self.text)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error("expression is nested too deeply")

    def sequence(self) -> Node:
        nodes = [self.expression(0)]
        while self.sees(";"):
            self.advance()
            if self.current.kind is Kind.END:
                break
            nodes.append(self.expression(0))
        return nodes[0] if len(nodes) == 1 else syntax.Sequence(nodes[0].position, tuple(nodes))

    def expression(self, precedence: int) -> Node:
        if precedence == 0 and self.sees("let"):
            return self.let()
        if precedence == 0 and self.sees("if"):
            return self.if_else()
        self.deeper()
        left = self.binary(self.primary(), precedence)
        if precedence == 0:
            left = self.conditional(left)
        self.depth -= 1
        return left

    def binary(self, left: Node, precedence: int) -> Node:
        previous = ""
        while True:
            token, negated = self.current, None
            if token.kind is not Kind.OPERATOR:
                return left
            if token.value == "not":
                after = self.tokens[self.index + 1]
                if after.kind is not Kind.OPERATOR or after.value not in NEGATABLE:
                    raise self.unexpected()
                negated, token = token, after
            if BINARY.get(token.value, -1) < precedence:
                return left
            if previous == "??" and token.value not in ("??", "|"):
                raise self.mixed(token)
            for _ in range(2 if negated else 1):
                self.advance()
            left = self.operation(left, token)
            if negated:
                left = syntax.Unary(negated.position, "not", left)
            previous = token.value

    def mixed(self, token: Token) -> ExpressionError:
        return self.error(
            f"Operator ({token.value}) and coalesce expressions (??) cannot be mixed. "
            "Wrap either by parentheses.",
            token,
        )

    def operation(self, left: Node, token: Token) -> Node:
        level = BINARY[token.value]
        if token.value == "|":
            name = self.current
            if name.kind is not Kind.NAME:
                raise self.unexpected()
            self.advance()
            return self.call(name, (left,))  # what follows a pipe is no member of it
        if token.value in ORDER:
            return self.comparison(left, token, level)
        right = self.expression(level if token.value in RIGHT else level + 1)
        return syntax.Binary(token.position, token.value, left, right)

    def comparison(self, left: Node, token: Token, level: int) -> Node:
        """`a < b < c` means `a < b && b < c`."""
        root: Node | None = None
        while True:
            right = self.expression(level + 1)
            pair = syntax.Binary(token.position, token.value, left, right)
            root = pair if root is None else syntax.Binary(token.position, "&&", root, pair)
            left, token = right, self.current
            if token.kind is not Kind.OPERATOR or token.value not in ORDER:
                return root
            self.advance()

    def let(self) -> Node:
        self.advance()
        name = self.current
        if name.kind is not Kind.NAME:
            raise self.unexpected()
        self.advance()
        self.expect("=")
        value = self.expression(0)
        self.expect(";")
        self.deeper()
        body = self.sequence()
        self.depth -= 1
        return syntax.Let(name.position, name.value, value, body)

    def if_else(self) -> Node:
        self.deeper()
        self.advance()
        condition = self.expression(0)
        branches = []
        for word in ("", "else"):
            if word:
                self.expect(word)
            self.close("{")
            branches.append(self.sequence())
            self.close("}")
        self.depth -= 1
        return syntax.Conditional(0, condition, branches[0], branches[1])

    def conditional(self, node: Node) -> Node:
        while self.sees("?"):
            self.advance()
            then = node if self.sees(":") else self.expression(0)
            self.expect(":")
            otherwise = self.expression(0)
            node = syntax.Conditional(self.current.position, node, then, otherwise)  # sic
        return node

    def primary(self) -> Node:
        token = self.current
        if token.kind is Kind.OPERATOR and token.value in UNARY:
            self.advance()
            inner = self.expression(UNARY[token.value])
            return self.postfix(syntax.Unary(token.position, token.value, inner))
        if self.bracket("("):
            self.advance()
            inner = self.sequence()
            self.close(")")
            return self.postfix(inner)
        if self.predicates and token.kind is Kind.OPERATOR and token.value in ("#", "."):
            return self.postfix(self.pointer())
        if self.sees("::"):
            self.advance()
            return self.postfix(self.call(self.advance(), ()))
        return self.secondary(token)

    def pointer(self) -> Node:
        token = self.current
        name = ""
        if token.value == "#":
            self.advance()
            follows = self.current.position == token.position + 1
            if self.current.kind is Kind.NAME and follows:
                name = self.advance().value
        return syntax.Pointer(token.position, name)

    def secondary(self, token: Token) -> Node:
        match token.kind:
            case Kind.NAME:
                self.advance()
                if token.value in LITERALS:
                    return syntax.Literal(token.position, LITERALS[token.value])
                if self.bracket("("):
                    return self.postfix(self.call(token, ()))
                return self.postfix(syntax.Name(token.position, token.value))
            case Kind.NUMBER:
                self.advance()
                return syntax.Literal(token.position, self.number(token))
            case Kind.TEXT:
                self.advance()
                return self.postfix(syntax.Literal(token.position, token.value))
            case Kind.BRACKET if token.value == "[":
                return self.postfix(self.list_of())
            case Kind.BRACKET if token.value == "{":
                return self.postfix(self.map_of())
        raise self.unexpected()

    def number(self, token: Token) -> int | float:
        try:
            return read_number(token.value)
        except ValueError as error:
            raise self.error(str(error)) from None

    def call(self, name: Token, first: tuple[Node, ...]) -> Node:
        if name.value in PREDICATES:
            return self.predicate_call(name, first)
        arguments = (*first, *self.arguments())
        if name.value in BUILTINS:
            return syntax.Builtin(name.position, name.value, arguments)
        return syntax.Call(name.position, syntax.Name(name.position, name.value), arguments)

    def arguments(self) -> list[Node]:
        self.close("(")
        found = self.items(")")
        self.close(")")
        return found

    def items(self, end: str) -> list[Node]:
        found: list[Node] = []
        while not self.bracket(end):
            if found:
                self.expect(",")
                if self.bracket(end):
                    break
            found.append(self.expression(0))
        return found

    def predicate_call(self, name: Token, first: tuple[Node, ...]) -> Node:
        """`all(list, predicate)`; the pipe gives the list from outside."""
        shape = PREDICATES[name.value][len(first) :]
        arguments = list(first)
        self.close("(")
        for index, part in enumerate(shape):
            if self.bracket(")"):
                if part.endswith("?"):
                    break
                raise self.error(f"expected at least {len(shape)} arguments")
            if index:
                self.expect(",")
            is_predicate = part.startswith("predicate")
            arguments.append(self.predicate() if is_predicate else self.expression(0))
        if self.sees(","):
            self.advance()
        self.close(")")
        return syntax.Builtin(name.position, name.value, tuple(arguments))

    def predicate(self) -> Node:
        start = self.current
        braces = self.bracket("{")
        self.predicates += 1
        if braces:
            self.advance()
            body = self.sequence()
        else:
            body = self.expression(0)
            if self.sees(";"):
                raise self.error("wrap predicate with brackets { and }")
        self.predicates -= 1
        if braces:
            self.close("}")
        return syntax.Predicate(start.position, body)

    def list_of(self) -> Node:
        start = self.close("[")
        nodes = self.items("]")
        self.close("]")
        return syntax.ListOf(start.position, tuple(nodes))

    def map_of(self) -> Node:
        start = self.close("{")
        pairs: list[tuple[Node, Node]] = []
        while not self.bracket("}"):
            if pairs:
                self.expect(",")
                if self.bracket("}"):
                    break
            key = self.map_key()
            self.expect(":")
            pairs.append((key, self.expression(0)))
        self.close("}")
        return syntax.MapOf(start.position, tuple(pairs))

    def map_key(self) -> Node:
        token = self.current
        if token.kind in (Kind.NUMBER, Kind.TEXT, Kind.NAME):
            self.advance()
            return syntax.Literal(token.position, token.value)
        if self.bracket("("):
            return self.expression(0)
        raise self.error(
            "a map key must be a quoted string, a number, a identifier, or an expression "
            f"enclosed in parentheses (unexpected token {token})"
        )

    def postfix(self, node: Node) -> Node:
        before = self.depth
        while True:
            token = self.current
            if token.kind is Kind.OPERATOR and token.value in (".", "?."):
                node = self.dotted(node, token)
            elif self.bracket("["):
                self.advance()
                node = self.indexed(node, token, optional=False)
            else:
                self.depth = before
                return node
            self.deeper()

    def dotted(self, node: Node, token: Token) -> Node:
        self.advance()
        optional = token.value == "?."
        name = self.current
        if optional and self.bracket("["):
            self.advance()
            return self.indexed(node, name, optional=True)
        self.advance()
        if name.kind not in (Kind.NAME, Kind.OPERATOR) or not WORD.fullmatch(name.value):
            end = name.kind is Kind.END
            raise self.error("unexpected end of expression" if end else "expected name")
        chained = isinstance(node, syntax.Chain)
        base = node.node if isinstance(node, syntax.Chain) else node
        key = syntax.Literal(name.position, name.value)
        called = self.bracket("(")
        result: Node = syntax.Member(name.position, base, key, optional, called)
        if called:
            result = syntax.Call(name.position, result, tuple(self.arguments()))
        return syntax.Chain(name.position, result) if chained or optional else result

    def indexed(self, node: Node, token: Token, *, optional: bool) -> Node:
        low = None if self.sees(":") else self.expression(0)
        if self.sees(":"):
            self.advance()
            high = None if self.bracket("]") else self.expression(0)
            self.close("]")
            return syntax.Slice(token.position, node, low, high)
        self.close("]")
        assert low is not None
        result: Node = syntax.Member(token.position, node, low, optional)
        return syntax.Chain(token.position, result) if optional else result

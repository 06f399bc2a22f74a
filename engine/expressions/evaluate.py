"""Typed tree → value, by simpleeval. Owns what an evaluation may reach.

The typed tree is lowered once into nodes of Python's `ast` that `simpleeval` walks: constants, names, our operators, calls
of our functions, conditionals. Names are not attributes: a whole path is one name, resolved by `_Names` in the values.
Simpleeval's own parser, its default functions, and its attribute, subscript, method and f-string nodes are not there.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, DecimalException
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

from simpleeval import FeatureNotAvailable, InvalidExpression, SimpleEval

from engine.expressions import numbers
from engine.expressions.errors import ExpressionError
from engine.expressions.tree import ZONE, Operation, Value
from engine.expressions.types import Kind, PathNames, Type

#: What may come out of any node; whatever else appears is a fault, and is refused.
_ALLOWED = (Decimal, str, bool, type(None), date, datetime, UUID, list, Mapping)
#: Those that need no second look: nearly every value.
_PLAIN = frozenset({Decimal, str, bool, type(None), date, datetime})
_ZONE = (ZONE,)
#: Types of Python.
Kinds = frozenset[type]
#: Stored values that the language holds as they are.
_AS_HELD: Mapping[Kind, Kinds] = {
    Kind.NUMBER: frozenset({Decimal}),
    Kind.TEXT: frozenset({str}),
    Kind.BOOLEAN: frozenset({bool}),
    Kind.DATE: frozenset({date, datetime}),
    Kind.DATETIME: frozenset({date, datetime}),
}


class Located(ast.expr):
    """A lowered node of ours; `position` is its place in the text."""

    position: int


class Operate(Located):
    """An operation that is not one of Python's operators."""

    operation: Operation
    arguments: list[ast.expr]


class Gather(Located):
    """An aggregation over values and lists."""

    python: Callable[[Sequence[Value]], Value]
    arguments: list[ast.expr]


class Rows(Located):
    """The values of `body`, row by row of the list named `key`."""

    key: str
    body: ast.expr


class Listed(Located):
    """A list written out."""

    items: list[ast.expr]


class Matched(Located):
    """A subject compared with the values of cases."""

    subject: ast.expr
    cases: list[tuple[ast.expr, ast.expr]]
    otherwise: ast.expr


class FirstOf(Located):
    """The first of some nodes that is not empty."""

    options: list[ast.expr]


class Attempted(Located):
    """A node, and another for when it fails."""

    body: ast.expr
    fallback: ast.expr


class Within(Located):
    """Whether a value is among a list's."""

    value: ast.expr
    items: ast.expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How a name is read from the values.

    in_row -- how many names lead to the row that the rest is read from; 0 reads from the top.

    Asked of every reading, and therefore settled once:
    rest    -- the names behind the row, or behind the name at the top.
    as_held -- the Python types of values that are read as they are.
    """

    names: PathNames
    type: Type
    in_row: int = 0
    rest: PathNames = field(init=False)
    as_held: Kinds = field(init=False)

    def __post_init__(self) -> None:
        """Settle what is asked of every reading."""
        object.__setattr__(self, "rest", self.names[self.in_row or 1 :])
        object.__setattr__(self, "as_held", _AS_HELD.get(self.type.kind, frozenset()))


class _Names:
    """The mapping that simpleeval looks names up in."""

    __slots__ = ("readers", "row", "values")

    def __init__(self, values: Mapping[str, Value], readers: Mapping[str, Reader], row: Value = None) -> None:
        self.values = values
        self.readers = readers
        self.row = row

    def __getitem__(self, key: str) -> Value:
        reader = self.readers[key]
        value = self.row if reader.in_row else self.values.get(reader.names[0])
        if reader.rest:
            value = _member(value, reader.rest)
        if type(value) in reader.as_held:
            return value
        if value is None:
            if reader.names == _ZONE:
                # Never a zone by default: a day would begin at another hour, and nobody would see it.
                raise RuntimeError("no time zone stands among the values")
            return None
        return _converted(value, reader.type)


def _member(value: Value, names: PathNames) -> Value:
    for index, name in enumerate(names):
        if value is None:
            return None
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list | tuple | frozenset):
            return [_member(item, names[index:]) for item in value]
        elif name != "id":
            raise ExpressionError("expression_not_loaded", name=name)
    return value


def _converted(value: Value, wanted: Type) -> Value:
    """Return a stored value as the language holds it: numbers as Decimal, ids read as text as text."""
    match wanted.kind:
        case Kind.NUMBER:
            if isinstance(value, Decimal):
                return value
            return Decimal(value) if isinstance(value, int) else Decimal(str(value))
        case Kind.TEXT:
            return str(value) if isinstance(value, UUID) else value
        case Kind.LIST:
            item = wanted.item
            if isinstance(value, Mapping) or item is None:
                return value
            return [entry if entry is None else _converted(entry, item) for entry in value]
        case Kind.DATETIME | Kind.DATE if isinstance(value, str):
            return (datetime if wanted.kind is Kind.DATETIME else date).fromisoformat(value)
    return value


def identity(value: Value) -> str | None:
    """Return a record's id as text, whether the record or only its id is given."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return None if value is None else str(value).lower()


def equal(left: Value, right: Value) -> bool:
    """Return `left == right`: empty equals empty alone, records are equal by id."""
    if left is None or right is None:
        return left is right
    if isinstance(left, Mapping | UUID) or isinstance(right, Mapping | UUID):
        return left is right or (identity(left) == identity(right) and identity(left) is not None)
    return bool(left == right)


def _ordered(compare: Callable[[Value, Value], bool]) -> Callable[[Value, Value], bool]:
    def result(left: Value, right: Value) -> bool:
        return left is not None and right is not None and compare(left, right)

    return result


OPERATORS: dict[type[ast.AST], Callable[..., Value]] = {
    ast.Add: numbers.add,
    ast.Sub: numbers.subtract,
    ast.Mult: numbers.multiply,
    ast.Div: numbers.divide,
    ast.Mod: numbers.modulo,
    ast.Eq: equal,
    ast.NotEq: lambda left, right: not equal(left, right),
    ast.Lt: _ordered(lambda left, right: left < right),
    ast.LtE: _ordered(lambda left, right: left <= right),
    ast.Gt: _ordered(lambda left, right: left > right),
    ast.GtE: _ordered(lambda left, right: left >= right),
}


class Evaluator(SimpleEval):  # type: ignore[misc]
    """Simpleeval with our nodes alone. One is made for each evaluation, so that threads share nothing."""

    operators: ClassVar[Mapping[type[ast.AST], Callable[..., Value]]] = OPERATORS
    functions: ClassVar[Mapping[str, Callable[..., Value]]] = MappingProxyType({})

    def __init__(self, names: _Names) -> None:
        # Not the parent's: it would fill in its own functions and every node type, at ten times the cost.
        self.names = names

    def value_of(self, node: ast.expr) -> Value:
        """Return the value of a lowered node."""
        return self._eval(node)

    def _eval(self, node: ast.expr) -> Value:
        step = self.nodes.get(type(node))
        if step is None:
            raise FeatureNotAvailable(f"{type(node).__name__} is not a node of the language")
        value = step(self, node)
        if type(value) not in _PLAIN:
            self._check_disallowed_items(value)
        return value

    def __del__(self) -> None:
        """Replace the parent's; nothing to let go of."""

    @staticmethod
    def _check_disallowed_items(item: Value) -> None:
        """Refuse whatever is not a value of the language; stricter than the parent's list of what is forbidden."""
        if not isinstance(item, _ALLOWED):
            raise FeatureNotAvailable(f"{type(item).__name__} is not a value of the language")

    def _eval_binop(self, node: ast.BinOp) -> Value:
        left, right = self._eval(node.left), self._eval(node.right)
        try:
            return self.operators[type(node.op)](left, right)
        except ExpressionError as error:
            raise error.at(node.col_offset) from error

    def _eval_compare(self, node: ast.Compare) -> Value:
        # The language knows no chains of comparisons.
        compare = self.operators[type(node.ops[0])]
        return compare(self._eval(node.left), self._eval(node.comparators[0]))

    def _eval_ifexp(self, node: ast.IfExp) -> Value:
        return self._eval(node.body if self._eval(node.test) is True else node.orelse)

    def _eval_boolop(self, node: ast.BoolOp) -> bool:
        decides = isinstance(node.op, ast.Or)
        for value in node.values:
            if (self._eval(value) is True) is decides:
                return decides
        return not decides

    def _operate(self, node: Operate) -> Value:
        arguments = [self._eval(argument) for argument in node.arguments]
        if node.operation.strict and any(argument is None for argument in arguments):
            return None
        try:
            return node.operation.python(*arguments)
        except ExpressionError as error:
            raise error.at(node.position) from error

    def _gather(self, node: Gather) -> Value:
        values: list[Value] = []
        for argument in node.arguments:
            value = self._eval(argument)
            if isinstance(value, list):
                values.extend(entry for entry in value if entry is not None)
            elif value is not None:
                values.append(value)
        try:
            return node.python(values)
        except ExpressionError as error:
            raise error.at(node.position) from error

    def _each(self, node: Rows) -> list[Value]:
        names = self.names
        rows = names[node.key] or ()
        return [Evaluator(_Names(names.values, names.readers, row)).value_of(node.body) for row in rows]

    def _listed(self, node: Listed) -> list[Value]:
        return [self._eval(item) for item in node.items]

    def _matched(self, node: Matched) -> Value:
        subject = self._eval(node.subject)
        for value, result in node.cases:
            if equal(subject, self._eval(value)):
                return self._eval(result)
        return self._eval(node.otherwise)

    def _first(self, node: FirstOf) -> Value:
        for option in node.options:
            value = self._eval(option)
            if value is not None:
                return value
        return None

    def _attempt(self, node: Attempted) -> Value:
        try:
            return self._eval(node.body)
        except (ExpressionError, DecimalException):
            return self._eval(node.fallback)

    def _within(self, node: Within) -> bool:
        value, items = self._eval(node.value), self._eval(node.items)
        return value is not None and any(item is not None and equal(value, item) for item in items or ())

    #: How each kind of node is evaluated; others there are none. One table for all evaluations.
    nodes: ClassVar[Mapping[type[ast.AST], Callable[[Evaluator, Any], Value]]] = {
        ast.Constant: lambda _, node: node.value,
        ast.Name: lambda self, node: self.names[node.id],
        ast.BinOp: _eval_binop,
        ast.Compare: _eval_compare,
        ast.IfExp: _eval_ifexp,
        ast.BoolOp: _eval_boolop,
        Operate: _operate,
        Gather: _gather,
        Rows: _each,
        Listed: _listed,
        Matched: _matched,
        FirstOf: _first,
        Attempted: _attempt,
        Within: _within,
    }


def run(tree: ast.expr, readers: Mapping[str, Reader], values: Mapping[str, Value]) -> Value:
    """Return the value of a lowered tree; every failure is an ExpressionError."""
    try:
        return Evaluator(_Names(values, readers)).value_of(tree)
    except (InvalidExpression, DecimalException, RecursionError, ValueError, TypeError) as error:
        raise ExpressionError("expression_failed") from error

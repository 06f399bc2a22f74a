"""Typed tree → the nodes that `evaluate` walks. Done once an expression."""

from __future__ import annotations

import ast
from typing import TypeVar

from engine.expressions import operations
from engine.expressions.evaluate import (
    Attempted,
    FirstOf,
    Gather,
    Listed,
    Located,
    Matched,
    Operate,
    Reader,
    Rows,
    Within,
)
from engine.expressions.tree import (
    ZONE,
    Aggregate,
    Among,
    Apply,
    Attempt,
    Choose,
    Compare,
    Constant,
    Each,
    First,
    Items,
    Junction,
    Match,
    Node,
    Path,
    WallTime,
)
from engine.expressions.types import TEXT, Kind, PathNames, Type

_BINARY: dict[str, type[ast.operator]] = {
    operations.ADD.name: ast.Add,
    operations.SUBTRACT.name: ast.Sub,
    operations.MULTIPLY.name: ast.Mult,
    operations.DIVIDE.name: ast.Div,
    operations.MODULO.name: ast.Mod,
}
_COMPARISON: dict[str, type[ast.cmpop]] = {
    "==": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}
#: The rows themselves, whatever they hold: a list without an item type is read as it is.
_ROWS = Type(kind=Kind.LIST)
LocatedT = TypeVar("LocatedT", bound=Located)


class Lowering:
    """Lowers one tree and notes which names it reads."""

    def __init__(self) -> None:
        self.readers: dict[str, Reader] = {}

    def _key(self, names: PathNames, wanted: Type, in_row: int) -> str:
        # One name may be read whole and row by row in one expression.
        key = ("*" if in_row else "") + ".".join(names)
        self.readers[key] = Reader(names=names, type=wanted, in_row=in_row)
        return key

    def lower(self, node: Node) -> ast.expr:
        """Return the node to evaluate for `node`."""
        match node:
            case Constant():
                # `ast` calls only its own literals constants; simpleeval hands on whatever stands there.
                return ast.Constant(value=node.value)  # type: ignore[arg-type]
            case WallTime():
                zone = ast.Name(id=self._key((ZONE,), TEXT, 0), ctx=ast.Load())
                value = ast.Constant(value=node.value)  # type: ignore[arg-type]
                return _made(Operate(), node, operation=operations.WALL_TIME, arguments=[value, zone])
            case Path():
                return ast.Name(id=self._key(node.names, node.type, node.rows if node.in_row else 0), ctx=ast.Load())
            case Apply():
                return self._apply(node)
            case Aggregate():
                arguments = [self.lower(argument) for argument in node.arguments]
                return _made(Gather(), node, python=node.aggregation.python, arguments=arguments)
            case Each():
                key = ".".join(node.rows) + "[]"
                self.readers[key] = Reader(names=node.rows, type=_ROWS)
                return _made(Rows(), node, key=key, body=self.lower(node.body))
            case Items():
                return _made(Listed(), node, items=[self.lower(item) for item in node.items])
            case Among():
                return _made(Within(), node, value=self.lower(node.value), items=self.lower(node.items))
            case Compare():
                return ast.Compare(
                    left=self.lower(node.left), ops=[_COMPARISON[node.operator]()], comparators=[self.lower(node.right)]
                )
        return self._choice(node)

    def _apply(self, node: Apply) -> ast.expr:
        arguments = [self.lower(argument) for argument in node.arguments]
        operator = _BINARY.get(node.operation.name)
        if operator is None:
            return _made(Operate(), node, operation=node.operation, arguments=arguments)
        left, right = arguments
        return ast.BinOp(left=left, op=operator(), right=right, col_offset=node.position)

    def _choice(self, node: Node) -> ast.expr:
        match node:
            case Choose():
                test, then, otherwise = map(self.lower, (node.test, node.then, node.otherwise))
                return ast.IfExp(test=test, body=then, orelse=otherwise)
            case Junction():
                joint = ast.And() if node.operator == "and" else ast.Or()
                return ast.BoolOp(op=joint, values=[self.lower(operand) for operand in node.operands])
            case Match():
                cases = [(self.lower(value), self.lower(result)) for value, result in node.cases]
                subject, otherwise = self.lower(node.subject), self.lower(node.otherwise)
                return _made(Matched(), node, subject=subject, cases=cases, otherwise=otherwise)
            case First():
                return _made(FirstOf(), node, options=[self.lower(option) for option in node.options])
            case Attempt():
                return _made(Attempted(), node, body=self.lower(node.body), fallback=self.lower(node.fallback))
        raise TypeError(f"no lowering of {type(node).__name__}")


def _made(lowered: LocatedT, node: Node, **parts: object) -> LocatedT:
    lowered.position = node.position
    for name, part in parts.items():
        setattr(lowered, name, part)
    return lowered

"""Text → bounded tree. Owns the grammar and its limits; `check` owns names and types.

Python's own parser reads the text once; what it gives is copied into the nodes of `engine.expressions.syntax`. Whatever
is not copied here does not exist in the language: attributes of values, methods, subscripts, lambdas, comprehensions,
f-strings, `:=`, `*args`, `await`, `**`, statements. So nothing of Python's object model can be reached by an expression.
"""

from __future__ import annotations

import ast
import threading
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from engine.expressions import syntax
from engine.expressions.errors import ExpressionError
from engine.expressions.scan import prepare

MAX_LENGTH = 4_000
MAX_DEPTH = 32
MAX_NODES = 600
MAX_PATH = 5
MAX_INTEGER_DIGITS = 26
MAX_FRACTION_DIGITS = 12

TreeT = TypeVar("TreeT", bound=ast.AST)

#: Up to Python 3.11 the making of a tree counts its depth once for all threads (CPython gh-106905): a thread that gets
#: its turn in the middle makes the other's parse end in SystemError. `catch_warnings` is the process's, too.
_TURN = threading.Lock()

_ARITHMETIC: dict[type[ast.operator], syntax.Arithmetic] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
}
_UNARY: dict[type[ast.unaryop], syntax.Sign] = {ast.USub: "-", ast.UAdd: "+", ast.Not: "not"}
_COMPARISONS: dict[type[ast.cmpop], syntax.Comparison] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_REFUSED: dict[type[ast.AST], str] = {
    ast.Attribute: "expression_attribute",
    ast.Subscript: "expression_subscript",
    ast.Lambda: "expression_lambda",
    ast.ListComp: "expression_comprehension",
    ast.SetComp: "expression_comprehension",
    ast.DictComp: "expression_comprehension",
    ast.GeneratorExp: "expression_comprehension",
    ast.JoinedStr: "expression_f_string",
    ast.NamedExpr: "expression_assignment",
    ast.Starred: "expression_starred",
}


def parse(text: str) -> syntax.Parsed:
    """Return the tree of `text`; raise ExpressionError with code and position at the first thing refused.

    Takes time linear in the text, which is at most MAX_LENGTH characters.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError("expression_too_long", position=MAX_LENGTH, length=len(text), limit=MAX_LENGTH)
    if not text.strip():
        raise ExpressionError("expression_blank", position=0)
    prepared = prepare(text)
    indent = len(prepared) - len(prepared.lstrip())
    reader = _Reader(prepared, indent)
    return syntax.Parsed(text=text, node=reader.read(_python_tree(prepared, indent), 1))


def _python_tree(prepared: str, indent: int) -> ast.expr:
    try:
        return _in_turn(lambda: ast.parse(prepared[indent:], mode="eval")).body
    except SyntaxError as error:
        position = min(indent + max((error.offset or 1) - 1, 0), max(len(prepared) - 1, 0))
        raise ExpressionError(_syntax_code(prepared[indent:], str(error.msg)), position=position) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("expression_too_deep", position=indent, limit=MAX_DEPTH) from error


def _in_turn(read: Callable[[], TreeT]) -> TreeT:
    """Let one thread at a time ask Python's parser, without its warnings of doubtful escapes."""
    with _TURN, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read()


def _syntax_code(prepared: str, message: str) -> str:
    if "nested parentheses" in message:
        return "expression_too_deep"
    if "integer string conversion" in message:
        return "expression_number_too_long"
    try:
        statements = _in_turn(lambda: ast.parse(prepared)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "expression_syntax"
    is_assignment = any(isinstance(entry, ast.Assign | ast.AugAssign | ast.AnnAssign) for entry in statements)
    return "expression_assignment" if is_assignment else "expression_statement"


class _Reader:
    """Copies Python's tree into ours, counting nodes and depth."""

    def __init__(self, prepared: str, indent: int) -> None:
        self._source = prepared[indent:]
        self._bytes = self._source.encode()
        self._indent = indent
        self._nodes = 0

    def _position(self, node: ast.expr) -> int:
        offset = node.col_offset
        if len(self._bytes) != len(self._source):
            offset = len(self._bytes[:offset].decode())
        return self._indent + offset

    def read(self, node: ast.expr, depth: int) -> syntax.Node:
        """Return our node for Python's `node`, which stands `depth` levels deep."""
        position = self._position(node)
        self._nodes += 1
        if depth > MAX_DEPTH:
            raise ExpressionError("expression_too_deep", position=position, limit=MAX_DEPTH)
        if self._nodes > MAX_NODES:
            raise ExpressionError("expression_too_many_parts", position=position, limit=MAX_NODES)
        match node:
            case ast.Constant():
                return self._literal(node, position)
            case ast.Name() | ast.Attribute():
                return syntax.Name(names=self._names(node), position=position)
            case ast.Call():
                return self._call(node, depth, position)
            case ast.UnaryOp() | ast.BinOp() | ast.BoolOp() | ast.Compare():
                return self._operation(node, depth, position)
            case ast.IfExp():
                return syntax.Conditional(
                    test=self.read(node.test, depth + 1),
                    then=self.read(node.body, depth + 1),
                    otherwise=self.read(node.orelse, depth + 1),
                    position=position,
                )
            case ast.List() | ast.Tuple():
                return syntax.Items(items=self._all(node.elts, depth), position=position)
        code = _REFUSED.get(type(node), "expression_not_allowed")
        raise ExpressionError(code, position=position, construct=type(node).__name__)

    def _all(self, nodes: list[ast.expr], depth: int) -> tuple[syntax.Node, ...]:
        return tuple(self.read(node, depth + 1) for node in nodes)

    def _operation(
        self, node: ast.UnaryOp | ast.BinOp | ast.BoolOp | ast.Compare, depth: int, position: int
    ) -> syntax.Node:
        match node:
            case ast.UnaryOp():
                operator = _UNARY.get(type(node.op))
                if operator is None:
                    raise ExpressionError("expression_operator", position=position)
                return syntax.Unary(operator=operator, operand=self.read(node.operand, depth + 1), position=position)
            case ast.BinOp():
                arithmetic = _ARITHMETIC.get(type(node.op))
                if arithmetic is None:
                    is_power = isinstance(node.op, ast.Pow)
                    raise ExpressionError(
                        "expression_power_operator" if is_power else "expression_operator", position=position
                    )
                left, right = self.read(node.left, depth + 1), self.read(node.right, depth + 1)
                return syntax.Binary(operator=arithmetic, left=left, right=right, position=position)
            case ast.BoolOp():
                junction = "and" if isinstance(node.op, ast.And) else "or"
                operands = self._all(node.values, depth)
                return syntax.Junction(
                    operator="and" if junction == "and" else "or", operands=operands, position=position
                )
        comparisons = [_COMPARISONS.get(type(entry)) for entry in node.ops]
        known = tuple(entry for entry in comparisons if entry is not None)
        if len(known) < len(comparisons):
            raise ExpressionError("expression_is_operator", position=position)
        operands = self._all([node.left, *node.comparators], depth)
        return syntax.Compare(operands=operands, operators=known, position=position)

    def _call(self, node: ast.Call, depth: int, position: int) -> syntax.Node:
        if isinstance(node.func, ast.Attribute):
            raise ExpressionError("expression_method", position=position, name=node.func.attr[:60])
        if not isinstance(node.func, ast.Name):
            raise ExpressionError("expression_not_allowed", position=position, construct="Call")
        if node.keywords:
            raise ExpressionError("expression_keyword_argument", position=position)
        name = self._names(node.func)[0]
        return syntax.Call(function=name.upper(), arguments=self._all(node.args, depth), position=position)

    def _names(self, node: ast.expr) -> tuple[str, ...]:
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.append(self._checked_name(node.attr, node))
            if len(names) >= MAX_PATH:
                raise ExpressionError("expression_path_too_long", position=self._position(node), limit=MAX_PATH)
            node = node.value
        if not isinstance(node, ast.Name):
            raise ExpressionError("expression_attribute", position=self._position(node))
        names.append(self._checked_name(node.id, node))
        return tuple(reversed(names))

    def _checked_name(self, name: str, node: ast.expr) -> str:
        if name.startswith("_") or "__" in name:
            raise ExpressionError("expression_underscore", position=self._position(node), name=name[:60])
        if not name.isascii() or len(name) > 60:
            raise ExpressionError("expression_name", position=self._position(node), name=name[:60])
        return name

    def _literal(self, node: ast.Constant, position: int) -> syntax.Literal:
        value = node.value
        if value is None or isinstance(value, bool):
            return syntax.Literal(value=value, position=position)
        if isinstance(value, int | float):
            return syntax.Literal(value=self._number(node, position), position=position)
        if not isinstance(value, str):
            raise ExpressionError("expression_literal", position=position)
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise ExpressionError("expression_text_character", position=position)
        return syntax.Literal(value=value, position=position)

    def _number(self, node: ast.Constant, position: int) -> Decimal:
        """Read the digits as they were written: a float has lost some of them by now."""
        source = self._bytes[node.col_offset : node.end_col_offset].decode().replace("_", "")
        if not source.replace(".", "", 1).isdigit():
            raise ExpressionError("expression_number_form", position=position, number=source[:40])
        whole, _, fraction = source.partition(".")
        if len(whole.lstrip("0")) > MAX_INTEGER_DIGITS or len(fraction) > MAX_FRACTION_DIGITS:
            raise ExpressionError(
                "expression_number_too_long",
                position=position,
                whole=MAX_INTEGER_DIGITS,
                fraction=MAX_FRACTION_DIGITS,
            )
        return Decimal(source)

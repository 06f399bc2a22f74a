"""Tree → typed tree. Owns names and types; every refusal has a code and a position."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches

from engine.expressions import conversions, operations, syntax
from engine.expressions.arguments import fitted_arguments
from engine.expressions.errors import ExpressionError
from engine.expressions.functions import FUNCTIONS, Function
from engine.expressions.numbers import negate
from engine.expressions.tree import (
    Aggregate,
    Aggregation,
    Among,
    Apply,
    Choose,
    Compare,
    Constant,
    Each,
    Items,
    Junction,
    Node,
    Path,
)
from engine.expressions.types import BOOLEAN, DATE, DATETIME, EMPTY, NUMBER, TEXT, Kind, PathNames, Scope, Type, list_of

_ARITHMETIC = {
    "+": operations.ADD,
    "-": operations.SUBTRACT,
    "*": operations.MULTIPLY,
    "/": operations.DIVIDE,
    "%": operations.MODULO,
}
_ORDERED = (Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.DATETIME)


class Checker:
    """Checks one expression against a scope; also the `Rules` that special forms ask."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._is_by_row = False
        self._rows: PathNames | None = None
        self._has_inner_list = False

    def check(self, node: syntax.Node) -> Node:
        """Return the typed node of `node`."""
        match node:
            case syntax.Literal():
                return _literal(node)
            case syntax.Name():
                return self._path(node)
            case syntax.Call():
                return self._call(node)
            case syntax.Unary():
                return self._unary(node)
            case syntax.Binary():
                return self._binary(node)
            case syntax.Compare():
                return self._compare(node)
            case syntax.Junction():
                operands = tuple(self.condition(self.check(operand)) for operand in node.operands)
                return Junction(operator=node.operator, operands=operands, position=node.position)
            case syntax.Conditional():
                test = self.condition(self.check(node.test))
                (then, otherwise), type_ = self.alike([self.check(node.then), self.check(node.otherwise)])
                return Choose(test=test, then=then, otherwise=otherwise, type=type_, position=node.position)
            case syntax.Items():
                return self._items(node)

    # Rules of special forms.

    def condition(self, node: Node) -> Node:
        """Return `node` as a truth value."""
        return conversions.truth(node)

    def alike(self, nodes: list[Node]) -> tuple[list[Node], Type]:
        """Return the nodes as values of one type."""
        return conversions.unified(nodes)

    def local_date(self, instant: Node) -> Node:
        """Return the day of an instant."""
        return conversions.with_zone(operations.LOCAL_DATE, instant, DATE)

    def equal(self, left: Node, right: Node) -> Node:
        """Return the comparison `left == right`."""
        return self._compared("==", left, right)

    # Names.

    def _path(self, node: syntax.Name) -> Node:
        first = node.names[0]
        type_ = self._scope.names.get(first)
        if type_ is None:
            raise _unknown("expression_unknown_name", first, self._scope.names, node.position)
        rows, has_rows = 0, False
        for index, name in enumerate(node.names[1:], start=1):
            owner = type_.item if type_.kind is Kind.LIST else type_
            if owner is None or owner.record is None:
                path = ".".join(node.names[:index])
                raise ExpressionError(
                    "expression_no_members", position=node.position, path=path, name=name, found=type_.title
                )
            if type_.kind is Kind.LIST:
                if rows:
                    raise ExpressionError("expression_nested_lists", position=node.position)
                rows, has_rows = index, _has_rows(type_)
            member = owner.record.member(name)
            if member is None:
                raise _unknown(
                    "expression_unknown_member",
                    name,
                    owner.record.members(),
                    node.position,
                    path=".".join(node.names[:index]),
                )
            type_ = member
        if type_.kind is Kind.LIST:
            if rows:
                raise ExpressionError("expression_nested_lists", position=node.position)
            rows, has_rows = len(node.names), _has_rows(type_)
        return self._found(node, type_, rows, is_by_row=has_rows and self._is_by_row)

    def _found(self, node: syntax.Name, type_: Type, rows: int, *, is_by_row: bool) -> Node:
        item = type_.item if type_.kind is Kind.LIST and type_.item is not None else type_
        if is_by_row:
            path = node.names[:rows]
            if self._rows is not None and self._rows != path:
                raise ExpressionError("expression_two_lists", position=node.position)
            self._rows = path
            return Path(names=node.names, type=item, position=node.position, rows=rows, in_row=True)
        shown = type_ if type_.kind is Kind.LIST or not rows else list_of(type_)
        return Path(names=node.names, type=shown, position=node.position, rows=rows)

    # Calls.

    def _call(self, node: syntax.Call) -> Node:
        function = FUNCTIONS.get(node.function)
        if function is None:
            raise _unknown("expression_unknown_function", node.function[:60], FUNCTIONS, node.position)
        count, least, most = len(node.arguments), function.minimum, function.maximum
        if count < least or (most is not None and count > most):
            raise ExpressionError(
                "expression_arity",
                position=node.position,
                function=function.name,
                signature=function.signature,
                count=count,
            )
        if function.aggregation is not None:
            arguments = [self._listed(argument) for argument in node.arguments]
        else:
            arguments = [self.check(argument) for argument in node.arguments]
        fitted = fitted_arguments(function, arguments, node.position)
        if function.build is not None:
            return function.build(self, fitted, node.position)
        if function.aggregation is not None:
            return self._aggregate(function.aggregation, fitted, function.result, node.position)
        return self._applied(function, fitted, node.position)

    def _applied(self, function: Function, arguments: tuple[Node, ...], position: int) -> Node:
        operation = function.operation
        if function.variants is not None:
            *rest, choice = arguments
            arguments = tuple(rest)
            operation = function.variants[str(choice.value)] if isinstance(choice, Constant) else None
        if operation is None or function.result is None:
            raise TypeError(f"the function {function.name} has no operation")
        if function.wants_zone:
            arguments = (*arguments, conversions.zone_at(position))
        return Apply(operation=operation, arguments=arguments, type=function.result, position=position)

    def _listed(self, argument: syntax.Node) -> Node:
        """Check an argument of an aggregate: a list as it is, anything else row by row if it names a list."""
        outer = (self._is_by_row, self._rows, self._has_inner_list)
        is_plain = isinstance(argument, syntax.Name | syntax.Items)
        self._is_by_row, self._rows, self._has_inner_list = not is_plain, None, False
        node = self.check(argument)
        rows, has_inner_list = self._seen()
        self._is_by_row, self._rows, self._has_inner_list = outer
        self._has_inner_list = any((outer[2], has_inner_list, rows is not None, node.type.kind is Kind.LIST))
        if rows is None:
            return node
        if has_inner_list:
            # `SUM(lines.a / SUM(lines.a))` would have to walk the list once for each of its rows.
            raise ExpressionError("expression_nested_rows", position=argument.position)
        return Each(rows=rows, body=node, type=list_of(node.type), position=argument.position)

    def _seen(self) -> tuple[PathNames | None, bool]:
        """Return which list the argument just checked walks row by row, and whether it aggregates one of its own."""
        return self._rows, self._has_inner_list

    def _aggregate(
        self, aggregation: Aggregation, arguments: tuple[Node, ...], result: Type | None, position: int
    ) -> Node:
        if result is None:
            items = [node.type.item if node.type.item is not None else node.type for node in arguments]
            kinds = {item.kind for item in items} - {Kind.EMPTY}
            if len(kinds) > 1:
                raise ExpressionError("expression_mixed", position=position, function=aggregation.name)
            result = next((item for item in items if item.kind is not Kind.EMPTY), NUMBER)
        return Aggregate(aggregation=aggregation, arguments=arguments, type=result, position=position)

    # Operators.

    def _unary(self, node: syntax.Unary) -> Node:
        operand = self.check(node.operand)
        if node.operator == "not":
            condition = self.condition(operand)
            return Apply(operation=operations.NOT, arguments=(condition,), type=BOOLEAN, position=node.position)
        number = self._number(operand)
        if node.operator == "+":
            return number
        if isinstance(number, Constant) and isinstance(number.value, Decimal):
            return replace(number, value=negate(number.value))
        return Apply(operation=operations.NEGATE, arguments=(number,), type=NUMBER, position=node.position)

    def _number(self, node: Node) -> Node:
        fitting = conversions.converted(node, NUMBER)
        if fitting is None:
            raise conversions.mismatch(node, NUMBER)
        return fitting

    def _binary(self, node: syntax.Binary) -> Node:
        left, right = self.check(node.left), self.check(node.right)
        kinds = (left.type.kind, right.type.kind)
        if node.operator == "+" and Kind.TEXT in kinds and set(kinds) <= {Kind.TEXT, Kind.EMPTY}:
            texts = (conversions.texted(left), conversions.texted(right))
            return Apply(operation=operations.CONCATENATE, arguments=texts, type=TEXT, position=node.position)
        if node.operator in ("+", "-") and kinds[0] in (Kind.DATE, Kind.DATETIME):
            return self._dated(node, left, right)
        if node.operator == "%" and kinds[0] is Kind.TEXT:
            raise ExpressionError("expression_text_format", position=node.position)
        operands = (self._number(left), self._number(right))
        operation = _ARITHMETIC[node.operator]
        return Apply(operation=operation, arguments=operands, type=NUMBER, position=node.position)

    def _dated(self, node: syntax.Binary, left: Node, right: Node) -> Node:
        if node.operator == "-" and right.type.kind in (Kind.DATE, Kind.DATETIME):
            if left.type.kind is Kind.DATETIME and right.type.kind is Kind.DATETIME:
                operation = operations.TIME_BETWEEN
            else:
                operation = operations.DAYS_BETWEEN
                left, right = self._day(left), self._day(right)
            return Apply(operation=operation, arguments=(left, right), type=NUMBER, position=node.position)
        operation = operations.ADD_DAYS if node.operator == "+" else operations.TAKE_DAYS
        if left.type.kind is Kind.DATETIME:
            raise ExpressionError("expression_time_arithmetic", position=node.position)
        return Apply(operation=operation, arguments=(left, self._number(right)), type=DATE, position=node.position)

    def _day(self, node: Node) -> Node:
        return self.local_date(node) if node.type.kind is Kind.DATETIME else node

    def _compare(self, node: syntax.Compare) -> Node:
        operands = [self.check(operand) for operand in node.operands]
        parts = [
            self._compared(operator, left, right)
            for operator, left, right in zip(node.operators, operands, operands[1:], strict=False)
        ]
        if len(parts) == 1:
            return parts[0]
        return Junction(operator="and", operands=tuple(parts), position=node.position)

    def _compared(self, operator: syntax.Comparison, left: Node, right: Node) -> Node:
        position = left.position
        if operator == "in":
            return self._among(left, right)
        if operator == "not in":
            found = self._among(left, right)
            return Apply(operation=operations.NOT, arguments=(found,), type=BOOLEAN, position=position)
        left, right = self._comparable(left, right)
        kind = left.type.kind
        if operator not in ("==", "!=") and kind not in (*_ORDERED, Kind.EMPTY):
            raise ExpressionError("expression_no_order", position=position, found=left.type.title)
        if kind is Kind.LIST:
            raise ExpressionError("expression_list_comparison", position=position)
        return Compare(operator=operator, left=left, right=right, position=position)

    def _comparable(self, left: Node, right: Node) -> tuple[Node, Node]:
        kinds = {left.type.kind, right.type.kind}
        if kinds == {Kind.DATE, Kind.DATETIME}:
            return self._wall_clock(left), self._wall_clock(right)
        if kinds == {Kind.RECORD, Kind.TEXT} and not any(
            isinstance(node, Constant) and node.type.kind is Kind.TEXT for node in (left, right)
        ):
            return left, right
        fitting = conversions.converted(right, left.type)
        if fitting is not None and left.type.kind is not Kind.EMPTY:
            return left, fitting
        turned = conversions.converted(left, right.type)
        if turned is None:
            raise ExpressionError(
                "expression_comparison", position=left.position, left=left.type.title, right=right.type.title
            )
        return turned, right

    def _wall_clock(self, node: Node) -> Node:
        """Return a date or an instant as the wall clock's time, so that the two compare the same everywhere."""
        if node.type.kind is Kind.DATETIME:
            return conversions.with_zone(operations.LOCAL_TIME, node, DATETIME)
        return Apply(operation=operations.MIDNIGHT, arguments=(node,), type=DATETIME, position=node.position)

    def _among(self, value: Node, items: Node) -> Node:
        if items.type.kind is Kind.TEXT and value.type.kind in (Kind.TEXT, Kind.EMPTY):
            texts = (conversions.texted(items), conversions.texted(value))
            return Apply(operation=operations.CONTAINS, arguments=texts, type=BOOLEAN, position=value.position)
        item = items.type.item
        if item is None:
            raise conversions.mismatch(items, Type(kind=Kind.LIST))
        if isinstance(items, Items):
            nodes, type_ = self.alike([value, *items.items])
            value, items = nodes[0], replace(items, items=tuple(nodes[1:]), type=list_of(type_))
        elif item.kind is not Kind.EMPTY:
            fitting = conversions.converted(value, item)
            if fitting is None:
                raise conversions.mismatch(value, item)
            value = fitting
        return Among(value=value, items=items, position=value.position)

    def _items(self, node: syntax.Items) -> Node:
        nodes, type_ = self.alike([self.check(item) for item in node.items])
        if type_.kind is Kind.LIST:
            raise ExpressionError("expression_nested_lists", position=node.position)
        return Items(items=tuple(nodes), type=list_of(type_), position=node.position)


def _has_rows(type_: Type) -> bool:
    """Return whether a list is the rows of a sub-table, which expressions may walk one by one."""
    return type_.item is not None and type_.item.kind is Kind.RECORD and not type_.is_array


def _literal(node: syntax.Literal) -> Node:
    value = node.value
    if value is None:
        type_ = EMPTY
    elif isinstance(value, bool):
        type_ = BOOLEAN
    else:
        type_ = TEXT if isinstance(value, str) else NUMBER
    return Constant(value=value, type=type_, position=node.position)


def _unknown(code: str, name: str, known: Iterable[str], position: int, **params: str) -> ExpressionError:
    """Return the error of a name that is not there, with the nearest one that is."""
    names = list(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return ExpressionError(f"{code}_near", position=position, name=name, nearest=near[0], **params)
    return ExpressionError(code, position=position, name=name, **params)

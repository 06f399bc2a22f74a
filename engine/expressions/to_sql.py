"""Typed tree → one SQL expression that agrees with `evaluate` on every row.

Every node becomes a value and the condition under which Python refuses to compute it (`Checked`). The value itself never
fails in the server; at the top a refused value is NULL, or false for a condition, because one bad row must not fail
a list. IFERROR reads the condition, so it catches exactly what Python catches.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from engine.expressions import operations, sql
from engine.expressions.errors import NotTranslatable
from engine.expressions.numbers import DIGITS
from engine.expressions.sql import Checked, Columns, Element
from engine.expressions.tree import (
    INSTANT,
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
from engine.expressions.types import DATETIME, NUMBER, TEXT, Kind, Type

#: How many pieces an expression's SQL may have; guards repeat their operands, so nesting multiplies.
MAX_PIECES = 20_000
#: A stored number has at most so many digits before the point: bigint has 19, money 16.
_STORED_DIGITS = 20
_ROW = Type(kind=Kind.RECORD)
_WITHIN_DIGITS = (operations.ADD, operations.SUBTRACT, operations.MULTIPLY)


def translate(node: Node, columns: Columns, now: datetime, zone: str) -> Element:
    """Return the SQL of a checked tree; raise NotTranslatable where there is none, or it would be too large."""
    checked = Translation(columns, now, zone).node(node)
    value = checked.value
    if node.type.kind is Kind.BOOLEAN:
        value = _condition(value, node)
    if checked.error is not None:
        refused = sa.false() if node.type.kind is Kind.BOOLEAN else sa.cast(sa.null(), sql.sql_type(node.type))
        value = sa.case((checked.error, refused), else_=value)
    if sum(1 for _ in islice(visitors.iterate(value), MAX_PIECES + 1)) > MAX_PIECES:
        raise NotTranslatable("expression_sql_too_large", position=node.position)
    return value


def _condition(value: Element, node: Node) -> Element:
    """Return a condition's value that is never NULL."""
    never_null = isinstance(node, Compare | Junction | Among) or (
        isinstance(node, Apply) and node.operation.name == operations.NOT.name
    )
    return value if never_null else sql.is_true(value)


class Translation:
    """Translates the nodes of one expression against one set of columns."""

    def __init__(self, columns: Columns, now: datetime, zone: str) -> None:
        self._columns = columns
        self._now = now
        self._zone = zone

    def node(self, node: Node) -> Checked:
        """Return the SQL of one node."""
        match node:
            case Constant():
                digits = max(node.value.adjusted() + 1, 1) if isinstance(node.value, Decimal) else DIGITS
                return Checked(value=sql.constant(node.value, node.type), digits=digits)
            case WallTime():
                return Checked(value=sql.constant(operations.instant_of(node.value, self._zone), node.type))
            case Path():
                return Checked(value=self._path(node), digits=_STORED_DIGITS)
            case Apply():
                return self._apply(node)
            case Aggregate():
                return self._aggregate(node)
            case Junction():
                return self._junction(node)
            case Compare():
                return self._compare(node)
            case Among():
                return self._among(node)
            case Choose():
                return self._choose(node)
            case Match():
                return self._match(node)
            case First():
                return self._first(node)
            case Attempt():
                return self._attempt(node)
        raise NotTranslatable("expression_list_not_in_sql", position=node.position)

    def _path(self, node: Path) -> Element:
        if node.names == (INSTANT,):
            return sql.constant(self._now, DATETIME)
        if node.names == (ZONE,):
            return sql.constant(self._zone, TEXT)
        if node.type.kind is Kind.LIST and not _is_array(node):
            raise NotTranslatable("expression_list_not_in_sql", position=node.position)
        element = self._columns.column(node.names, node.type)
        if node.type.kind is Kind.NUMBER:
            return sql.numeric(element)
        if node.type.kind is Kind.TEXT and isinstance(element.type, sa.Uuid):
            return sa.cast(element, sa.Text())
        return element

    def _apply(self, node: Apply) -> Checked:
        operation = node.operation
        if operation.sql is None:
            raise NotTranslatable("expression_function_not_in_sql", position=node.position, function=operation.name)
        operands = [self.node(argument) for argument in node.arguments]
        built = operation.sql(*(operand.value for operand in operands))
        result = built if isinstance(built, Checked) else Checked(value=built)
        own_error, digits = result.error, result.digits
        if operation in (operations.ADD, operations.SUBTRACT):
            digits = max(operand.digits for operand in operands) + 1
        elif operation is operations.MULTIPLY:
            digits = sum(operand.digits for operand in operands)
        if (operation in _WITHIN_DIGITS and digits <= DIGITS) or _divides_safely(node):
            own_error = None
        if own_error is not None and operation.strict:
            # With an empty operand nothing is computed, so nothing fails, whatever the other operands are.
            given = [
                operand.value.is_not(None)
                for operand, argument in zip(operands, node.arguments, strict=True)
                if not _is_given(argument)
            ]
            own_error = sa.and_(*given, own_error)
        error = sql.either(*(operand.error for operand in operands), own_error)
        return Checked(value=result.value, error=error, digits=min(digits, DIGITS))

    # Truth.

    def _test(self, node: Node) -> Checked:
        checked = self.node(node)
        return Checked(value=_condition(checked.value, node), error=checked.error)

    def _junction(self, node: Junction) -> Checked:
        operands = [self._test(operand) for operand in node.operands]
        conditions = [operand.value for operand in operands]
        value = sa.and_(*conditions) if node.operator == "and" else sa.or_(*conditions)
        error: Element | None = None
        for operand in reversed(operands):
            # What stands behind the operand that decides is not computed, so it cannot fail.
            goes_on = operand.value if node.operator == "and" else sa.not_(operand.value)
            later = None if error is None else sa.and_(goes_on, error)
            error = sql.either(operand.error, later)
        return Checked(value=value, error=error)

    def _compare(self, node: Compare) -> Checked:
        left, right = self._raw(node.left, node.right), self._raw(node.right, node.left)
        error = sql.either(left.error, right.error)
        a, b = left.value, right.value
        if {node.left.type.kind, node.right.type.kind} == {Kind.RECORD, Kind.TEXT}:
            a, b = sql.lowered_text(a), sql.lowered_text(b)
        if node.operator in ("==", "!="):
            return Checked(value=self._equality(node, a, b), error=error)
        if node.left.type.kind is Kind.TEXT:
            a = sa.collate(a, "C")
        ordered = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[node.operator]
        return Checked(value=sql.holds(ordered, left.value, right.value), error=error)

    def _equality(self, node: Compare, a: Element, b: Element) -> Element:
        is_equal = node.operator == "=="
        for this, other in ((node.left, b), (node.right, a)):
            if isinstance(this, Constant) and this.value is None:
                return other.is_(None) if is_equal else other.is_not(None)
        if sql.is_given(a) or sql.is_given(b):
            # An index serves `=`; it does not serve IS NOT DISTINCT FROM.
            return sql.holds(a == b, a, b) if is_equal else a.is_distinct_from(b)
        return a.is_not_distinct_from(b) if is_equal else a.is_distinct_from(b)

    def _raw(self, node: Node, other: Node) -> Checked:
        """Return an operand of a comparison; a column of whole numbers meets a whole constant as it is stored."""
        if node.type.kind is Kind.NUMBER:
            column = self._whole_column(node)
            if column is not None and isinstance(other, Constant) and other.value is not None:
                return Checked(value=column)
            if isinstance(node, Constant) and isinstance(node.value, Decimal) and self._whole_column(other) is not None:
                whole = sql.whole_constant(node.value)
                return self.node(node) if whole is None else Checked(value=whole)
        return self.node(node)

    def _whole_column(self, node: Node) -> Element | None:
        if not isinstance(node, Path) or node.type.kind is not Kind.NUMBER:
            return None
        element = self._columns.column(node.names, node.type)
        return element if isinstance(element.type, sa.Integer) else None

    def _among(self, node: Among) -> Checked:
        value = self.node(node.value)
        items = node.items
        if isinstance(items, Items):
            options = [self.node(item) for item in items.items if not _is_none(item)]
            error = sql.either(value.error, *(option.error for option in options))
            if not options:
                return Checked(value=sa.false(), error=error)
            in_options = value.value.in_([option.value for option in options])
            are_given = all(sql.is_given(option.value) for option in options)
            held = sql.holds(in_options, value.value) if are_given else sql.is_true(in_options)
            return Checked(value=held, error=error)
        if not isinstance(items, Path):
            raise NotTranslatable("expression_list_not_in_sql", position=items.position)
        if _is_array(items):
            array = self._columns.column(items.names, items.type)
            is_found = value.value == sa.any_(array)
            # An array that is bound holds no NULL: it comes from the caller, as `user.departments` does.
            found = sql.holds(is_found, value.value) if sql.is_given(array) else sql.is_true(is_found)
            return Checked(value=found, error=value.error)
        found = self._by_row(items, lambda inner: sa.func.bool_or(inner.value == value.value))
        return Checked(value=sql.is_true(found), error=value.error)

    # Choice.

    def _choose(self, node: Choose) -> Checked:
        test, then, otherwise = self._test(node.test), self.node(node.then), self.node(node.otherwise)
        return Checked(
            value=sa.case((test.value, then.value), else_=otherwise.value),
            error=sql.either(test.error, _branched([(test.value, then.error)], otherwise.error)),
            digits=max(then.digits, otherwise.digits),
        )

    def _match(self, node: Match) -> Checked:
        subject, otherwise = self.node(node.subject), self.node(node.otherwise)
        errors: list[tuple[Element, Element | None]] = []
        values: list[tuple[Element, Element]] = []
        for expected, result in node.cases:
            wanted, chosen = self.node(expected), self.node(result)
            if wanted.error is not None:
                errors.append((wanted.error, sa.true()))
            hit = subject.value.is_not_distinct_from(wanted.value)
            values.append((hit, chosen.value))
            errors.append((hit, chosen.error))
        error = sql.either(subject.error, _branched(errors, otherwise.error))
        return Checked(value=sa.case(*values, else_=otherwise.value), error=error)

    def _first(self, node: First) -> Checked:
        options = [self.node(option) for option in node.options]
        error: Element | None = None
        for option in reversed(options):
            later = None if error is None else sa.and_(option.value.is_(None), error)
            error = sql.either(option.error, later)
        kind = sql.sql_type(node.type)
        return Checked(value=sql.call("coalesce", *(option.value for option in options), gives=kind), error=error)

    def _attempt(self, node: Attempt) -> Checked:
        body, fallback = self.node(node.body), self.node(node.fallback)
        if body.error is None:
            return body
        error = None if fallback.error is None else sa.and_(sql.is_true(body.error), fallback.error)
        return Checked(value=sa.case((body.error, fallback.value), else_=body.value), error=error)

    # Lists.

    def _by_row(self, node: Path | Each, select: Callable[[Checked], Element]) -> Element:
        """Return the scalar subquery of an aggregate over a list's rows; `select` gets one row's value."""
        if isinstance(node, Each):
            row_type = Path(names=node.rows, type=_ROW, position=node.position, rows=len(node.rows), in_row=True)

            def in_row(inner: Columns) -> Element:
                translation = Translation(inner, self._now, self._zone)
                checked = translation.node(node.body)
                is_row = translation.node(row_type).value.is_not(None)
                return select(_of_row(checked, is_row))

            return self._columns.rows(node.rows, in_row)
        item = node.type.item if node.type.item is not None else node.type
        body = Path(names=node.names, type=item, position=node.position, rows=node.rows, in_row=True)
        return self._columns.rows(
            node.names[: node.rows], lambda inner: select(Translation(inner, self._now, self._zone).node(body))
        )

    def _aggregate(self, node: Aggregate) -> Checked:
        name = node.aggregation.function
        shares = [self._aggregated("sum" if name == "avg" else name, argument) for argument in _flat(node.arguments)]
        parts = [part for part, _ in shares]
        error = sql.either(*(failed for _, failed in shares))
        match name:
            case "min" | "max":
                extreme = sql.call("least" if name == "min" else "greatest", *parts, gives=sql.sql_type(node.type))
                return Checked(value=extreme, error=error)
            case "count":
                return Checked(value=_total(parts), error=error, digits=_STORED_DIGITS)
            case "sum":
                total = sql.fitted(_total(parts))
                return Checked(value=total.value, error=sql.either(error, total.error))
        counts = [self._aggregated("count", argument)[0] for argument in _flat(node.arguments)]
        mean = sql.fitted(sql.quotient(_total(parts), _total(counts)))
        return Checked(value=mean.value, error=sql.either(error, mean.error))

    def _aggregated(self, function: str, node: Node) -> tuple[Element, Element | None]:
        """Return one argument's share of an aggregate, and its error."""
        kind = sql.sql_type(NUMBER if function in ("sum", "count") else node.type.item or node.type)
        if node.type.kind is not Kind.LIST:
            checked = self.node(node)
            return _alone(function, checked.value), checked.error
        if isinstance(node, Path) and _is_array(node):
            return self._over_array(function, node, kind), None
        if not isinstance(node, Path | Each):
            raise NotTranslatable("expression_list_not_in_sql", position=node.position)
        failures: list[Element] = []

        def select(inner: Checked) -> Element:
            if inner.error is not None:
                failures.append(inner.error)
            return sql.call(function, inner.value, gives=kind)

        value = self._by_row(node, select)
        if not failures:
            return value, None
        return value, self._by_row(node, lambda inner: sa.func.bool_or(inner.error))

    def _over_array(self, function: str, node: Path, kind: sa.types.TypeEngine[Any]) -> Element:
        array = self._columns.column(node.names, node.type)
        entry = sa.func.unnest(array, type_=kind).column_valued("entry")
        return sa.select(sql.call(function, entry, gives=kind)).scalar_subquery()


def _is_given(node: Node) -> bool:
    """Return whether a value is known never to be empty."""
    if isinstance(node, Constant):
        return node.value is not None
    if isinstance(node, Path):
        return node.names == (ZONE,)
    return isinstance(node, Apply) and node.operation is operations.BLANK_TEXT


def _divides_safely(node: Apply) -> bool:
    """Return whether a quotient's divisor is a constant that makes it no larger."""
    if node.operation not in (operations.DIVIDE, operations.MODULO):
        return False
    divisor = node.arguments[1]
    return isinstance(divisor, Constant) and isinstance(divisor.value, Decimal) and divisor.value.copy_abs() >= 1


def _of_row(checked: Checked, is_row: Element) -> Checked:
    """Tie a value to its row: an aggregate of outer columns alone would belong to the outer statement."""
    error = None if checked.error is None else sa.and_(is_row, checked.error)
    return Checked(value=sa.case((is_row, checked.value)), error=error)


def _alone(function: str, value: Element) -> Element:
    if function == "count":
        return sa.case((value.is_not(None), sql.number(1)), else_=sql.number(0))
    return value


def _total(parts: list[Element]) -> Element:
    zero = sql.number(0)
    shares = [sql.num("coalesce", part, zero) for part in parts]
    total = shares[0]
    for share in shares[1:]:
        total = total + share
    return total


def _flat(arguments: tuple[Node, ...]) -> list[Node]:
    flat: list[Node] = []
    for argument in arguments:
        flat.extend(argument.items if isinstance(argument, Items) else [argument])
    return flat or [Constant(value=None, type=NUMBER, position=0)]


def _branched(branches: list[tuple[Element, Element | None]], otherwise: Element | None) -> Element | None:
    if otherwise is None and all(error is None for _, error in branches):
        return None
    none = sa.false()
    cases = [(test, none if error is None else error) for test, error in branches]
    return sa.case(*cases, else_=none if otherwise is None else otherwise)


def _is_array(node: Path) -> bool:
    """Return whether a list is one value: no table's rows, and none of their members."""
    item = node.type.item
    if node.type.kind is not Kind.LIST or node.rows != len(node.names):
        return False
    return node.type.is_array or (item is not None and item.kind is not Kind.RECORD)


def _is_none(node: Node) -> bool:
    return isinstance(node, Constant) and node.value is None

"""Pieces of SQL that operations are made of. Owns SQLAlchemy's spelling of values; knows no table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa

from engine.expressions.numbers import DIGITS, LIMIT, PLACES
from engine.expressions.tree import ConstantValue
from engine.expressions.types import Kind, PathNames, Type

Element = sa.ColumnElement[Any]
_BIGINT = Decimal(2**63)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A value and the condition under which Python refuses to compute it.

    value  -- never raises in the server, whatever the operands are.
    error  -- true where Python raises; None where it never does.
    digits -- a number has at most so many digits before the point.
    """

    value: Element
    error: Element | None = None
    digits: int = DIGITS


class Columns(Protocol):
    """Where an expression's names stand in a statement; the caller of `to_sql` gives it.

    Worked example, for a form with `total`, a relation `customer` and a sub-table `lines`:

        column(("total",), NUMBER)             -> order.c.total
        column(("customer",), RECORD)          -> order.c.customer             (the id, uuid)
        column(("customer", "level"), TEXT)    -> select(customer.c.level).where(customer.c.id == order.c.customer)
                                                  .scalar_subquery()           (or the column of a join)
        column(("tags",), LIST)                -> order.c.tags                 (an array)
        column(("user",), RECORD)              -> sa.literal(actor.user_id)
        column(("user", "departments"), LIST)  -> sa.literal([...], sa.ARRAY(sa.Uuid))
        rows(("lines",), select)               -> sa.select(select(inner)).where(line.c.record_id == order.c.id)
                                                  .scalar_subquery()
    where `inner` answers `column(("lines", "amount"), NUMBER)` with line.c.amount, `column(("lines",), RECORD)` with
    line.c.id, and every other path as the outer one does. Raise NotTranslatable for what there is no SQL for.
    """

    def column(self, path: PathNames, type: Type) -> Element:
        """Return the SQL of the value at `path`; a list that is one array gives an array."""
        ...

    def rows(self, path: PathNames, select: Callable[[Columns], Element]) -> Element:
        """Return the scalar subquery of the aggregate `select(inner)` over the rows of the sub-table at `path`."""
        ...


_SQL_TYPES: dict[Kind, sa.types.TypeEngine[Any]] = {
    Kind.NUMBER: sa.Numeric(),
    Kind.TEXT: sa.Text(),
    Kind.BOOLEAN: sa.Boolean(),
    Kind.DATE: sa.Date(),
    Kind.DATETIME: sa.DateTime(timezone=True),
    Kind.RECORD: sa.Uuid(),
    Kind.EMPTY: sa.Text(),
}


def sql_type(kind: Type) -> sa.types.TypeEngine[Any]:
    """Return the column type that holds values of a type."""
    if kind.kind is Kind.LIST:
        return sa.ARRAY(sql_type(kind.item) if kind.item else sa.Text())
    return _SQL_TYPES[kind.kind]


def constant(value: ConstantValue, of: Type) -> Element:
    """Return a bound value with its type spelled out, so that the server never guesses it."""
    if value is None:
        return sa.cast(sa.null(), sql_type(of))
    if isinstance(value, bool):
        return sa.true() if value else sa.false()
    return sa.cast(sa.literal(value, sql_type(of)), sql_type(of))


def whole_constant(value: Decimal) -> Element | None:
    """Return a whole number as bigint, for comparison with a column of whole numbers; None where it is none."""
    if value != value.to_integral_value() or value.copy_abs() >= _BIGINT:
        return None
    return sa.cast(sa.literal(int(value), sa.BigInteger()), sa.BigInteger())


def number(value: int | str) -> Element:
    """Return a numeric constant of ours."""
    return sa.literal_column(f"{value}::numeric")


def integer(value: int) -> Element:
    """Return an integer constant of ours."""
    return sa.literal_column(str(value), sa.Integer())


def lowered_text(element: Element) -> Element:
    """Return an id as the text that `str(UUID)` gives."""
    return call("lower", sa.cast(element, sa.Text()), gives=sa.Text())


def text(value: str) -> Element:
    """Return a text constant of ours."""
    return sa.cast(sa.literal(value, sa.Text()), sa.Text())


def numeric(element: Element) -> Element:
    """Return `element` as numeric; whole-number columns would otherwise divide and overflow as integers."""
    if isinstance(element.type, sa.Numeric) and not isinstance(element.type, sa.Float):
        return element
    return sa.cast(element, sa.Numeric())


def call(name: str, *arguments: Element, gives: sa.types.TypeEngine[Any]) -> Element:
    """Return a call of the server's function `name`."""
    made: Element = getattr(sa.func, name)(*arguments, type_=gives)
    return made


def num(name: str, *arguments: Element) -> Element:
    """Return a call that gives a numeric."""
    return call(name, *arguments, gives=sa.Numeric())


def as_integer(element: Element) -> Element:
    """Return a number cut towards zero as an integer, held within ±10 million so that the cast cannot fail."""
    bounded = num("greatest", num("least", num("trunc", element), number(10_000_000)), number(-10_000_000))
    return sa.case((element.is_not(None), sa.cast(bounded, sa.Integer())))


def rounded(element: Element) -> Element:
    """Return a number at 12 places, half away from zero."""
    return num("round", element, integer(PLACES))


def fitted(element: Element) -> Checked:
    """Return a number at 12 places with the error of having more than 26 digits before the point."""
    value = rounded(element)
    return Checked(value=value, error=too_big(value))


def too_big(value: Element) -> Element:
    """Return the condition that a number has more than 26 digits before the point."""
    return num("abs", value) >= number(str(LIMIT.to_integral_value()))


def quotient(left: Element, right: Element) -> Element:
    """Return the quotient at 52 places, empty for a division by zero.

    The server computes as many places as the dividend shows; 52 are enough that rounding twice is rounding once
    (see `numbers.EXACT`).
    """
    return num("round", left, integer(52)) / num("nullif", right, number(0))


def is_true(condition: Element) -> Element:
    """Return a condition that is never NULL."""
    return call("coalesce", condition, sa.false(), gives=sa.Boolean())


def holds(condition: Element, *operands: Element) -> Element:
    """Return a comparison that is false where an operand is NULL, in a form that an index can serve.

    `coalesce(a = 1, false)` hides the column from the planner; `a = 1 AND a IS NOT NULL` does not.
    """
    if all(isinstance(operand, sa.Column | sa.BindParameter | sa.Cast) for operand in operands):
        nullable = [operand for operand in operands if not is_given(operand)]
        return sa.and_(condition, *(operand.is_not(None) for operand in nullable))
    return is_true(condition)


def is_given(element: Element) -> bool:
    """Return whether SQL is a bound value that is not NULL."""
    if isinstance(element, sa.Cast):
        return is_given(element.clause)
    return isinstance(element, sa.BindParameter) and element.value is not None


def either(*conditions: Element | None) -> Element | None:
    """Return the `or` of those that are given."""
    given = [condition for condition in conditions if condition is not None]
    if not given:
        return None
    return given[0] if len(given) == 1 else sa.or_(*given)

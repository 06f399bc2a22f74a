"""Whether an expression can filter: it needs an SQL form, which some functions and paths have not.

A stand-in answers for every column, so that this can be told of documents whose tables are not there yet.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from engine.expressions import Columns, Expression, ExpressionError, Type
from engine.expressions.sql import sql_type

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


class _AnyColumns:
    """Columns of a statement that is never run."""

    def column(self, path: tuple[str, ...], type: Type) -> sa.ColumnElement[Any]:
        """Return a column of the path's type."""
        return sa.column("_".join(path), sql_type(type))

    def rows(self, _path: tuple[str, ...], select: Callable[[Columns], sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
        """Return an aggregate over rows that are not there."""
        return sa.select(select(self)).scalar_subquery()


def sql_fault(expression: Expression) -> ExpressionError | None:
    """Return why an expression has no SQL, None where it has."""
    try:
        expression.to_sql(_AnyColumns(), now=_ANY_TIME, zone="UTC")
    except ExpressionError as error:
        return error
    return None

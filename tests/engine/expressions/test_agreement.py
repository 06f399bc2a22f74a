"""Python and PostgreSQL agree on every value of random expressions over odd rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, reject, settings

from engine.expressions import Expression, ExpressionError, Kind, NotTranslatable
from tests.engine.expressions import written
from tests.engine.expressions.conftest import Samples


def _in_python(expression: Expression, values: Mapping[str, Any]) -> Any:
    """Return what stands in SQL for the value: a refusal is empty, or false for a condition."""
    try:
        return expression.evaluate(values)
    except ExpressionError as error:
        if error.code == "expression_failed" or error.position is None:
            raise
        return False if expression.type.kind is Kind.BOOLEAN else None


def _check(samples: Samples, text: str) -> None:
    expression = samples.compile(text)
    try:
        stored = samples.sql_values(expression)
    except NotTranslatable as error:
        if error.code == "expression_sql_too_large":
            reject()
        raise
    computed = [_in_python(expression, values) for values in samples.values]
    for values, ours, theirs in zip(samples.values, computed, stored, strict=True):
        shown = theirs if not isinstance(theirs, UUID) else str(theirs)
        assert (ours, type(ours)) == (shown, type(shown)), (text, dict(values))


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=written.expressions(2))
def test_python_and_sql_agree_on_small_expressions(samples: Samples, text: str) -> None:
    _check(samples, text)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=written.expressions(3))
def test_python_and_sql_agree_on_nested_expressions(samples: Samples, text: str) -> None:
    _check(samples, text)

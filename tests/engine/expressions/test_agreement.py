"""Python and PostgreSQL agree on every value of random expressions over odd rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

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


#: A zone that sets its clocks at midnight, one at two, one that did in former times, one with half an hour.
_ZONES = st.sampled_from(["Asia/Shanghai", "America/New_York", "America/Havana", "Asia/Kolkata"])


def _check(samples: Samples, text: str, zone: str) -> None:
    expression = samples.compile(text)
    try:
        stored = samples.sql_values(expression, zone)
    except NotTranslatable as error:
        if error.code == "expression_sql_too_large":
            reject()
        raise
    rows = samples.values_in(zone)
    computed = [_in_python(expression, values) for values in rows]
    for values, ours, theirs in zip(rows, computed, stored, strict=True):
        shown = theirs if not isinstance(theirs, UUID) else str(theirs)
        assert (ours, type(ours)) == (shown, type(shown)), (text, zone, dict(values))


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=written.expressions(2), zone=_ZONES)
def test_python_and_sql_agree_on_small_expressions(samples: Samples, text: str, zone: str) -> None:
    _check(samples, text, zone)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=written.expressions(3), zone=_ZONES)
def test_python_and_sql_agree_on_nested_expressions(samples: Samples, text: str, zone: str) -> None:
    _check(samples, text, zone)


_OF_THE_ZONE = [
    "TODAY()",
    "d < ts",
    "ts >= d",
    "HOUR(ts)",
    "DAY(ts)",
    "TEXT(ts, 'yyyy-mm-dd hh:mm')",
    "CONCATENATE('', ts)",
    "ts >= '2026-11-01T01:30'",
    "ts < '2026-03-08T02:30'",
    "ts == '2026-11-01T00:30'",
    "EOMONTH(ts, 0)",
]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "America/Havana", "Asia/Kolkata"])
@pytest.mark.parametrize("text", _OF_THE_ZONE)
def test_python_and_sql_agree_on_days_and_hours_in_every_zone(samples: Samples, text: str, zone: str) -> None:
    _check(samples, text, zone)

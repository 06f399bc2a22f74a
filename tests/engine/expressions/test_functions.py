"""Every function's examples, in Python and in PostgreSQL."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from engine.expressions import FUNCTIONS, Kind, Scope, at
from engine.expressions import compile as compiled
from tests.engine.expressions.conftest import HERE, NOW, ZONE, SampleColumns, Samples

_EXAMPLES = [example for function in FUNCTIONS.values() for example in function.examples]


@pytest.mark.parametrize(("text", "result"), _EXAMPLES, ids=[text for text, _ in _EXAMPLES])
def test_an_example_gives_its_result_in_python_and_in_sql(text: str, result: str, samples: Samples) -> None:
    expression, expected = compiled(text, Scope({})), compiled(result, Scope({})).evaluate(HERE)

    found = expression.evaluate(HERE)
    stored = samples.connection.execute(sa.select(expression.to_sql(SampleColumns(), now=NOW, zone=ZONE))).scalar()

    assert (found, stored) == (expected, expected)


def test_there_are_at_least_forty_functions_each_with_documentation_and_examples() -> None:
    assert len(FUNCTIONS) >= 40
    for function in FUNCTIONS.values():
        assert set(function.title) == set(function.doc) == {"zh-CN", "en-US"}
        assert function.examples or function.name in ("TODAY", "NOW")


@pytest.mark.parametrize("name", ["sum", "Sum", "SUM", "sUm"])
def test_a_function_may_be_written_in_any_case(name: str) -> None:
    assert compiled(f"{name}(1, 2)", Scope({})).evaluate({}) == 3


@pytest.mark.parametrize("text", ["if(1 < 2, 'a', 'b')", "and(1 < 2, True)", "or(False, 1 < 2)", "not(1 > 2)"])
def test_functions_named_like_keywords_may_be_written_small(text: str) -> None:
    assert compiled(text, Scope({})).evaluate({}) in ("a", True)


def test_today_is_the_day_in_the_time_zone_of_the_instant_given(samples: Samples) -> None:
    expression = compiled("TODAY()", Scope({}))

    # 20:30 UTC is half past four the next morning in Shanghai.
    assert expression.evaluate(HERE) == date(2026, 11, 22)
    assert expression.evaluate(at(NOW, "UTC")) == date(2026, 11, 21)
    stored: Any = samples.connection.execute(sa.select(expression.to_sql(SampleColumns(), now=NOW, zone=ZONE))).scalar()
    assert stored == date(2026, 11, 22)


def test_refuses_to_guess_a_zone() -> None:
    with pytest.raises(RuntimeError, match="no time zone"):
        compiled("TODAY()", Scope({})).evaluate({"__now__": NOW})


def test_now_is_the_instant_given() -> None:
    expression = compiled("NOW()", Scope({}))
    assert expression.type.kind is Kind.DATETIME
    assert expression.evaluate(HERE) == NOW

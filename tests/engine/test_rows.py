"""New rows: what INSERT writes for a few and COPY for many is the same, whatever the values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from engine import rows
from engine.db import Session

#: What COPY, arrays and JSON each have a meaning of their own for.
TEXT = 'tab\t, line\n, return\r, back\\slash, \\N, "quoted", {brace}, \\., 客户 🙂'
TABLE = sa.Table(
    "a row",
    sa.MetaData(),
    sa.Column("key", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text),
    sa.Column("flag", sa.Boolean),
    sa.Column("number", sa.Numeric(38, 12)),
    sa.Column("id", sa.Uuid),
    sa.Column("day", sa.Date),
    sa.Column("at", sa.DateTime(timezone=True)),
    sa.Column("texts", postgresql.ARRAY(sa.Text)),
    sa.Column("ids", postgresql.ARRAY(sa.Uuid)),
    sa.Column("json", postgresql.JSONB),
    sa.Column("order", sa.Integer, server_default="7"),
    schema="public",
)
VALUES: tuple[tuple[Any, ...], ...] = (
    (
        *(TEXT, True, Decimal("-12345678901234567890.000000000001"), UUID(int=1), date(1, 1, 1)),
        *(datetime(2026, 11, 21, 8, 0, 0, 1, UTC), [TEXT, "", "NULL"], [UUID(int=2)], {"a": TEXT, "b": [1, None]}),
    ),
    ("", False, Decimal("1E+3"), UUID(int=2**128 - 1), date(9999, 12, 31), datetime(1, 1, 1, tzinfo=UTC), [], [], {}),
    (None,) * 9,
)


@pytest.fixture
def how(session: Session) -> rows.Insertion:
    """How rows of a table of every type are written."""
    TABLE.create(session.connection)
    return rows.insertion(TABLE, [column.name for column in TABLE.c][:-1])


@pytest.mark.parametrize("times", [1, 3])
def test_writes_the_same_by_insert_and_by_copy(session: Session, how: rows.Insertion, times: int) -> None:
    written = [(key, *values) for key, values in enumerate(VALUES * times)]
    assert (len(written) >= rows.COPIED) == (times > 1)
    rows.write(session, how, written)
    found = session.execute(sa.select(TABLE).order_by(TABLE.c.key)).fetchall()
    assert [tuple(row) for row in found] == [(*row, 7) for row in written]


def test_tells_a_broken_constraint_as_any_statement_does(session: Session, how: rows.Insertion) -> None:
    with pytest.raises(IntegrityError) as caught, session.connection.begin_nested():
        rows.write(session, how, [(1, *VALUES[2])] * rows.COPIED)
    assert caught.value.orig is not None
    assert getattr(caught.value.orig, "pgcode", None) == "23505"
    assert session.execute(sa.select(sa.func.count()).select_from(TABLE)).scalar() == 0


def test_writes_nothing_where_there_is_nothing(session: Session, how: rows.Insertion) -> None:
    rows.write(session, how, [])
    assert session.execute(sa.select(sa.func.count()).select_from(TABLE)).scalar() == 0


def test_refuses_what_no_column_holds(session: Session, how: rows.Insertion) -> None:
    with pytest.raises(TypeError):
        rows.write(session, how, [(key, object(), *VALUES[2][1:]) for key in range(rows.COPIED)])


def test_work_is_done_while_rows_are_written(session: Session, how: rows.Insertion) -> None:
    done: list[int] = []

    def work() -> bool:
        done.append(len(done))
        return len(done) < 3

    with rows.meanwhile(session, work):
        rows.write(session, how, [(key, *VALUES[2]) for key in range(2000)])
    assert 1 <= len(done) <= 3
    assert session.execute(sa.select(sa.func.count()).select_from(TABLE)).scalar() == 2000
    rows.write(session, how, [(key, *VALUES[2]) for key in range(2000, 4000)])
    assert len(done) <= 3


def test_a_broken_constraint_is_told_where_the_rows_are_written(session: Session, how: rows.Insertion) -> None:
    with rows.meanwhile(session, lambda: True):
        with pytest.raises(IntegrityError), session.connection.begin_nested():
            rows.write(session, how, [(1, *VALUES[2])] * 2000)
        assert session.execute(sa.select(sa.func.count()).select_from(TABLE)).scalar() == 0
        rows.write(session, how, [(key, *VALUES[2]) for key in range(5)])
    assert session.execute(sa.select(sa.func.count()).select_from(TABLE)).scalar() == 5


def test_what_the_work_raises_is_raised_once_the_connection_is_at_rest(session: Session, how: rows.Insertion) -> None:
    def work() -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), rows.meanwhile(session, work):
        rows.write(session, how, [(key, *VALUES[2]) for key in range(2000)])
    assert session.execute(sa.select(sa.func.count()).select_from(TABLE)).scalar() == 2000

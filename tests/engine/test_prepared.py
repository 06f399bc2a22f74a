"""Prepared statements: planned once a connection, forgotten when there are too many, never confused."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine import prepared
from engine.db import Database, Session
from engine.prepared import MOST_KEPT, Prepared

_ANY = Prepared(
    text="SELECT $1 + 1, $2 || '%%', $3, $4, $5", types=("numeric", "text", "uuid", "timestamptz", "text[]")
)


def _names(session: Session) -> set[str]:
    found = session.execute(sa.text("SELECT name FROM pg_prepared_statements")).scalars()
    return set(found)


def test_gives_the_same_before_and_after_it_is_planned(session: Session) -> None:
    values: tuple[Any, ...] = (
        Decimal("1.50"),
        "it's 100% \\ 斗拱 $1",
        UUID(int=7),
        datetime(2026, 1, 2, tzinfo=UTC),
        [],
    )
    wanted: tuple[Any, ...] = (
        Decimal("2.50"),
        "it's 100% \\ 斗拱 $1%",
        UUID(int=7),
        datetime(2026, 1, 2, tzinfo=UTC),
        [],
    )
    before = _names(session)
    for _ in range(3):
        assert tuple(prepared.run(session, _ANY, *values).one()) == wanted
    assert len(_names(session) - before) == 1


def test_each_connection_plans_for_itself_and_keeps_it_over_a_rollback(fresh_database: Database) -> None:
    statement = Prepared(text="SELECT 1")
    with pytest.raises(ZeroDivisionError), fresh_database.unit_of_work() as one:
        assert prepared.run(one, statement).scalar_one() == 1
        with fresh_database.unit_of_work() as other:
            assert (len(_names(one)), len(_names(other))) == (1, 0)
        raise ZeroDivisionError
    with fresh_database.unit_of_work() as one, fresh_database.unit_of_work() as other:
        assert len(_names(one)) + len(_names(other)) == 1
        for session in (one, other, one, other):
            assert prepared.run(session, statement).scalar_one() == 1
        assert (len(_names(one)), len(_names(other))) == (1, 1)


def test_keeps_those_used_last(fresh_database: Database) -> None:
    with fresh_database.unit_of_work() as session:
        first = Prepared(text="SELECT 0")
        many = [Prepared(text=f"SELECT {number}") for number in range(1, MOST_KEPT + 10)]
        for number, statement in enumerate(many, 1):
            assert prepared.run(session, statement).scalar_one() == number
            assert prepared.run(session, first).scalar_one() == 0
        assert len(_names(session)) == MOST_KEPT
        texts = set(session.execute(sa.text("SELECT statement FROM pg_prepared_statements")).scalars())
        assert len([text for text in texts if "SELECT 0;" in text]) == 1
        assert prepared.run(session, many[0]).scalar_one() == 1
        assert len(_names(session)) == MOST_KEPT


def test_one_that_failed_at_first_works_later(fresh_database: Database) -> None:
    statement = Prepared(text="SELECT 1 / $1", types=("int",))
    with fresh_database.unit_of_work() as session:
        savepoint = session.connection.begin_nested()
        with pytest.raises(sa.exc.DataError, match="division by zero"):
            prepared.run(session, statement, 0)
        savepoint.rollback()
        assert prepared.run(session, statement, 1).scalar_one() == 1
        assert prepared.run(session, statement, 2).scalar_one() == 0

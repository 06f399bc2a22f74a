"""The fixtures keep their promises: nothing of a test stays, commits fail where they would, nobody leaves the machine."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from engine.db import Database, Session
from tests.conftest import SettableClock
from tests.network import NetworkBlocked, may_reach


@pytest.mark.parametrize("_time", [1, 2])
def test_what_a_test_writes_is_gone_in_the_next(database: Database, _time: int) -> None:
    with database.unit_of_work() as session:
        session.execute(sa.text("create table public.leaves_no_trace (id int)"))
    with database.unit_of_work() as session:
        assert session.execute(sa.text("select count(*) from public.leaves_no_trace")).scalar_one() == 0


def test_a_failed_unit_of_work_undoes_itself_alone(database: Database) -> None:
    with database.unit_of_work() as session:
        session.execute(sa.text("create table public.kept (id int unique deferrable initially deferred)"))
    with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
        session.execute(sa.text("insert into public.kept values (1)"))
        raise ZeroDivisionError
    with pytest.raises(sa.exc.IntegrityError), database.unit_of_work() as session:
        session.execute(sa.text("insert into public.kept values (2), (2)"))
    with database.unit_of_work() as session:
        assert session.execute(sa.text("select count(*) from public.kept")).scalar_one() == 0


def test_a_read_only_session_cannot_write_and_the_next_one_can(database: Database) -> None:
    with pytest.raises(sa.exc.InternalError, match="read-only"), database.read_only() as session:
        session.execute(sa.text("create table public.not_made (id int)"))
    with database.unit_of_work() as session:
        session.execute(sa.text("create table public.made (id int)"))


def test_the_clock_stands_still_until_moved(session: Session, database: Database, clock: SettableClock) -> None:
    assert session.now == datetime(2026, 11, 21, 8, tzinfo=UTC)
    clock.advance(minutes=5)
    with database.unit_of_work() as later:
        assert later.now == datetime(2026, 11, 21, 8, 5, tzinfo=UTC)


def test_a_fresh_database_commits_in_earnest(fresh_database: Database) -> None:
    def count() -> int:
        with fresh_database.unit_of_work() as session:
            return int(session.execute(sa.text("select count(*) from public.shared")).scalar_one())

    with fresh_database.unit_of_work() as session:
        session.execute(sa.text("create table public.shared as select 1 as id"))
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(lambda _: count(), range(4))) == [1, 1, 1, 1]


def test_no_test_reaches_another_machine() -> None:
    with pytest.raises(NetworkBlocked), socket.socket() as connection:
        connection.connect(("192.0.2.1", 80))
    assert may_reach(socket.AF_INET, ("127.0.0.1", 80))
    assert may_reach(socket.AF_UNIX, "/tmp/socket")
    assert not may_reach(socket.AF_INET6, ("2001:db8::1", 80, 0, 0))

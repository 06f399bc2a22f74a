"""Units of work: all or nothing, and what is told after the commit."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.db import Database, connect
from engine.errors import Conflict, DomainError
from engine.models import serial


class Counted(DomainError):
    """An error whose transaction is kept."""

    keeps_changes = True


def write(database: Database, error: Exception | None) -> list[str]:
    """Write a row, then fail; return what was told after the commit."""
    told: list[str] = []
    with database.unit_of_work() as session:
        session.after_commit.append(lambda: told.append("committed"))
        session.execute(sa.insert(serial).values(form="a", field="b", period="", value=1))
        if error is not None:
            raise error
    return told


def count(database: Database) -> int:
    with database.read_only() as session:
        return int(session.execute(sa.select(sa.func.count()).select_from(serial)).scalar_one())


def test_commits_and_then_tells(database: Database) -> None:
    assert write(database, None) == ["committed"]
    assert count(database) == 1


@pytest.mark.parametrize("error", [ValueError("x"), Conflict("conflict"), KeyboardInterrupt()])
def test_an_error_undoes_everything(database: Database, error: Exception) -> None:
    with pytest.raises(type(error)):
        write(database, error)
    assert count(database) == 0


def test_an_error_that_keeps_its_changes_is_raised_after_the_commit(database: Database) -> None:
    with pytest.raises(Counted):
        write(database, Counted("conflict"))
    assert count(database) == 1


def test_a_reading_session_cannot_write(fresh_database: Database) -> None:
    with pytest.raises(sa.exc.InternalError, match="read-only"), fresh_database.read_only() as session:
        assert session.is_read_only
        session.execute(sa.insert(serial).values(form="a", field="b", period="", value=1))
    assert count(fresh_database) == 0


def test_a_snapshot_beside_a_transaction_sees_what_was_committed_and_cannot_write(fresh_database: Database) -> None:
    write(fresh_database, None)
    rows = sa.select(sa.func.count()).select_from(serial)
    with fresh_database.unit_of_work() as session:
        with session.snapshot() as reading:
            assert (reading.is_read_only, reading.now, reading.execute(rows).scalar_one()) == (True, session.now, 1)
            session.execute(sa.insert(serial).values(form="b", field="b", period="", value=1))
            session.execute_apart(sa.insert(serial).values(form="c", field="b", period="", value=1))
            assert reading.execute(rows).scalar_one() == 1
            with pytest.raises(sa.exc.InternalError, match="read-only"):
                reading.execute(sa.insert(serial).values(form="d", field="b", period="", value=1))
        assert session.execute(rows).scalar_one() == 3
    assert count(fresh_database) == 3


def test_memory_is_the_databases_own(database: Database) -> None:
    with database.unit_of_work() as session:
        session.shared["tests"] = 1
    with database.read_only() as session:
        assert session.shared["tests"] == 1
    with Database(engine=database.engine).unit_of_work() as session:
        assert "tests" not in session.shared


def test_what_fails_does_not_tell_the_values_it_was_sent(database: Database) -> None:
    connected = connect(database.engine.url.render_as_string(hide_password=False), pool_size=1)
    try:
        with pytest.raises(sa.exc.DBAPIError) as failed, connected.unit_of_work() as session:
            session.execute(sa.text("SELECT 1 / (length(:secret) - 6)"), {"secret": "s3cret"})
    finally:
        connected.dispose()
    assert "s3cret" not in str(failed.value)


def test_what_follows_a_commit_cannot_make_it_look_undone(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []

    def fails() -> None:
        raise sa.exc.TimeoutError("no connection to wake anybody with")

    with database.unit_of_work() as session:
        session.after_commit += [fails, lambda: heard.append("next")]
    assert heard == ["next"]
    assert "what follows a commit failed" in caplog.text

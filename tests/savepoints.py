"""A PostgreSQL dialect whose transactions are savepoints of one that is never committed.

A test's units of work begin, commit and fail as in earnest, and all they did is gone when the test rolls back. The
product code runs unchanged: only the three words BEGIN, COMMIT and ROLLBACK mean something else.

Deferred constraints are checked where the unit of work would have committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import StaticPool

registry.register("postgresql.savepoints", "tests.savepoints", "SavepointDialect")


class SavepointDialect(PGDialect_psycopg2):
    """psycopg2 with savepoints for transactions, on one connection."""

    supports_statement_cache = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self.open_savepoints = 0
        self._is_read_only = False

    def do_begin(self, dbapi_connection: DBAPIConnection) -> None:
        """Begin a unit of work."""
        self._run(dbapi_connection, f"SAVEPOINT unit_{self.open_savepoints + 1}")
        self.open_savepoints += 1
        if self._is_read_only:
            self._run(dbapi_connection, "SET TRANSACTION READ ONLY")

    def do_commit(self, dbapi_connection: DBAPIConnection) -> None:
        """Keep what the unit of work did, until the test ends; a commit that fails has rolled back, as COMMIT does."""
        if not self._is_read_only:
            try:
                self._run(dbapi_connection, "SET CONSTRAINTS ALL IMMEDIATE")
                self._run(dbapi_connection, "SET CONSTRAINTS ALL DEFERRED")
            except self.loaded_dbapi.Error:
                self.do_rollback(dbapi_connection)
                raise
        self._run(dbapi_connection, f"RELEASE SAVEPOINT unit_{self.open_savepoints}")
        self.open_savepoints -= 1

    def do_rollback(self, dbapi_connection: DBAPIConnection) -> None:
        """Undo what the unit of work did. The pool calls it too, with none open."""
        if self.open_savepoints == 0:
            return
        name = f"unit_{self.open_savepoints}"
        self.open_savepoints -= 1
        self._run(dbapi_connection, f"ROLLBACK TO SAVEPOINT {name}")
        self._run(dbapi_connection, f"RELEASE SAVEPOINT {name}")

    def set_isolation_level(self, dbapi_connection: DBAPIConnection, level: Any) -> None:
        """Leave the level as it is: it cannot change inside the outer transaction."""

    def set_readonly(self, connection: Any, value: bool) -> None:
        """Make the next units of work read only."""
        self._is_read_only = value

    def forget(self) -> None:
        """Start again: the outer transaction has been rolled back."""
        self.open_savepoints = 0
        self._is_read_only = False

    @staticmethod
    def _run(dbapi_connection: DBAPIConnection, statement: str) -> None:
        cursor = dbapi_connection.cursor()
        try:
            cursor.execute(statement)
        finally:
            cursor.close()


def create_engine(url: str) -> sa.Engine:
    """Return an engine over one connection whose transactions are savepoints."""
    return sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+savepoints"),
        poolclass=StaticPool,
        pool_reset_on_return=None,
        connect_args={"application_name": "dougong tests", "connect_timeout": 10, "options": "-c timezone=UTC"},
    )


@contextmanager
def rolled_back(engine: sa.Engine) -> Iterator[None]:
    """Undo at the end everything that ran on `engine` (one of `create_engine`)."""
    try:
        yield
    finally:
        dialect = engine.dialect
        assert isinstance(dialect, SavepointDialect)
        raw = engine.raw_connection()
        raw.driver_connection.rollback()  # type: ignore[union-attr]  # psycopg2's connection
        dialect.forget()
        raw.close()

"""The database: one engine, one `unit_of_work` a request, job, flow event or command.

Owns connections, transactions and what a transaction carries (its instant, its catalogue of definitions, its
subscribers). Nothing else in the code base commits (a test forbids it).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg2
import sqlalchemy as sa

from engine.errors import DomainError
from engine.traces import CountingCursor

if TYPE_CHECKING:
    from engine.catalog import Catalog

log = logging.getLogger("dougong.db")

#: Called with the session and an event, in the transaction that the event belongs to, in the stated order.
Subscriber = Callable[["Session", Any], None]
Clock = Callable[[], datetime]
#: Where nobody says otherwise.
DEFAULT_TIME_ZONE = "Asia/Shanghai"


def utc_now() -> datetime:
    """Return the machine's time as aware UTC."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Session:
    """One transaction and what belongs to it.

    connection   -- SQLAlchemy Core connection inside the transaction; services execute, never commit.
    now          -- the transaction's instant, aware UTC; everything in it happens at this time.
    subscribers  -- who hears `publish`, in order; the composition root's list.
    catalog      -- published definitions as this transaction sees them; read through `definitions.catalog(session)`.
    before_commit -- functions to call at the end of the transaction, once all its rows are written and locked; what
                    they raise rolls it back.
    after_commit -- functions to call once the transaction is committed (wake a worker); never for effects outside. That
                    the database goes away under one is logged and goes no further.
    notes        -- per-transaction scratch of a package, by its own key (chain of running rules, cached rows).
    shared       -- what the process keeps about this database between transactions, by a package's own key; only what
                    stays right when the transaction is rolled back.
    time_zone    -- the platform's (a name of the IANA database): by its wall clock an instant has a day.
    """

    connection: sa.Connection
    now: datetime
    subscribers: Sequence[Subscriber] = ()
    catalog: Catalog | None = None
    before_commit: list[Callable[[], None]] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)
    time_zone: str = DEFAULT_TIME_ZONE
    is_read_only: bool = False

    def execute(self, statement: sa.Executable, parameters: Any = None) -> sa.CursorResult[*tuple[Any, ...]]:
        """Run one statement in the transaction."""
        return self.connection.execute(statement, parameters)

    def execute_apart(self, statement: sa.Executable) -> None:
        """Run one statement at once and for good, whatever becomes of this transaction; another connection does it.

        For the progress of long work alone: others see it while the work is under way. It must touch no row that this
        transaction has changed, or it waits for ever.
        """
        with self.connection.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(statement)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Give a session beside this one that can read only, in one repeatable snapshot of what is committed by now.

        For long reading whose end is written here: what this transaction has changed is not seen in it.
        """
        with read_only(self.connection.engine) as connection:
            yield replace(
                self,
                connection=connection,
                catalog=None,
                before_commit=[],
                after_commit=[],
                notes={},
                is_read_only=True,
            )

    def publish(self, event: object) -> None:
        """Tell every subscriber of `event`, now, in this transaction; a subscriber's error refuses the whole of it."""
        for subscriber in self.subscribers:
            subscriber(self, event)


@dataclass(slots=True, kw_only=True)
class Database:
    """A connection pool with the clock, the subscribers and the memory that each unit of work starts with.

    pools -- of the same database, for work apart (`apart`).
    """

    engine: sa.Engine
    subscribers: Sequence[Subscriber] = ()
    clock: Clock = utc_now
    shared: dict[str, Any] = field(default_factory=dict)
    time_zone: str = DEFAULT_TIME_ZONE
    pools: list[Database] = field(default_factory=list)

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Give a session inside a new transaction; commit at the end, roll back on any exception.

        The few errors that say so (`DomainError.keeps_changes`) are raised after a commit instead.
        """
        kept: DomainError | None = None
        with self.engine.connect() as connection, connection.begin():
            session = self._session(connection)
            try:
                yield session
            except DomainError as error:
                if not error.keeps_changes:
                    raise
                kept = error
            for callback in session.before_commit:
                callback()
        for callback in session.after_commit:
            _call(callback)
        if kept is not None:
            raise kept

    @contextmanager
    def read_only(self) -> Iterator[Session]:
        """Give a session that can read only, in one repeatable snapshot."""
        with read_only(self.engine) as connection:
            yield self._session(connection, is_read_only=True)

    def _session(self, connection: sa.Connection, *, is_read_only: bool = False) -> Session:
        return Session(
            connection=connection,
            now=self.clock(),
            subscribers=self.subscribers,
            shared=self.shared,
            time_zone=self.time_zone,
            is_read_only=is_read_only,
        )

    def apart(
        self, *, pool_size: int, settings: Mapping[str, str], max_overflow: int = 0, wait_seconds: float = 10
    ) -> Database:
        """Return the same database over a pool of its own, whose connections have these settings of the server.

        For work that must not take the others' connections: it has no more than these, and waits for one so long.
        Shares clock, subscribers and memory; closed together with this one. A database of one connection alone has none
        apart: it is returned itself.
        """
        if isinstance(self.engine.pool, sa.StaticPool):
            return self
        pool = {"max_overflow": max_overflow, "pool_timeout": wait_seconds}
        engine = _engine(self.engine.url, pool_size=pool_size, settings=settings, **pool)
        made = replace(self, engine=engine, pools=[])
        self.pools.append(made)
        return made

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        for pool in self.pools:
            pool.dispose()


@contextmanager
def read_only(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection inside a transaction that reads one repeatable snapshot."""
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _call(callback: Callable[[], None]) -> None:
    """Call what follows a commit; a database that goes away then must not look as if the commit had failed."""
    try:
        callback()
    except (sa.exc.SQLAlchemyError, psycopg2.Error):
        log.exception("what follows a commit failed")


#: A machine that vanished is noticed within a minute and a half, on both sides: what it had locked is free again.
_KEEPALIVES = {"keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 3}
_SETTINGS = {"timezone": "UTC", **{f"tcp_{key}": value for key, value in _KEEPALIVES.items()}}


def connect(
    url: str,
    *,
    pool_size: int = 10,
    max_overflow: int = 10,
    subscribers: Sequence[Subscriber] = (),
    clock: Clock = utc_now,
) -> Database:
    """Return the database at `url` (`postgresql+psycopg2://…`); nothing is opened yet."""
    engine = _engine(url, pool_size=pool_size, max_overflow=max_overflow)
    return Database(engine=engine, subscribers=subscribers, clock=clock)


def _engine(url: str | sa.URL, *, pool_size: int, settings: Mapping[str, str] | None = None, **pool: Any) -> sa.Engine:
    options = " ".join(f"-c {name}={value}" for name, value in {**_SETTINGS, **(settings or {})}.items())
    return sa.create_engine(
        url,
        pool_size=pool_size,
        pool_pre_ping=False,
        pool_recycle=1800,
        # Else an error would tell the log what was sent: values of records, hashes of passwords.
        hide_parameters=True,
        connect_args={
            "application_name": "dougong",
            "connect_timeout": 10,
            "options": options,
            "cursor_factory": CountingCursor,
            **_KEEPALIVES,
        },
        **pool,
    )

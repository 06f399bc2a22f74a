"""The composition root: what hears what, which jobs there are, and on which database; one for all processes.

Server, worker, command line and tests stand on the same `Platform`, so that a change of a record does the same
wherever it comes from. Nothing registers itself: what is not in the lists below does not run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Self

from engine import db, events, files, identity, time_limits
from engine.db import Database, Session, Subscriber
from engine.jobs import Payload, Task, Worker
from engine.secret_key import use_secret_key
from engine.settings import MEGABYTE, Settings
from flow_engine import flows
from flow_engine.outside.channel import Outside, use_outside
from form_engine.changing import recomputing
from form_engine.exchange import export_runs as exports
from form_engine.exchange import runs as imports
from form_engine.storage import trash
from report_engine.querying import limits
from web import export_notices, import_notices
from web.idempotency import forget_old_answers
from web.room import Room

HOUR_SECONDS: Final = 3600.0
#: Connections that requests may have beyond those that are kept, while it is busy.
REQUESTS_BEYOND: Final = 10
#: What a worker needs beside its threads: for its listener, for a command, and for one thing more.
_BESIDE_JOBS: Final = 3


def _forget_expired(session: Session, _payload: Payload) -> None:
    identity.forget_expired(session)


def _sweep_files(session: Session, _payload: Payload) -> None:
    files.sweep(session)


def _drop_removed_fields(session: Session, _payload: Payload) -> None:
    trash.drop_expired(session)


#: Who hears of an event, in this order, inside the transaction that it belongs to. Flows come last: what they write
#: is heard by everybody again.
SUBSCRIBERS: Final[tuple[Subscriber, ...]] = (
    events.audit_subscriber,
    recomputing.subscriber,
    flows.subscriber,
    import_notices.subscriber,
    export_notices.subscriber,
)
#: What workers run; a job of any other task waits for a worker that knows it.
TASKS: Final[tuple[Task, ...]] = (
    *flows.TASKS,
    *imports.TASKS,
    *exports.TASKS,
    Task(name="identity.forget_expired", run=_forget_expired, every_seconds=HOUR_SECONDS),
    Task(name="files.sweep", run=_sweep_files, every_seconds=HOUR_SECONDS),
    Task(name="forms.drop_removed_fields", run=_drop_removed_fields, every_seconds=24 * HOUR_SECONDS),
    Task(name="web.forget_old_answers", run=forget_old_answers, every_seconds=HOUR_SECONDS),
)


def work_connections(settings: Settings) -> int:
    """Return how many connections a process needs for its jobs; it opens no more than are used at once.

    One for each thread, two more for each of the long ones, which read a snapshot and tell how far they are.
    """
    return (len({task.pool for task in TASKS}) + 2) * settings.workers + _BESIDE_JOBS


def most_connections(settings: Settings) -> int:
    """Return how many connections a process may come to have: for requests, reports and jobs."""
    return settings.pool_size + REQUESTS_BEYOND + settings.report_pool_size + work_connections(settings)


@dataclass(frozen=True, slots=True)
class Platform:
    """Settings and a database whose transactions tell the subscribers.

    database -- for workers and commands: what they do may take its time.
    requests -- the same database over a pool of its own, for requests: no statement is without end.
    reports  -- likewise, for reports.
    """

    settings: Settings
    database: Database
    requests: Database = field(init=False)
    reports: Database = field(init=False)
    report_gate: limits.Gate = field(init=False)
    room: Room = field(init=False)

    def __post_init__(self) -> None:
        self.database.subscribers = SUBSCRIBERS
        self.database.time_zone = self.settings.time_zone
        self._use_requests()
        self._use_reports()
        self._use_room()
        identity.use_policy(self.database, self.settings.password_policy)
        use_outside(
            self.database,
            Outside(
                smtp_url=self.settings.smtp_url,
                mail_from=self.settings.mail_from,
                http_allow=self.settings.http_allowed,
            ),
        )
        given = self.settings.secret_key.get_secret_value() if self.settings.secret_key is not None else None
        use_secret_key(self.database, given=given, folder=self.settings.data_dir)
        files.use_store(self.database, folder=self.settings.data_dir / "files", max_bytes=self.settings.max_file_bytes)

    def _use_requests(self) -> None:
        """Give requests connections of their own, whose statements end."""
        server = time_limits.of_requests(self.settings.request_seconds)
        size = self.settings.pool_size
        requests = self.database.apart(
            pool_size=size, settings=server, max_overflow=REQUESTS_BEYOND, wait_seconds=self.settings.request_seconds
        )
        object.__setattr__(self, "requests", requests)

    def _use_reports(self) -> None:
        """Give reports connections of their own."""
        size, seconds = self.settings.report_pool_size, self.settings.report_seconds
        server = limits.settings(seconds=seconds, memory_mb=self.settings.report_memory_mb)
        reports = self.database.apart(pool_size=size, settings=server)
        own = None if reports is self.database else reports.engine
        limits.use(self.database, limits.Limits(seconds=seconds, engine=own))
        object.__setattr__(self, "reports", reports)
        object.__setattr__(self, "report_gate", limits.Gate(size))

    def _use_room(self) -> None:
        """Keep a little of the disk back where the database is the embedded one."""
        is_own = self.settings.database_url is None
        reserve = self.settings.reserve_mb * MEGABYTE if is_own else 0
        object.__setattr__(self, "room", Room(folder=self.settings.data_dir, reserve_bytes=reserve))

    @classmethod
    def connect(cls, settings: Settings, url: str) -> Self:
        """Return the platform over the database at `url`; nothing is opened yet."""
        return cls(settings=settings, database=db.connect(url, pool_size=work_connections(settings), max_overflow=0))

    def worker(self) -> Worker:
        """Return a worker for this platform's jobs."""
        return Worker(self.database, TASKS, threads=self.settings.workers, has_room=self.room.is_enough)

    @classmethod
    def unconnected(cls) -> Self:
        """Return a platform that describes itself but can serve nothing: for the API's description."""
        return cls.connect(Settings(), "postgresql+psycopg2://")

"""What every test may ask for: a real PostgreSQL, a clock of its own, an administrator, the composed platform.

One server serves a whole run; under xdist the first process starts it and the workers share it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.actor import Actor
from engine.db import Database, Session, connect
from engine.embedded_postgres import EmbeddedPostgres
from tests import databases, network, savepoints

if TYPE_CHECKING:
    from web.platform import Platform

_shared_folder = pytest.StashKey[Path]()
_shared_server = pytest.StashKey[EmbeddedPostgres]()


def pytest_configure(config: pytest.Config) -> None:
    """Close the network, forget the settings of this shell, start the server that the workers of a parallel run share."""
    network.block()
    for name in [name for name in os.environ if name.startswith("DOUGONG_") and name != "DOUGONG_CHROMIUM"]:
        del os.environ[name]
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        return
    folder = Path(tempfile.mkdtemp(prefix="dougong-tests-"))
    server = EmbeddedPostgres(folder / "postgres", fsync=False, die_with_parent=True)
    server.start()
    config.stash[_shared_folder] = folder
    config.stash[_shared_server] = server


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: pytest.Session) -> None:
    """Tell each worker where the server is."""
    node.workerinput["postgres"] = str(node.config.stash[_shared_folder])  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the shared server and remove its data."""
    if _shared_server in config.stash:
        config.stash[_shared_server].stop()
        shutil.rmtree(config.stash[_shared_folder], ignore_errors=True)


@dataclass(slots=True, kw_only=True)
class SettableClock:
    """A clock that stands still until the test moves it."""

    now: datetime = datetime(2026, 11, 21, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the present instant."""
        return self.now

    def advance(self, **duration: float) -> None:
        """Move on: `clock.advance(seconds=5)`, with the words of `timedelta`."""
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> SettableClock:
    """A clock that starts at 2026-11-21T08:00Z and stands still."""
    return SettableClock()


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of the run's PostgreSQL, its template database made."""
    folder = getattr(request.config, "workerinput", {}).get("postgres")
    with databases.server(Path(folder) if folder else None) as url:
        databases.ensure_template(url)
        yield url


@pytest.fixture(scope="session")
def database_url(server_url: str) -> Iterator[str]:
    """The URL of this worker's own database, with the platform's tables."""
    with databases.clone(server_url) as url:
        yield url


@pytest.fixture(scope="session")
def _savepoint_engine(database_url: str) -> Iterator[sa.Engine]:
    engine = savepoints.create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def database(_savepoint_engine: sa.Engine, clock: SettableClock) -> Iterator[Database]:
    """A database whose units of work are all undone when the test ends."""
    with savepoints.rolled_back(_savepoint_engine):
        yield Database(engine=_savepoint_engine, clock=clock)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One unit of work around the test."""
    with database.unit_of_work() as session:
        yield session


@pytest.fixture
def fresh_database(server_url: str, clock: SettableClock) -> Iterator[Database]:
    """A database of the test's own, where commits are real: for concurrency and crashes."""
    with ExitStack() as stack:
        database = connect(stack.enter_context(databases.clone(server_url)), clock=clock)
        stack.callback(database.dispose)
        yield database


@pytest.fixture(scope="session")
def _demo_server_url(server_url: str) -> str:
    databases.ensure_demo_template(server_url)
    return server_url


@pytest.fixture
def demo_platform(_demo_server_url: str, clock: SettableClock, tmp_path: Path) -> Iterator[Platform]:
    """The composed platform over a database of the test's own, with both apps and the demo's records and people."""
    from tests import demo

    with ExitStack() as stack:
        url = stack.enter_context(databases.clone(_demo_server_url, databases.DEMO_TEMPLATE))
        platform = demo.platform(url, data_dir=tmp_path, clock=clock)
        stack.callback(platform.database.dispose)
        yield platform


@pytest.fixture
def admin() -> Actor:
    """An administrator."""
    return Actor(user_id=UUID(int=1), username="admin", name="管理员", is_administrator=True)


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Platform:
    """The composition root over `database`: subscribers and tasks wired as in the server."""
    # Imported here: a test of the engine alone does not need the web package.
    from engine import settings
    from web.platform import Platform

    # The cheapest password hash there is: a test that signs in tests something else.
    cheap = settings.Settings(data_dir=tmp_path, password_memory_kib=8, password_passes=1)
    return Platform(settings=cheap, database=database)

"""The demo, for tests: both apps with their records and people, on the same composition root as the server's."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from app_templates import installer, loader
from engine import identity
from engine.actor import SYSTEM, Actor
from engine.db import Clock, Session, connect
from engine.settings import Settings
from web.platform import Platform

#: When the demo's records were written, a little before the tests' clock starts.
INSTALLED_AT = datetime(2026, 11, 21, 7, tzinfo=UTC)


def platform(url: str, *, data_dir: Path, clock: Clock) -> Platform:
    """Return the platform in demo mode over `url`, with the cheapest password hash there is."""
    settings = Settings(data_dir=data_dir, demo=True, password_memory_kib=8, password_passes=1)
    return Platform(settings=settings, database=connect(url, clock=clock))


def install(url: str) -> None:
    """Install the demo in the database at `url`."""
    made = platform(url, data_dir=Path(tempfile.gettempdir()), clock=lambda: INSTALLED_AT)
    with made.database.unit_of_work() as session:
        installer.install(session, SYSTEM, loader.load_catalog(), demo=True)
    made.database.dispose()


def actor(session: Session, username: str) -> Actor:
    """Return one of the demo's people."""
    user = identity.find_user(session, username)
    assert user is not None, username
    return identity.actor_for_user(session, user.id)

"""The composition root: what hears what, which jobs there are, and on which database; one for all processes.

Server, worker, command line and tests stand on the same `Platform`, so that a change of a record does the same
wherever it comes from. Nothing registers itself: what is not in the lists below does not run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from engine import db, events, identity
from engine.db import Database, Subscriber
from engine.definitions import DefinitionKind
from engine.settings import Settings

#: Who hears of an event, in this order, inside the transaction that it belongs to.
SUBSCRIBERS: Final[tuple[Subscriber, ...]] = (events.audit_subscriber,)

#: Kinds of definitions that can be checked and published one by one.
DEFINITION_KINDS: Final[Mapping[str, DefinitionKind]] = {}


@dataclass(frozen=True, slots=True)
class Platform:
    """Settings and a database whose transactions tell the subscribers."""

    settings: Settings
    database: Database

    def __post_init__(self) -> None:
        self.database.subscribers = SUBSCRIBERS
        identity.use_policy(self.database, self.settings.password_policy)

    @classmethod
    def connect(cls, settings: Settings, url: str) -> Self:
        """Return the platform over the database at `url`; nothing is opened yet."""
        return cls(settings=settings, database=db.connect(url, pool_size=settings.pool_size))

    @classmethod
    def unconnected(cls) -> Self:
        """Return a platform that describes itself but can serve nothing: for the API's description."""
        return cls.connect(Settings(), "postgresql+psycopg2://")

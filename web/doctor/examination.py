"""The examination as a whole: in which order, and what is left out where something before it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from sqlalchemy.exc import SQLAlchemyError

from engine import migrations
from engine.db import Database
from engine.errors import DomainError
from engine.settings import Settings
from web.doctor import database, definitions, indexes, surroundings, uploads, work
from web.doctor.finding import Finding, fine
from web.platform import Platform
from web.readiness import first_line
from web.server import connected


def examine(settings: Settings, *, is_repairing: bool = False) -> Iterator[Finding]:
    """Yield every finding, as it is made; never raises for what it looks at."""
    yield from surroundings.look(settings)
    with ExitStack() as stack:
        try:
            platform = stack.enter_context(connected(settings))
        except DomainError as error:
            reason = error.detail("en-US")
            yield Finding(topic="database", code="database_away", params={"reason": reason})
            return
        yield from examine_platform(platform, is_repairing=is_repairing)


def examine_platform(platform: Platform, *, is_repairing: bool = False) -> Iterator[Finding]:
    """Yield what is found of a platform's database; never raises for what it looks at."""
    try:
        with platform.database.engine.connect() as connection:
            yield from database.look(connection, platform.settings)
            at = migrations.current(connection)
        if at != migrations.head():
            yield _migrations(at)
            return
        yield fine("migrations", "migrations_fine", version=at)
        with platform.database.read_only() as session:
            yield from work.look(session, platform.settings)
            yield from uploads.look(session, platform.settings)
            wrong = [*definitions.look(session), *indexes.look(session)]
        for finding in wrong:
            yield _mended(platform.database, finding) if is_repairing else finding
        if is_repairing:
            yield from work.repaired(platform.database)
    except SQLAlchemyError as error:
        yield Finding(topic="database", code="database_away", params={"reason": first_line(error)})


def _mended(database: Database, finding: Finding) -> Finding:
    if finding.severity == "ok":
        return finding
    return indexes.built(database, finding) if finding.topic == "indexes" else definitions.rebuilt(database, finding)


def _migrations(at: str | None) -> Finding:
    if at is not None and at > migrations.head():
        params = {"at": at, "head": migrations.head()}
        return Finding(topic="migrations", code="migrations_newer", params=params)
    params = {"at": at or "-", "head": migrations.head()}
    return Finding(topic="migrations", code="migrations_pending", params=params, command="dougong migrate")

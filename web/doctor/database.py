"""PostgreSQL: its version, the settings that keep what is committed, its clock, its room for connections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from engine.settings import Settings
from web.doctor.finding import Finding, Severity, fine
from web.platform import most_connections

_OLDEST: Final = 150_000
#: Settings that may lose what was committed, or let it rot.
_WANTED: Final = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "autovacuum": "on"}
_CLOCK_WARNING_SECONDS: Final = 2.0
_CLOCK_ERROR_SECONDS: Final = 30.0


def look(connection: sa.Connection, settings: Settings) -> Iterator[Finding]:
    """Yield what is found; a handful of small statements."""
    version, number, encoding, is_standby = connection.execute(
        sa.text(
            "SELECT current_setting('server_version'), current_setting('server_version_num')::int,"
            " current_setting('server_encoding'), pg_is_in_recovery()"
        )
    ).one()
    if number < _OLDEST:
        yield Finding(topic="database", code="database_old", params={"version": version})
    elif is_standby:
        yield Finding(topic="database", code="database_standby")
    elif encoding != "UTF8":
        yield Finding(topic="database", code="database_encoding", params={"encoding": encoding})
    else:
        yield fine("database", "database_fine", version=version)
    yield from _settings(connection)
    yield _clock(connection)
    yield from _connections(connection, settings)
    yield from _zone(connection, settings)


def _settings(connection: sa.Connection) -> Iterator[Finding]:
    query = sa.text("SELECT name, setting FROM pg_settings WHERE name = any(:names)")
    found = {name: value for name, value in connection.execute(query, {"names": list(_WANTED)})}  # noqa: C416
    for name, wanted in _WANTED.items():
        if found.get(name) == "off":
            params = {"setting": name, "value": found[name], "wanted": wanted}
            command = f"dougong database psql -c 'ALTER SYSTEM SET {name} = {wanted}' -c 'SELECT pg_reload_conf()'"
            yield Finding(topic="database", code="database_setting", severity="warning", params=params, command=command)


def _clock(connection: sa.Connection) -> Finding:
    before = datetime.now(UTC)
    theirs: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    after = datetime.now(UTC)
    # They said it somewhere in between.
    apart = abs((theirs - before - (after - before) / 2).total_seconds()) - (after - before).total_seconds() / 2
    if apart < _CLOCK_WARNING_SECONDS:
        return fine("clock", "clock_fine")
    severity: Severity = "error" if apart > _CLOCK_ERROR_SECONDS else "warning"
    return Finding(topic="clock", code="clock_apart", severity=severity, params={"seconds": round(apart, 1)})


def _connections(connection: sa.Connection, settings: Settings) -> Iterator[Finding]:
    most, used = connection.execute(
        sa.text("SELECT current_setting('max_connections')::int, (SELECT count(*) FROM pg_stat_activity)")
    ).one()
    wanted = most_connections(settings)
    if most < wanted:
        params = {"most": most, "wanted": wanted}
        yield Finding(topic="connections", code="connections_few", severity="warning", params=params)
    elif used > most * 0.9:
        params = {"most": most, "used": used}
        yield Finding(topic="connections", code="connections_full", severity="warning", params=params)
    else:
        yield fine("connections", "connections_fine", used=used, most=most)


def _zone(connection: sa.Connection, settings: Settings) -> Iterator[Finding]:
    try:
        with connection.begin_nested():
            connection.execute(sa.select(sa.func.timezone(settings.time_zone, sa.func.now())))
    except SQLAlchemyError:
        yield Finding(topic="database", code="zone_unknown", params={"zone": settings.time_zone})

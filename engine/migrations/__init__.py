"""Migrations of schema `meta`, run in-process by Alembic; tables of the business are never migrated here.

Owns the versions and how they are applied. `upgrade` may be called by several processes at once and any number of times.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa

from engine.models import SCHEMA

#: Key of the advisory lock that one migrating process holds; any constant that nothing else of ours uses.
_LOCK = 0x646F75676F6E67
_FOLDER = Path(__file__).parent


@cache
def head() -> str:
    """Return the newest version that this code knows: the number its file begins with."""
    return max(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*_*.py"))


def current(connection: sa.Connection) -> str | None:
    """Return the version the database is at; `None` when it is empty."""
    table = f"{SCHEMA}.alembic_version"
    if connection.execute(sa.select(sa.func.to_regclass(table))).scalar_one() is None:
        return None
    version = sa.table("alembic_version", sa.column("version_num", sa.Text), schema=SCHEMA)
    return connection.execute(sa.select(version.c.version_num)).scalar_one_or_none()


def upgrade(engine: sa.Engine) -> bool:
    """Bring the database at `engine` to the newest version; return whether anything was done.

    Holds an advisory lock, so that of several processes one works and the others wait, then find nothing to do.
    """
    with engine.connect() as connection, connection.begin():
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if current(connection) == head():
            return False
        connection.execute(sa.schema.CreateSchema(SCHEMA, if_not_exists=True))
        _run_alembic(connection)
    return True


def _run_alembic(connection: sa.Connection) -> None:
    # Imported here: a start with nothing to migrate is the usual one, and Alembic is half a second of it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

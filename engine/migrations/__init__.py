"""Migrations of schema `meta`, run in-process by Alembic; tables of the business are never migrated here.

Owns the versions and how they are applied. `upgrade` may be called by several processes at once and any number of times.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.models import SCHEMA

#: Key of the advisory lock that one migrating process holds; any constant that nothing else of ours uses.
_LOCK = 0x646F75676F6E67


def configuration() -> Config:
    """Return Alembic's configuration for our versions; no file is read."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def head() -> str:
    """Return the newest version that this code knows."""
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    if newest is None:
        raise RuntimeError("no migration is installed")
    return newest


def current(connection: sa.Connection) -> str | None:
    """Return the version the database is at; `None` when it is empty."""
    options = {"version_table_schema": SCHEMA}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def upgrade(engine: sa.Engine) -> bool:
    """Bring the database at `engine` to the newest version; return whether anything was done.

    Holds an advisory lock, so that of several processes one works and the others wait, then find nothing to do.
    """
    with engine.connect() as connection, connection.begin():
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if current(connection) == head():
            return False
        connection.execute(sa.schema.CreateSchema(SCHEMA, if_not_exists=True))
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True

"""How often PostgreSQL tidies the tables of forms: the same for those made now and those made long ago."""

from __future__ import annotations

import importlib

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from engine.db import Session
from form_engine.storage.tables import UPKEEP
from web.platform import Platform

_TABLES = """
SELECT c.oid::regclass::text AS name, array_to_string(c.reloptions, ', ') AS options
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('crm', 'erp') ORDER BY 1
"""


def _options(session: Session) -> dict[str, str | None]:
    return {row.name: row.options for row in session.execute(sa.text(_TABLES))}


def test_tables_made_before_are_tidied_like_new_ones(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        new = _options(session)
        assert {"crm.sales_order", "crm.sales_order__lines", "erp.stock"} <= new.keys()
        assert set(new.values()) == {UPKEEP.replace(" = ", "=")}
        options = ", ".join(part.partition(" ")[0] for part in UPKEEP.split(", "))
        for name in new:
            session.execute(sa.text(f"ALTER TABLE {name} RESET ({options})"))
        assert set(_options(session).values()) == {None}
        with Operations.context(MigrationContext.configure(session.connection)):
            importlib.import_module("engine.migrations.versions.0010_upkeep").upgrade()
        assert _options(session) == new

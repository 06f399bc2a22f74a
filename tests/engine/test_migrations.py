"""Migrations: what they make is what the models say; many processes may start at once."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine import migrations
from engine.db import Database
from engine.models import SCHEMA, catalog_revision, metadata


@pytest.fixture
def empty_database(fresh_database: Database) -> Database:
    """A database without the platform's tables."""
    with fresh_database.unit_of_work() as session:
        session.execute(sa.schema.DropSchema(SCHEMA, cascade=True))
    return fresh_database


def test_models_and_migrations_agree(fresh_database: Database) -> None:
    options = {
        "version_table_schema": SCHEMA,
        "include_schemas": True,
        "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
    }
    with fresh_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_an_empty_database_is_brought_to_the_newest_version(empty_database: Database) -> None:
    with empty_database.engine.connect() as connection:
        assert migrations.current(connection) is None
    assert migrations.upgrade(empty_database.engine) is True
    assert migrations.upgrade(empty_database.engine) is False
    with empty_database.engine.connect() as connection:
        assert migrations.current(connection) == migrations.head()
        assert len(connection.execute(sa.select(catalog_revision)).all()) == 1


def test_processes_that_start_at_once_do_it_once(empty_database: Database) -> None:
    barrier = threading.Barrier(4)
    done: list[bool] = []

    def upgrade() -> None:
        barrier.wait()
        done.append(migrations.upgrade(empty_database.engine))

    threads = [threading.Thread(target=upgrade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == [False, False, False, True]


def test_a_migration_that_fails_leaves_nothing(empty_database: Database) -> None:
    with empty_database.unit_of_work() as session:
        session.execute(sa.schema.CreateSchema(SCHEMA))
        session.execute(sa.text("CREATE TABLE meta.notification (id int)"))
    with pytest.raises(sa.exc.ProgrammingError, match="notification"):
        migrations.upgrade(empty_database.engine)
    with empty_database.engine.connect() as connection:
        assert migrations.current(connection) is None
        assert sa.inspect(connection).get_table_names(schema=SCHEMA) == ["notification"]


def test_tables_have_an_index_for_every_foreign_key() -> None:
    unindexed = []
    for table in metadata.tables.values():
        leading = {next(iter(index.columns), None) for index in table.indexes}
        leading |= {next(iter(key.columns)) for key in table.constraints if isinstance(key, sa.UniqueConstraint)}
        leading |= set(list(table.primary_key.columns)[:1])
        unindexed += [
            str(next(iter(key.columns)))
            for key in table.foreign_key_constraints
            # A version is never deleted, so nothing ever looks for who points at it.
            if next(iter(key.columns)) not in leading and key.referred_table.name != "definition_version"
        ]
    assert unindexed == []

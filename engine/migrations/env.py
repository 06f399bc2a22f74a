"""Alembic's environment: the connection is handed over by `engine.migrations`, in its transaction."""

from __future__ import annotations

from alembic import context

from engine.models import SCHEMA, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()

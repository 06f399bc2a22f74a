"""Tables of the durable queue."""

from __future__ import annotations

import sqlalchemy as sa

from engine.models.metadata import BigNumber, Instant, JsonData, metadata

job = sa.Table(
    "job",
    metadata,
    sa.Column("id", BigNumber, sa.Identity(always=True), primary_key=True),
    sa.Column("task", sa.Text, nullable=False),
    sa.Column("payload", JsonData, nullable=False),
    sa.Column("key", sa.Text, comment="one ready job a key; null: any number"),
    sa.Column("status", sa.Text, nullable=False, server_default="ready", comment="ready | running | retry | dead"),
    sa.Column("run_at", Instant, nullable=False, comment="due; while running, when another worker may take it over"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("error", sa.Text, comment="of the last attempt"),
    sa.CheckConstraint("status IN ('ready', 'running', 'retry', 'dead')", name="status"),
    sa.Index("ix_job_due", "run_at", "id", postgresql_where=sa.text("status <> 'dead'")),
    sa.Index("uq_job_key", "key", unique=True, postgresql_where=sa.text("status = 'ready'")),
)

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
    # By task first: a worker reads those that it runs, whatever others have waiting.
    sa.Index("ix_job_due", "task", "run_at", "id", postgresql_where=sa.text("status <> 'dead'")),
    sa.Index("ix_job_dead", "id", postgresql_where=sa.text("status = 'dead'")),
    sa.Index("uq_job_key", "key", unique=True, postgresql_where=sa.text("status = 'ready'")),
)

job_clock = sa.Table(
    "job_clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seen", Instant, nullable=False, comment="the latest time that a worker has seen"),
    sa.CheckConstraint("id = 1", name="one"),
)

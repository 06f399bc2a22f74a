"""Platform tables: the queue by task, and the latest time that its workers have seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    clock = op.create_table(
        "job_clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False, comment="the latest time that a worker has seen"),
        sa.CheckConstraint("id = 1", name=op.f("ck_job_clock_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_clock")),
        schema="meta",
    )
    op.execute(sa.insert(clock).values(id=1, seen=sa.text("timestamptz '2000-01-01 00:00Z'")))
    not_dead, is_dead = sa.text("status <> 'dead'"), sa.text("status = 'dead'")
    op.drop_index("ix_job_due", "job", schema="meta")
    op.create_index("ix_job_due", "job", ["task", "run_at", "id"], schema="meta", postgresql_where=not_dead)
    op.create_index("ix_job_dead", "job", ["id"], schema="meta", postgresql_where=is_dead)
    # Every job leaves dead rows behind it; the queue stays small only if they are cleared away at once.
    op.execute("ALTER TABLE meta.job SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)")

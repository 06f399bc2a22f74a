"""Platform table: tokens of flows that wait for a moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    instant = sa.DateTime(timezone=True)
    ends = "when its waiting ends; null where it waits for something else"
    op.add_column("flow_token", sa.Column("due_at", instant, comment=ends), schema="meta")
    seen = "when the end of its waiting was seen and queued"
    op.add_column("flow_token", sa.Column("woken_at", instant, comment=seen), schema="meta")
    op.create_index(
        "ix_flow_token_due",
        "flow_token",
        ["due_at"],
        unique=False,
        schema="meta",
        postgresql_where=sa.text("status = 'waiting' AND due_at IS NOT NULL AND woken_at IS NULL"),
    )

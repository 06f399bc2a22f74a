"""Platform table: what flows send outside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "flow_effect",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="channel: http | mail"),
        sa.Column("payload", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False, comment="the same with every try"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("error", sa.Text(), comment="of the last attempt"),
        sa.Column("next_attempt_at", instant, nullable=False, comment="due; while sending, when the claim ends"),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("ended_at", instant),
        sa.CheckConstraint(
            "status IN ('waiting', 'sending', 'sent', 'dead', 'dropped')", name=op.f("ck_flow_effect_status")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id", "token"],
            ["meta.flow_token.instance_id", "meta.flow_token.number"],
            name=op.f("fk_flow_effect_instance_id_token"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_effect")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_flow_effect_idempotency_key")),
        schema="meta",
    )
    op.create_index(op.f("ix_flow_effect_instance_id_token"), "flow_effect", ["instance_id", "token"], schema="meta")
    op.create_index(
        "ix_flow_effect_due",
        "flow_effect",
        ["next_attempt_at"],
        schema="meta",
        postgresql_where=sa.text("status IN ('waiting', 'sending')"),
    )
    op.create_index(
        "ix_flow_effect_dead", "flow_effect", ["id"], schema="meta", postgresql_where=sa.text("status = 'dead'")
    )

"""Platform table: requests that were answered once, for `Idempotency-Key`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "answered_request",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="what the client sent as Idempotency-Key"),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of method, path and body"),
        sa.Column("status", sa.SmallInteger(), comment="null only inside the answering transaction"),
        sa.Column("headers", postgresql.JSONB(none_as_null=True)),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_answered_request")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["meta.user.id"], name=op.f("fk_answered_request_user_id"), ondelete="CASCADE"
        ),
        schema="meta",
    )
    op.create_index(op.f("ix_answered_request_created_at"), "answered_request", ["created_at"], schema="meta")

"""Platform table: exports of records and balances."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "export_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="full name of a form or a balance"),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "token_scopes",
            postgresql.JSONB(none_as_null=True),
            comment="of the API token it was asked with; null for a signed-in person",
        ),
        sa.Column("language", sa.Text(), nullable=False, comment="of the titles in the sheet"),
        sa.Column("time_zone", sa.Text(), nullable=False, comment="of the times in the sheet"),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column(
            "query", postgresql.JSONB(none_as_null=True), nullable=False, comment="filter, search, sort, fields, bin"
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False, server_default=sa.false(), comment="asked to stop"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("rows_total", sa.BigInteger(), comment="records of the list; null until they are counted"),
        sa.Column("rows_written", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column(
            "open_fields",
            postgresql.JSONB(none_as_null=True),
            comment="keys of the fields that the file holds unmasked",
        ),
        sa.Column("file_id", sa.Uuid()),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_size", sa.BigInteger(), comment="bytes"),
        sa.Column("error", postgresql.JSONB(none_as_null=True), comment="code, params"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_run")),
        sa.ForeignKeyConstraint(["user_id"], ["meta.user.id"], name=op.f("fk_export_run_user_id"), ondelete="CASCADE"),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'completed', 'failed', 'cancelled')", name=op.f("ck_export_run_status")
        ),
        sa.CheckConstraint("format IN ('csv', 'xlsx')", name=op.f("ck_export_run_format")),
        schema="meta",
    )
    op.create_index(op.f("ix_export_run_user_id_created_at"), "export_run", ["user_id", "created_at"], schema="meta")
    op.create_index(op.f("ix_export_run_created_at"), "export_run", ["created_at"], schema="meta")

"""Platform table: imports of records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "import_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False, comment="full name"),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "token_scopes",
            postgresql.JSONB(none_as_null=True),
            comment="of the API token it was asked with; null for a signed-in person",
        ),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column(
            "options", postgresql.JSONB(none_as_null=True), nullable=False, comment="mapping, mode, key, partial"
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False, server_default=sa.false(), comment="asked to stop"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("rows_total", sa.BigInteger(), comment="lines of the file, as far as it tells"),
        sa.Column("rows_read", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("created", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("updated", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("failed", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("errors", postgresql.JSONB(none_as_null=True), comment="the first ones: line, path, code, params"),
        sa.Column("error_file_id", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.ForeignKeyConstraint(["user_id"], ["meta.user.id"], name=op.f("fk_import_run_user_id"), ondelete="CASCADE"),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'completed', 'failed', 'cancelled')", name=op.f("ck_import_run_status")
        ),
        schema="meta",
    )
    op.create_index(op.f("ix_import_run_user_id_created_at"), "import_run", ["user_id", "created_at"], schema="meta")
    op.create_index(op.f("ix_import_run_created_at"), "import_run", ["created_at"], schema="meta")

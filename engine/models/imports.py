"""Table of imports: what was asked, how far it is, how it ended."""

from __future__ import annotations

import sqlalchemy as sa

from engine.models.metadata import Id, Instant, JsonData, metadata

import_run = sa.Table(
    "import_run",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("form", sa.Text, nullable=False, comment="full name"),
    sa.Column("user_id", Id, sa.ForeignKey("user.id", ondelete="CASCADE"), nullable=False),
    sa.Column("token_scopes", JsonData, comment="of the API token it was asked with; null for a signed-in person"),
    sa.Column("file_id", Id, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("options", JsonData, nullable=False, comment="mapping, mode, key, partial"),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("is_cancelled", sa.Boolean, nullable=False, server_default=sa.false(), comment="asked to stop"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("rows_total", sa.BigInteger, comment="lines of the file, as far as it tells"),
    sa.Column("rows_read", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("created", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("updated", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("failed", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("errors", JsonData, comment="the first ones: line, path, code, params"),
    sa.Column("error_file_id", Id),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("ended_at", Instant),
    sa.CheckConstraint("status IN ('queued', 'running', 'completed', 'failed', 'cancelled')", name="status"),
    sa.Index(None, "user_id", "created_at"),
    sa.Index(None, "created_at"),
)

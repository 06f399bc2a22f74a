"""Table of exports: what was asked, how far it is, how it ended."""

from __future__ import annotations

import sqlalchemy as sa

from engine.models.metadata import Id, Instant, JsonData, metadata

export_run = sa.Table(
    "export_run",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", sa.Text, nullable=False, comment="full name of a form or a balance"),
    sa.Column("user_id", Id, sa.ForeignKey("user.id", ondelete="CASCADE"), nullable=False),
    sa.Column("token_scopes", JsonData, comment="of the API token it was asked with; null for a signed-in person"),
    sa.Column("language", sa.Text, nullable=False, comment="of the titles in the sheet"),
    sa.Column("time_zone", sa.Text, nullable=False, comment="of the times in the sheet"),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("query", JsonData, nullable=False, comment="filter, search, sort, fields, bin"),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("is_cancelled", sa.Boolean, nullable=False, server_default=sa.false(), comment="asked to stop"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("rows_total", sa.BigInteger, comment="records of the list; null until they are counted"),
    sa.Column("rows_written", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("open_fields", JsonData, comment="keys of the fields that the file holds unmasked"),
    sa.Column("file_id", Id),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("file_size", sa.BigInteger, comment="bytes"),
    sa.Column("error", JsonData, comment="code, params"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("ended_at", Instant),
    sa.CheckConstraint("status IN ('queued', 'running', 'completed', 'failed', 'cancelled')", name="status"),
    sa.CheckConstraint("format IN ('csv', 'xlsx')", name="format"),
    sa.Index(None, "user_id", "created_at"),
    sa.Index(None, "created_at"),
)

"""Tables of files: what is known of each upload; the bytes stand under the data directory by their hash."""

from __future__ import annotations

import sqlalchemy as sa

from engine.models.metadata import Id, Instant, metadata

file = sa.Table(
    "file",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", Id, nullable=False),
    sa.Column("form", sa.Text, comment="null until a record holds the file"),
    sa.Column("record_id", Id),
    sa.Column("field", sa.Text),
    sa.Index(None, "form", "record_id"),
    sa.Index("ix_file_unattached", "created_at", postgresql_where=sa.text("form IS NULL")),
)

"""Table of requests that were answered once and get the same answer again (`Idempotency-Key`)."""

from __future__ import annotations

import sqlalchemy as sa

from engine.models.metadata import Id, Instant, JsonData, metadata

answered_request = sa.Table(
    "answered_request",
    metadata,
    sa.Column("user_id", Id, sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True, comment="what the client sent as Idempotency-Key"),
    sa.Column("request_hash", sa.LargeBinary, nullable=False, comment="SHA-256 of method, path and body"),
    sa.Column("status", sa.SmallInteger, comment="null only inside the answering transaction"),
    sa.Column("headers", JsonData),
    sa.Column("body", sa.LargeBinary),
    sa.Column("created_at", Instant, nullable=False, index=True),
)

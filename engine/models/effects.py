"""Table of the outbox: what flows send outside, written with the run and sent after its commit.

Written by `flow_engine.runs.outbox` and `flow_engine.effects` alone.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.models.flows import flow_token
from engine.models.metadata import Id, Instant, JsonData, metadata

flow_effect = sa.Table(
    "flow_effect",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("instance_id", Id, nullable=False),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, comment="channel: http | mail"),
    sa.Column("payload", JsonData, nullable=False),
    sa.Column("idempotency_key", sa.Text, nullable=False, unique=True, comment="the same with every try"),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", JsonData, comment="of the last attempt"),
    sa.Column("next_attempt_at", Instant, nullable=False, comment="due; while sending, when the claim ends"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.ForeignKeyConstraint(
        ["instance_id", "token"], [flow_token.c.instance_id, flow_token.c.number], ondelete="CASCADE"
    ),
    sa.CheckConstraint("status IN ('waiting', 'sending', 'sent', 'dead', 'dropped')", name="status"),
    sa.Index(None, "instance_id", "token"),
    sa.Index("ix_flow_effect_due", "next_attempt_at", postgresql_where=sa.text("status IN ('waiting', 'sending')")),
    sa.Index("ix_flow_effect_dead", "id", postgresql_where=sa.text("status = 'dead'")),
)

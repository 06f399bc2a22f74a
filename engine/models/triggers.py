"""Tables of what sets flows off besides changes and hands: schedules, webhooks, and runs that wait for an event.

Written by `flow_engine.starters.schedules`, `flow_engine.starters.webhooks` and `flow_engine.runs.listening`, each its own.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.models.flows import flow_token
from engine.models.metadata import BigNumber, Id, Instant, JsonData, metadata

flow_schedule = sa.Table(
    "flow_schedule",
    metadata,
    sa.Column("flow", sa.Text, primary_key=True, comment="full name"),
    sa.Column("cron", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("next_due", Instant, comment="null: never again"),
    sa.Column("queued_due", Instant, comment="the firing that a job was queued for last"),
    sa.Column("is_paused", sa.Boolean, nullable=False, server_default=sa.false()),
    # A tick reads no row but those that are due.
    sa.Index("ix_flow_schedule_due", "next_due", postgresql_where=sa.text("NOT is_paused AND next_due IS NOT NULL")),
)

flow_firing = sa.Table(
    "flow_firing",
    metadata,
    sa.Column("flow", sa.Text, primary_key=True),
    sa.Column("due_at", Instant, primary_key=True, comment="with the flow: what makes a firing one"),
    sa.Column("fired_at", Instant, nullable=False),
    sa.Column("runs", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", JsonData, comment="localized: why nothing was started"),
)

flow_webhook = sa.Table(
    "flow_webhook",
    metadata,
    sa.Column("flow", sa.Text, primary_key=True, comment="full name"),
    sa.Column("salt", sa.Text, nullable=False, comment="the secret is derived from it and the installation's key"),
    sa.Column("previous_salt", sa.Text, comment="of the secret before, for a while"),
    sa.Column("previous_until", Instant),
    sa.Column("rotated_at", Instant, nullable=False),
    sa.Column("rotated_by", Id, nullable=False),
    sa.Column("is_paused", sa.Boolean, nullable=False, server_default=sa.false()),
)

flow_delivery = sa.Table(
    "flow_delivery",
    metadata,
    sa.Column("flow", sa.Text, primary_key=True),
    sa.Column("message", sa.Text, primary_key=True, comment="the sender's webhook-id"),
    sa.Column("body_hash", sa.LargeBinary, nullable=False),
    sa.Column("instance_id", Id),
    sa.Column("received_at", Instant, nullable=False, index=True),
)

flow_wait = sa.Table(
    "flow_wait",
    metadata,
    sa.Column("instance_id", Id, primary_key=True),
    sa.Column("token", sa.Integer, primary_key=True),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("definition_version_id", BigNumber, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("key", sa.LargeBinary, nullable=False, comment="hash of form, fields and values that an event must have"),
    sa.Column("record_id", Id, comment="of the event that came"),
    sa.Column("found_at", Instant),
    sa.ForeignKeyConstraint(
        ["instance_id", "token"], [flow_token.c.instance_id, flow_token.c.number], ondelete="CASCADE"
    ),
    sa.Index("ix_flow_wait_key", "key", postgresql_where=sa.text("found_at IS NULL")),
)

"""Platform tables: schedules, webhooks, runs that wait for an event; what set a run off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(none_as_null=True)


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "flow_instance",
        sa.Column("occasion", JSON, comment="what set it off, where no record did: schedule, webhook, input"),
        schema="meta",
    )
    _schedules()
    _webhooks()
    _waits()


def _schedules() -> None:
    op.create_table(
        "flow_schedule",
        sa.Column("flow", sa.Text(), nullable=False, comment="full name"),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("next_due", INSTANT, comment="null: never again"),
        sa.Column("queued_due", INSTANT, comment="the firing that a job was queued for last"),
        sa.Column("is_paused", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("flow", name=op.f("pk_flow_schedule")),
        schema="meta",
    )
    op.create_index(
        "ix_flow_schedule_due",
        "flow_schedule",
        ["next_due"],
        schema="meta",
        postgresql_where=sa.text("NOT is_paused AND next_due IS NOT NULL"),
    )
    op.create_table(
        "flow_firing",
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False, comment="with the flow: what makes a firing one"),
        sa.Column("fired_at", INSTANT, nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("error", JSON, comment="localized: why nothing was started"),
        sa.PrimaryKeyConstraint("flow", "due_at", name=op.f("pk_flow_firing")),
        schema="meta",
    )


def _webhooks() -> None:
    op.create_table(
        "flow_webhook",
        sa.Column("flow", sa.Text(), nullable=False, comment="full name"),
        sa.Column(
            "salt", sa.Text(), nullable=False, comment="the secret is derived from it and the installation's key"
        ),
        sa.Column("previous_salt", sa.Text(), comment="of the secret before, for a while"),
        sa.Column("previous_until", INSTANT),
        sa.Column("rotated_at", INSTANT, nullable=False),
        sa.Column("rotated_by", sa.Uuid(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("flow", name=op.f("pk_flow_webhook")),
        schema="meta",
    )
    op.create_table(
        "flow_delivery",
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False, comment="the sender's webhook-id"),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("instance_id", sa.Uuid()),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("flow", "message", name=op.f("pk_flow_delivery")),
        schema="meta",
    )
    op.create_index(op.f("ix_flow_delivery_received_at"), "flow_delivery", ["received_at"], schema="meta")


def _waits() -> None:
    op.create_table(
        "flow_wait",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("definition_version_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column(
            "key",
            sa.LargeBinary(),
            nullable=False,
            comment="hash of form, fields and values that an event must have",
        ),
        sa.Column("record_id", sa.Uuid(), comment="of the event that came"),
        sa.Column("found_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["instance_id", "token"],
            ["meta.flow_token.instance_id", "meta.flow_token.number"],
            name=op.f("fk_flow_wait_instance_id_token"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("instance_id", "token", name=op.f("pk_flow_wait")),
        schema="meta",
    )
    op.create_index(
        "ix_flow_wait_key", "flow_wait", ["key"], schema="meta", postgresql_where=sa.text("found_at IS NULL")
    )

"""Tables of flows: instances and their tokens, tasks for people, the journal of row changes, node runs, notifications.

Written by `flow_engine` alone.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine.models.definitions import definition_version
from engine.models.metadata import BigNumber, Id, Instant, JsonData, metadata

flow_instance = sa.Table(
    "flow_instance",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("flow", sa.Text, nullable=False, comment="full name"),
    sa.Column("definition_version_id", BigNumber, sa.ForeignKey(definition_version.c.id), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("form", sa.Text),
    sa.Column("record_id", Id),
    sa.Column("state", JsonData, comment="values, loops and joins; null once the run has ended"),
    sa.Column(
        "chain", JsonData, nullable=False, server_default="[]", comment="flows that set this one off, first first"
    ),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("started_by", Id, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("error", JsonData),
    sa.Column("dedup_key", sa.Text, unique=True),
    sa.Column("occasion", JsonData, comment="what set it off, where no record did: schedule, webhook, input"),
    # A run is written when it ends, so after the runs that it set off: checked at the end of the transaction.
    sa.Column("parent_id", Id, sa.ForeignKey("flow_instance.id", deferrable=True, initially="DEFERRED"), index=True),
    sa.CheckConstraint("status IN ('running', 'waiting', 'failed', 'completed', 'cancelled')", name="status"),
    sa.Index(None, "form", "record_id"),
    sa.Index(None, "flow", "id"),
)

flow_token = sa.Table(
    "flow_token",
    metadata,
    sa.Column("instance_id", Id, sa.ForeignKey(flow_instance.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, comment="place among the instance's tokens, from 1"),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("iteration", JsonData, nullable=False, server_default="[]", comment="turns of the loops around the node"),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("due_at", Instant, comment="when its waiting ends; null where it waits for something else"),
    sa.Column("woken_at", Instant, comment="when the end of its waiting was seen and queued"),
    sa.CheckConstraint("status IN ('ready', 'waiting', 'done', 'failed', 'cancelled')", name="status"),
    sa.Index("ix_flow_token_ready", "created_at", postgresql_where=sa.text("status = 'ready'")),
    # Only what still waits for a moment: a tick reads no row but those that are due.
    sa.Index(
        "ix_flow_token_due",
        "due_at",
        postgresql_where=sa.text("status = 'waiting' AND due_at IS NOT NULL AND woken_at IS NULL"),
    ),
)

flow_task = sa.Table(
    "flow_task",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("instance_id", Id, nullable=False),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False, comment="any | all | sequence"),
    sa.Column("form", sa.Text),
    sa.Column("record_id", Id),
    sa.Column("assignee_id", Id, sa.ForeignKey("user.id"), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False, server_default="0", comment="place in a sequence of assignees"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("due_at", Instant),
    sa.Column("decision", sa.Text),
    sa.Column("decided_at", Instant),
    sa.Column("decided_by", Id),
    sa.Column("opinion", sa.Text),
    sa.ForeignKeyConstraint(
        ["instance_id", "token"], [flow_token.c.instance_id, flow_token.c.number], ondelete="CASCADE"
    ),
    sa.CheckConstraint("status IN ('pending', 'open', 'approved', 'rejected', 'returned', 'cancelled')", name="status"),
    sa.Index(None, "instance_id", "token"),
    sa.Index("ix_flow_task_open", "assignee_id", "id", postgresql_where=sa.text("status = 'open'")),
    sa.Index(None, "assignee_id", "decided_at"),
    sa.Index(None, "form", "record_id"),
)

flow_journal = sa.Table(
    "flow_journal",
    metadata,
    sa.Column("instance_id", Id, sa.ForeignKey(flow_instance.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, comment="order within the instance, from 1"),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("iteration", JsonData, nullable=False, server_default="[]"),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("before", JsonData),
    sa.Column("after", JsonData),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "form", "record_id"),
)

flow_log = sa.Table(
    "flow_log",
    metadata,
    sa.Column("instance_id", Id, sa.ForeignKey(flow_instance.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, comment="order within the instance, from 1"),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("iteration", JsonData, nullable=False, server_default="[]"),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("input", JsonData),
    sa.Column("output", JsonData),
    sa.Column("error", JsonData),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
)

notification = sa.Table(
    "notification",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("user.id", ondelete="CASCADE"), nullable=False),
    sa.Column("text", JsonData, nullable=False, comment="localized"),
    sa.Column("link", sa.Text),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("read_at", Instant),
    sa.Index(None, "user_id", "id"),
    sa.Index("ix_notification_unread", "user_id", postgresql_where=sa.text("read_at IS NULL")),
)

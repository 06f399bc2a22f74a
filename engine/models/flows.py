"""Tables of flows: instances and their tokens, tasks for people, the journal of row changes, node runs, notifications.

Written by `flow_engine.store` alone.
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
    sa.Column("definition_version_id", BigNumber, sa.ForeignKey(definition_version.c.id), nullable=False, index=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("form", sa.Text),
    sa.Column("record_id", Id),
    sa.Column("values", JsonData, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("started_by", Id, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("error", JsonData),
    sa.Column("dedup_key", sa.Text, unique=True),
    sa.Column("parent_id", Id, sa.ForeignKey("flow_instance.id"), index=True),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Index(None, "form", "record_id"),
    sa.Index(None, "flow", "started_at"),
    sa.Index(None, "started_at", "id"),
)

flow_token = sa.Table(
    "flow_token",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("instance_id", Id, sa.ForeignKey(flow_instance.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column(
        "iteration", JsonData, nullable=False, server_default="[]", comment="positions in the loops around the node"
    ),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("wait_kind", sa.Text),
    sa.Column("due_at", Instant),
    sa.Column("parent_id", Id, sa.ForeignKey("flow_token.id"), index=True),
    sa.Column("values", JsonData, comment="what the token carries: loop item, collected results"),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint("status IN ('ready', 'waiting', 'done', 'failed', 'cancelled')", name="status"),
    sa.Index("ix_flow_token_due", "due_at", postgresql_where=sa.text("status = 'waiting' AND due_at IS NOT NULL")),
    sa.Index("ix_flow_token_ready", "created_at", postgresql_where=sa.text("status = 'ready'")),
)

flow_task = sa.Table(
    "flow_task",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("instance_id", Id, sa.ForeignKey(flow_instance.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("token_id", Id, sa.ForeignKey(flow_token.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("node", sa.Text, nullable=False),
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
    sa.CheckConstraint("status IN ('open', 'approved', 'rejected', 'returned', 'cancelled')", name="status"),
    sa.Index("ix_flow_task_open", "assignee_id", "created_at", postgresql_where=sa.text("status = 'open'")),
    sa.Index(None, "assignee_id", "decided_at"),
    sa.Index(None, "form", "record_id"),
)

flow_journal = sa.Table(
    "flow_journal",
    metadata,
    sa.Column("id", BigNumber, sa.Identity(always=True), primary_key=True),
    sa.Column("instance_id", Id, sa.ForeignKey(flow_instance.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False, comment="order within the instance, from 1"),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("iteration", JsonData, nullable=False, server_default="[]"),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("before", JsonData),
    sa.Column("after", JsonData),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("instance_id", "seq"),
    sa.Index(None, "form", "record_id"),
)

flow_log = sa.Table(
    "flow_log",
    metadata,
    sa.Column("id", BigNumber, sa.Identity(always=True), primary_key=True),
    sa.Column("instance_id", Id, sa.ForeignKey(flow_instance.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("token_id", Id),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("iteration", JsonData, nullable=False, server_default="[]"),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("input", JsonData),
    sa.Column("output", JsonData),
    sa.Column("error", JsonData),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Index(None, "instance_id", "id"),
    sa.Index("ix_flow_log_token", "token_id", postgresql_where=sa.text("ended_at IS NULL")),
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

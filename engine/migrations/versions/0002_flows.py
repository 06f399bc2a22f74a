"""Platform tables: flow instances, tokens, tasks, journal, node runs, notifications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _flow_instance()
    _flow_token()
    _flow_task()
    _flow_journal()
    _flow_log()
    _notification()


def _flow_instance() -> None:
    op.create_table(
        "flow_instance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False, comment="full name"),
        sa.Column("definition_version_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("form", sa.Text()),
        sa.Column("record_id", sa.Uuid()),
        sa.Column(
            "state", postgresql.JSONB(none_as_null=True), comment="values, loops and joins; null once the run has ended"
        ),
        sa.Column(
            "chain",
            postgresql.JSONB(none_as_null=True),
            server_default="[]",
            nullable=False,
            comment="flows that set this one off, first first",
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("error", postgresql.JSONB(none_as_null=True)),
        sa.Column("dedup_key", sa.Text()),
        sa.Column("parent_id", sa.Uuid()),
        sa.CheckConstraint(
            "status IN ('running', 'waiting', 'failed', 'completed', 'cancelled')", name=op.f("ck_flow_instance_status")
        ),
        sa.ForeignKeyConstraint(
            ["definition_version_id"],
            ["meta.definition_version.id"],
            name=op.f("fk_flow_instance_definition_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["meta.flow_instance.id"],
            name=op.f("fk_flow_instance_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_instance")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_flow_instance_dedup_key")),
        schema="meta",
    )
    op.create_index(op.f("ix_flow_instance_flow_id"), "flow_instance", ["flow", "id"], unique=False, schema="meta")
    op.create_index(
        op.f("ix_flow_instance_form_record_id"), "flow_instance", ["form", "record_id"], unique=False, schema="meta"
    )
    op.create_index(op.f("ix_flow_instance_parent_id"), "flow_instance", ["parent_id"], unique=False, schema="meta")


def _flow_token() -> None:
    op.create_table(
        "flow_token",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="place among the instance's tokens, from 1"),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column(
            "iteration",
            postgresql.JSONB(none_as_null=True),
            server_default="[]",
            nullable=False,
            comment="turns of the loops around the node",
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('ready', 'waiting', 'done', 'failed', 'cancelled')", name=op.f("ck_flow_token_status")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["meta.flow_instance.id"], name=op.f("fk_flow_token_instance_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name=op.f("pk_flow_token")),
        schema="meta",
    )
    op.create_index(
        "ix_flow_token_ready",
        "flow_token",
        ["created_at"],
        unique=False,
        schema="meta",
        postgresql_where=sa.text("status = 'ready'"),
    )


def _flow_task() -> None:
    op.create_table(
        "flow_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False, comment="any | all | sequence"),
        sa.Column("form", sa.Text()),
        sa.Column("record_id", sa.Uuid()),
        sa.Column("assignee_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "position", sa.Integer(), server_default="0", nullable=False, comment="place in a sequence of assignees"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("decision", sa.Text()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("opinion", sa.Text()),
        sa.CheckConstraint(
            "status IN ('pending', 'open', 'approved', 'rejected', 'returned', 'cancelled')",
            name=op.f("ck_flow_task_status"),
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["meta.user.id"], name=op.f("fk_flow_task_assignee_id")),
        sa.ForeignKeyConstraint(
            ["instance_id", "token"],
            ["meta.flow_token.instance_id", "meta.flow_token.number"],
            name=op.f("fk_flow_task_instance_id_token"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_task")),
        schema="meta",
    )
    op.create_index(
        op.f("ix_flow_task_assignee_id_decided_at"),
        "flow_task",
        ["assignee_id", "decided_at"],
        unique=False,
        schema="meta",
    )
    op.create_index(
        op.f("ix_flow_task_form_record_id"), "flow_task", ["form", "record_id"], unique=False, schema="meta"
    )
    op.create_index(
        op.f("ix_flow_task_instance_id_token"), "flow_task", ["instance_id", "token"], unique=False, schema="meta"
    )
    op.create_index(
        "ix_flow_task_open",
        "flow_task",
        ["assignee_id", "id"],
        unique=False,
        schema="meta",
        postgresql_where=sa.text("status = 'open'"),
    )


def _flow_journal() -> None:
    op.create_table(
        "flow_journal",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="order within the instance, from 1"),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("iteration", postgresql.JSONB(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(none_as_null=True)),
        sa.Column("after", postgresql.JSONB(none_as_null=True)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["meta.flow_instance.id"], name=op.f("fk_flow_journal_instance_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("instance_id", "seq", name=op.f("pk_flow_journal")),
        schema="meta",
    )
    op.create_index(
        op.f("ix_flow_journal_form_record_id"), "flow_journal", ["form", "record_id"], unique=False, schema="meta"
    )


def _flow_log() -> None:
    op.create_table(
        "flow_log",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="order within the instance, from 1"),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("iteration", postgresql.JSONB(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("input", postgresql.JSONB(none_as_null=True)),
        sa.Column("output", postgresql.JSONB(none_as_null=True)),
        sa.Column("error", postgresql.JSONB(none_as_null=True)),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["meta.flow_instance.id"], name=op.f("fk_flow_log_instance_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("instance_id", "seq", name=op.f("pk_flow_log")),
        schema="meta",
    )


def _notification() -> None:
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("text", postgresql.JSONB(none_as_null=True), nullable=False, comment="localized"),
        sa.Column("link", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["user_id"], ["meta.user.id"], name=op.f("fk_notification_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        schema="meta",
    )
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["user_id"],
        unique=False,
        schema="meta",
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(op.f("ix_notification_user_id_id"), "notification", ["user_id", "id"], unique=False, schema="meta")

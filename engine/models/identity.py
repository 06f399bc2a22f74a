"""Tables of identity: people, departments, their roles, and what they sign in with."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine.models.metadata import Id, Instant, metadata

department = sa.Table(
    "department",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("parent_id", Id, sa.ForeignKey("department.id"), index=True),
    sa.Column("head_id", Id, sa.ForeignKey("user.id", use_alter=True), index=True),
    sa.Column("created_at", Instant, nullable=False),
)

user = sa.Table(
    "user",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("username", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text),
    sa.Column("password_hash", sa.Text, comment="argon2id; null: may not sign in with a password"),
    sa.Column("department_id", Id, sa.ForeignKey(department.c.id), index=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("is_administrator", sa.Boolean, nullable=False, server_default=sa.text("false")),
    sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.text("true")),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("password_changed_at", Instant),
    sa.Index("uq_user_username", sa.text("lower(username)"), unique=True),
)

user_role = sa.Table(
    "user_role",
    metadata,
    sa.Column("user_id", Id, sa.ForeignKey(user.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("role", sa.Text, primary_key=True, comment="full name, crm.sales"),
    sa.Index(None, "role"),
)

session_token = sa.Table(
    "session_token",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True, comment="SHA-256; the token itself is never stored"),
    sa.Column("user_id", Id, sa.ForeignKey(user.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("used_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False, index=True),
    sa.Column("address", sa.Text),
    sa.Column("user_agent", sa.Text),
)

password_link = sa.Table(
    "password_link",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey(user.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)

api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey(user.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("hint", sa.Text, nullable=False, comment="first characters, to tell tokens apart"),
    sa.Column("scopes", postgresql.ARRAY(sa.Text), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)

sign_in_attempt = sa.Table(
    "sign_in_attempt",
    metadata,
    sa.Column("key", sa.Text, primary_key=True, comment="user:<username> or address:<address>"),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", Instant, nullable=False),
    sa.Column("blocked_until", Instant),
)

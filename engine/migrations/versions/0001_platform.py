"""Platform tables: definitions, identity, audit trail, files, jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _trigrams()
    _definition()
    _definition_version()
    _definition_reference()
    _translation()
    _catalog_revision()
    _department()
    _user()
    _user_role()
    _session_token()
    _password_link()
    _api_token()
    _sign_in_attempt()
    _audit()
    _serial()
    _file()
    _job()


def _trigrams() -> None:
    """Install pg_trgm where the server has it and we may: search is faster with it and right without."""
    connection = op.get_bind()
    if connection.scalar(sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")) is None:
        return
    try:
        with connection.begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public")
    except sa.exc.ProgrammingError:  # the role may not create extensions on a managed server
        return


def _definition() -> None:
    op.create_table(
        "definition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("draft", postgresql.JSON(none_as_null=True)),
        sa.Column("draft_saved_at", sa.DateTime(timezone=True)),
        sa.Column("draft_saved_by", sa.Uuid()),
        sa.Column(
            "published_version",
            sa.Integer(),
            comment="number of the version in force; null: never published, or retired",
        ),
        sa.Column("last_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
        sa.UniqueConstraint("kind", "app", "key", name=op.f("uq_definition_kind_app_key")),
        schema="meta",
    )


def _definition_version() -> None:
    op.create_table(
        "definition_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSON(none_as_null=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["meta.definition.id"],
            name=op.f("fk_definition_version_definition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_version")),
        sa.UniqueConstraint("definition_id", "version", name=op.f("uq_definition_version_definition_id_version")),
        schema="meta",
    )


def _definition_reference() -> None:
    op.create_table(
        "definition_reference",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="kind of the definition pointed at"),
        sa.Column("name", sa.Text(), nullable=False, comment="its full name"),
        sa.Column("member", sa.Text(), comment="field, action or node of it; null: the whole"),
        sa.Column("pointer", sa.Text(), nullable=False, comment="where in the pointing document"),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["meta.definition.id"],
            name=op.f("fk_definition_reference_definition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_reference")),
        schema="meta",
    )
    op.create_index(
        op.f("ix_definition_reference_definition_id"),
        "definition_reference",
        ["definition_id"],
        unique=False,
        schema="meta",
    )
    op.create_index(
        op.f("ix_definition_reference_kind_name_member"),
        "definition_reference",
        ["kind", "name", "member"],
        unique=False,
        schema="meta",
    )


def _translation() -> None:
    op.create_table(
        "translation",
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSON(none_as_null=True), nullable=False, comment="path of a title -> its text"),
        sa.PrimaryKeyConstraint("app", "language", name=op.f("pk_translation")),
        schema="meta",
    )


def _catalog_revision() -> None:
    op.create_table(
        "catalog_revision",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_catalog_revision_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_revision")),
        schema="meta",
    )
    op.execute(sa.schema.CreateSequence(sa.Sequence("catalog_revision_number", schema="meta")))
    op.execute("INSERT INTO meta.catalog_revision (id, revision) VALUES (1, nextval('meta.catalog_revision_number'))")


def _department() -> None:
    op.create_table(
        "department",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("head_id", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["meta.department.id"], name=op.f("fk_department_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("key", name=op.f("uq_department_key")),
        schema="meta",
    )
    op.create_index(op.f("ix_department_head_id"), "department", ["head_id"], unique=False, schema="meta")
    op.create_index(op.f("ix_department_parent_id"), "department", ["parent_id"], unique=False, schema="meta")


def _user() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("password_hash", sa.Text(), comment="argon2id; null: may not sign in with a password"),
        sa.Column("department_id", sa.Uuid()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("is_administrator", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["department_id"], ["meta.department.id"], name=op.f("fk_user_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        schema="meta",
    )
    op.create_index(op.f("ix_user_department_id"), "user", ["department_id"], unique=False, schema="meta")
    op.create_index("uq_user_username", "user", [sa.literal_column("lower(username)")], unique=True, schema="meta")
    op.create_foreign_key(
        "fk_department_head_id", "department", "user", ["head_id"], ["id"], source_schema="meta", referent_schema="meta"
    )


def _user_role() -> None:
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="full name, crm.sales"),
        sa.ForeignKeyConstraint(["user_id"], ["meta.user.id"], name=op.f("fk_user_role_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_role")),
        schema="meta",
    )
    op.create_index(op.f("ix_user_role_role"), "user_role", ["role"], unique=False, schema="meta")


def _session_token() -> None:
    op.create_table(
        "session_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256; the token itself is never stored"),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("user_agent", sa.Text()),
        sa.ForeignKeyConstraint(
            ["user_id"], ["meta.user.id"], name=op.f("fk_session_token_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session_token")),
        schema="meta",
    )
    op.create_index(op.f("ix_session_token_expires_at"), "session_token", ["expires_at"], unique=False, schema="meta")
    op.create_index(op.f("ix_session_token_user_id"), "session_token", ["user_id"], unique=False, schema="meta")


def _password_link() -> None:
    op.create_table(
        "password_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["meta.user.id"], name=op.f("fk_password_link_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_password_link")),
        schema="meta",
    )
    op.create_index(op.f("ix_password_link_user_id"), "password_link", ["user_id"], unique=False, schema="meta")


def _api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False, comment="first characters, to tell tokens apart"),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["user_id"], ["meta.user.id"], name=op.f("fk_api_token_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
        schema="meta",
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False, schema="meta")


def _sign_in_attempt() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("key", sa.Text(), nullable=False, comment="user:<username> or address:<address>"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_attempt")),
        schema="meta",
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "by_platform", sa.Boolean(), nullable=False, comment="a flow or an installation acted in the user's name"
        ),
        sa.Column(
            "form", sa.Text(), nullable=False, comment="crm.sales_order; meta.user and the like for the platform's own"
        ),
        sa.Column("record_id", sa.Uuid()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), comment="of the record after the change"),
        sa.Column("before", postgresql.JSONB(none_as_null=True), comment="changed fields only"),
        sa.Column("after", postgresql.JSONB(none_as_null=True), comment="changed fields only"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        schema="meta",
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False, schema="meta")
    op.create_index(
        op.f("ix_audit_form_record_id_id"), "audit", ["form", "record_id", "id"], unique=False, schema="meta"
    )


def _serial() -> None:
    op.create_table(
        "serial",
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False, comment="what restarts the count: 202611, or empty"),
        sa.Column("value", sa.BigInteger(), nullable=False, comment="last number given"),
        sa.PrimaryKeyConstraint("form", "field", "period", name=op.f("pk_serial")),
        schema="meta",
    )


def _file() -> None:
    op.create_table(
        "file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("form", sa.Text(), comment="null until a record holds the file"),
        sa.Column("record_id", sa.Uuid()),
        sa.Column("field", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        schema="meta",
    )
    op.create_index(op.f("ix_file_form_record_id"), "file", ["form", "record_id"], unique=False, schema="meta")
    op.create_index(op.f("ix_file_sha256"), "file", ["sha256"], unique=False, schema="meta")
    op.create_index(
        "ix_file_unattached",
        "file",
        ["created_at"],
        unique=False,
        schema="meta",
        postgresql_where=sa.text("form IS NULL"),
    )


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("key", sa.Text(), comment="one ready job a key; null: any number"),
        sa.Column(
            "status", sa.Text(), server_default="ready", nullable=False, comment="ready | running | retry | dead"
        ),
        sa.Column(
            "run_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="due; while running, when another worker may take it over",
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), comment="of the last attempt"),
        sa.CheckConstraint("status IN ('ready', 'running', 'retry', 'dead')", name=op.f("ck_job_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        schema="meta",
    )
    op.create_index(
        "ix_job_due", "job", ["run_at", "id"], unique=False, schema="meta", postgresql_where=sa.text("status <> 'dead'")
    )
    op.create_index(
        "uq_job_key", "job", ["key"], unique=True, schema="meta", postgresql_where=sa.text("status = 'ready'")
    )

"""Tables of definitions: what the business built, as drafts and immutable numbered versions."""

from __future__ import annotations

import sqlalchemy as sa

from engine.models.metadata import BigNumber, Id, Instant, JsonText, metadata

definition = sa.Table(
    "definition",
    metadata,
    sa.Column("id", BigNumber, sa.Identity(always=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("app", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("draft", JsonText),
    sa.Column("draft_saved_at", Instant),
    sa.Column("draft_saved_by", Id),
    sa.Column(
        "published_version", sa.Integer, comment="number of the version in force; null: never published, or retired"
    ),
    sa.Column("last_version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("retired_at", Instant),
    sa.UniqueConstraint("kind", "app", "key"),
)

definition_version = sa.Table(
    "definition_version",
    metadata,
    sa.Column("id", BigNumber, sa.Identity(always=True), primary_key=True),
    sa.Column("definition_id", BigNumber, sa.ForeignKey(definition.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("document", JsonText, nullable=False),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("published_by", Id, nullable=False),
    sa.UniqueConstraint("definition_id", "version"),
)

definition_reference = sa.Table(
    "definition_reference",
    metadata,
    sa.Column("id", BigNumber, sa.Identity(always=True), primary_key=True),
    sa.Column(
        "definition_id", BigNumber, sa.ForeignKey(definition.c.id, ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("kind", sa.Text, nullable=False, comment="kind of the definition pointed at"),
    sa.Column("name", sa.Text, nullable=False, comment="its full name"),
    sa.Column("member", sa.Text, comment="field, action or node of it; null: the whole"),
    sa.Column("pointer", sa.Text, nullable=False, comment="where in the pointing document"),
    sa.Index(None, "kind", "name", "member"),
)

translation = sa.Table(
    "translation",
    metadata,
    sa.Column("app", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("texts", JsonText, nullable=False, comment="path of a title -> its text"),
)

#: Numbers the states of the whole catalogue. A sequence, because a rolled-back publication must not give its number
#: to the next one: processes cache by it.
catalog_revision_number = sa.Sequence("catalog_revision_number", metadata=metadata, schema=metadata.schema)

catalog_revision = sa.Table(
    "catalog_revision",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)

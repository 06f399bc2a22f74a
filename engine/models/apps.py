"""Table of installed apps as they came: the folder that each was last installed from."""

from __future__ import annotations

import sqlalchemy as sa

from engine.models.metadata import Id, Instant, JsonText, metadata

app_folder = sa.Table(
    "app_folder",
    metadata,
    sa.Column("app", sa.Text, primary_key=True),
    sa.Column("files", JsonText, nullable=False, comment="path inside the folder -> text, in canonical form"),
    sa.Column("installed_at", Instant, nullable=False),
    sa.Column("installed_by", Id, nullable=False),
)

"""Platform table: the folders that apps were installed from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "app_folder",
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column(
            "files",
            postgresql.JSON(none_as_null=True),
            nullable=False,
            comment="path inside the folder -> text, in canonical form",
        ),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("installed_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("app", name=op.f("pk_app_folder")),
        schema="meta",
    )

"""Tables of what happened and of what is counted: the audit trail, serial counters."""

from __future__ import annotations

import sqlalchemy as sa

from engine.models.metadata import BigNumber, Id, Instant, JsonData, metadata

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", BigNumber, sa.Identity(always=True), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("user_id", Id, nullable=False),
    sa.Column("by_platform", sa.Boolean, nullable=False, comment="a flow or an installation acted in the user's name"),
    sa.Column(
        "form", sa.Text, nullable=False, comment="crm.sales_order; meta.user and the like for the platform's own"
    ),
    sa.Column("record_id", Id),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, comment="of the record after the change"),
    sa.Column("before", JsonData, comment="changed fields only"),
    sa.Column("after", JsonData, comment="changed fields only"),
    sa.Index(None, "form", "record_id", "id"),
    sa.Index(None, "at"),
)

serial = sa.Table(
    "serial",
    metadata,
    sa.Column("form", sa.Text, primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("period", sa.Text, primary_key=True, comment="what restarts the count: 202611, or empty"),
    sa.Column("value", sa.BigInteger, nullable=False, comment="last number given"),
)

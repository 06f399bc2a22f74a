"""The metadata of schema `meta` and the column types that its tables share."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

SCHEMA = "meta"

metadata = sa.MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    },
)

#: An instant, aware UTC in Python.
Instant = sa.DateTime(timezone=True)
#: An identifier of a record, a user or a thing of a run.
Id = sa.Uuid(as_uuid=True)
#: JSON kept as it was written: key order matters in definitions.
JsonText = postgresql.JSON(none_as_null=True)
#: JSON whose order does not matter.
JsonData = postgresql.JSONB(none_as_null=True)
#: A numbered row whose number the database gives.
BigNumber = sa.BigInteger

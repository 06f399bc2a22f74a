"""Identifiers: UUIDv7 (RFC 9562), so that new rows land at the end of their index."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new identifier; later ones sort after earlier ones, to the millisecond."""
    return uuid7()

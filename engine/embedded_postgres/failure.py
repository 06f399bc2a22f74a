"""The one error of the embedded server."""

from __future__ import annotations

from engine.errors import Unavailable


class EmbeddedPostgresError(Unavailable):
    """The embedded server cannot serve; the code and its parameters say why and what helps."""

    code = "postgres_failed"

"""How long the statements of a request may take: limits that its connections carry, and work that is let off them.

One dear search must not hold a connection without end. The server itself watches, by the settings that a connection
begins with, so a request pays no statement for it. What an administrator starts and what is as long as the data (a
publication, a sheet of everything) says so by `lift`. Workers and commands have connections without limits.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from engine.db import Session


def of_requests(seconds: int) -> Mapping[str, str]:
    """Return the server settings of connections whose statements take at most `seconds`.

    Half of it is for waiting on what others hold: who waits for a long change of a table should hear that, and not
    that the question was too large. A transaction that does nothing for twice as long has lost its process: its locks
    are freed.
    """
    return {
        "statement_timeout": f"{seconds}s",
        "lock_timeout": f"{seconds * 500}ms",
        "idle_in_transaction_session_timeout": f"{seconds * 2}s",
    }


def lift(session: Session) -> None:
    """Let the statements of this transaction take as long as they need; waiting for locks stays limited."""
    names = ("statement_timeout", "idle_in_transaction_session_timeout")
    session.execute(sa.select(*(sa.func.set_config(name, "0", True) for name in names)))

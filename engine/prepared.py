"""Statements that PostgreSQL reads and plans once a connection, not once a call.

Planning a small statement costs as much as running it, a long one more. Owns which of them a connection knows; callers
hold theirs as constants, or with what they compiled from a definition. See PREPARE in PostgreSQL's manual: after some
runs the server settles on one plan for all values where that costs no more than one for each, and makes it anew when
statistics or tables change.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from engine.db import Session

#: Statements a connection keeps; a plan is some 50 to 200 kB of the server's memory.
MOST_KEPT: Final = 60
_KEY: Final = "engine.prepared"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """One statement.

    text  -- with `$1`, `$2` … for its values; a percent sign is written twice, as the driver wants it.
    types -- of the values, as PostgreSQL names them: `uuid`, `text[]`. Two statements are never the same one, whatever
             their texts: a text means something else after the tables behind it have changed.
    """

    text: str
    types: tuple[str, ...] = ()


@dataclass(slots=True)
class _Known:
    """What one connection knows: the names of statements, the longest unused first; how many were ever made."""

    names: OrderedDict[Prepared, str] = field(default_factory=OrderedDict)
    made: int = 0


def run(session: Session, statement: Prepared, *values: Any) -> sa.CursorResult[Any]:
    """Run the statement with its values, and let the connection keep it. The rows hold the driver's values."""
    known: _Known = session.connection.info.setdefault(_KEY, _Known())
    name = known.names.get(statement)
    if name is not None:
        known.names.move_to_end(statement)
        return session.connection.exec_driver_sql(_call(name, values), values)
    # A name is never used again: what failed half-way may be there or not.
    known.made += 1
    name = f"dougong_{known.made}"
    types = f"({', '.join(statement.types)})" if statement.types else ""
    text = f"PREPARE {name}{types} AS {statement.text}; {_call(name, values)}"
    if len(known.names) >= MOST_KEPT:
        _, oldest = known.names.popitem(last=False)
        text = f"DEALLOCATE {oldest}; {text}"
    result = session.connection.exec_driver_sql(text, values)
    known.names[statement] = name
    return result


def _call(name: str, values: tuple[Any, ...]) -> str:
    return f"EXECUTE {name}({', '.join(['%s'] * len(values))})" if values else f"EXECUTE {name}"

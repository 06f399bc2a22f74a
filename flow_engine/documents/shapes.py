"""Record types that no form stands behind (decisions, loops, the run itself), and walks over types."""

from __future__ import annotations

from collections.abc import Sequence

from engine.expressions import DATETIME, NUMBER, TEXT, Kind, Members, RecordType, Type, record_of

#: The name `instance`: the run itself.
INSTANCE = record_of(Members("instance", {"id": TEXT, "flow": TEXT, "started_at": DATETIME}))
#: What a for_each node gives after its last turn.
LOOP = record_of(Members("loop", {"count": NUMBER}))


def decision_type(user: Type) -> Type:
    """Return the type of an approval's value, and of the name `decision`: the last one made."""
    types = {"outcome": TEXT, "opinion": TEXT, "by": user, "decided_at": DATETIME}
    return record_of(Members("decision", types))


def type_at(start: Type, path: Sequence[str]) -> Type | None:
    """Return what `path` leads to from a value of type `start`; lists are looked through. None: there is nothing."""
    current = start
    for key in path:
        record = record_in(current)
        found = record.member(key) if record is not None else None
        if found is None:
            return None
        current = found
    return current


def record_in(found: Type | None) -> RecordType | None:
    """Return the record type of a record or of a list of records, None for anything else."""
    while found is not None and found.kind is Kind.LIST:
        found = found.item
    return None if found is None else found.record

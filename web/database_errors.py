"""What PostgreSQL and its driver report, as domain errors; and which failures one more try may cure.

Services translate what they expect (a unique constraint of a form). What arrives here is the state of the world: two
writers in each other's way, a form republished in mid-request, a server that went away.
"""

from __future__ import annotations

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from engine.catalog import CatalogMoved
from engine.errors import Conflict, DomainError, InvalidInput, StorageFull, Unavailable

_SERIALIZATION_FAILURE = "40001"
_DEADLOCK = "40P01"
_DISK_FULL = "53100"
_CONFLICTS = {
    "42703": "definition_changed",  # undefined column: the form was published while this request ran
    "42P01": "definition_changed",  # undefined table
    "23505": "duplicate_value",
    "23503": "still_referenced",
    "23P01": "duplicate_value",
}
#: What a request met because a form was published while it ran; it reads the new definitions when it runs again.
_OUTDATED = ("42703", "42P01")
_UNAVAILABLE = {
    _SERIALIZATION_FAILURE: "database_contended",
    _DEADLOCK: "database_contended",
    "55P03": "database_contended",  # lock timeout
    "57014": "database_too_slow",  # statement timeout
}


def translate(error: Exception) -> DomainError | None:
    """Return the domain error that a database failure stands for; None for a fault of ours (bad SQL and the like)."""
    if isinstance(error, PoolTimeout):
        return Unavailable("database_busy")
    if not isinstance(error, DBAPIError):
        return None
    state = _state(error)
    if state in _CONFLICTS:
        return Conflict(_CONFLICTS[state])
    if state in _UNAVAILABLE:
        return Unavailable(_UNAVAILABLE[state])
    if state[:2] == "22":
        return InvalidInput("value_not_storable")
    if state == _DISK_FULL:
        return StorageFull("database_full")
    if error.connection_invalidated and error.statement is None:  # lost at COMMIT
        return Unavailable("outcome_unknown")
    if _is_away(error, state):
        return Unavailable("database_away")
    return None


def may_be_retried(error: Exception) -> bool:
    """Whether the transaction surely left nothing behind and the same request may work at once.

    A connection lost at COMMIT is not among them: nobody knows what became of that transaction.
    """
    if isinstance(error, CatalogMoved):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if _state(error) in (_SERIALIZATION_FAILURE, _DEADLOCK, *_OUTDATED):
        return True
    return error.connection_invalidated and error.statement is not None


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "pgcode", None) or "")


def _is_away(error: DBAPIError, state: str) -> bool:
    if error.connection_invalidated or state[:2] in ("08", "53", "57") or state == "25006":
        return True
    # A DatabaseError that is none of its kinds: the driver lost its server in the middle of an answer.
    return not state and (isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError)

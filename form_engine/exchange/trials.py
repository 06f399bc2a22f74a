"""A batch of rows through `writing.apply`, and which rows are to blame when it refuses.

Owns the blame: violations say where they stand; a refusal without a place (a flow's, a balance's) is narrowed down by
halves. Every try is inside a savepoint, so what remains in the transaction is exactly the rows without an error.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.actor import Actor
from engine.db import Session
from engine.errors import DomainError, InvalidInput, Violation
from form_engine.changing import writing
from form_engine.exchange.items import Item
from form_engine.record import Change, Record
from form_engine.values import Reading

_PREFIX = "#/rows/"


def apply(session: Session, actor: Actor, form_name: str, items: Sequence[Item]) -> list[tuple[Item, Record]]:
    """Make the changes of all items that have no error; return those with the records as they are now.

    What is wrong with the others is noted in their `errors`; nothing of them is written.
    """
    good = [item for item in items if not item.errors]
    while good:
        try:
            with session.connection.begin_nested():
                changed = writing.apply(session, actor, form_name, _changes(good), readings=_readings(good))
            return list(zip(good, changed, strict=True))
        except InvalidInput as error:
            if not _blame(good, error.violations):
                return _halved(session, actor, form_name, good, error)
            good = [item for item in good if not item.errors]
        except DomainError as error:
            return _halved(session, actor, form_name, good, error)
    return []


def _changes(items: Sequence[Item]) -> list[Change]:
    return [
        Change(action=item.action, id=item.id, values=item.sent(), pointer=f"{_PREFIX}{index}")
        for index, item in enumerate(items)
    ]


def _readings(items: Sequence[Item]) -> dict[str, Reading]:
    """Take what was read ahead; whatever is tried again is read anew."""
    found: dict[str, Reading] = {}
    for index, item in enumerate(items):
        if item.reading is not None:
            found[f"{_PREFIX}{index}"], item.reading = item.reading, None
    return found


def _blame(items: Sequence[Item], violations: Sequence[Violation]) -> bool:
    """Note each violation at the item it points to; whether there was any such."""
    is_blamed = False
    for violation in violations:
        index, *parts = violation.pointer.removeprefix(_PREFIX).split("/")
        if violation.pointer.startswith(_PREFIX) and index.isdigit() and int(index) < len(items):
            items[int(index)].blame(violation, parts)
            is_blamed = True
    return is_blamed


def _halved(
    session: Session, actor: Actor, form_name: str, items: Sequence[Item], error: DomainError
) -> list[tuple[Item, Record]]:
    if len(items) == 1:
        first = error.violations[0] if error.violations else None
        if first is not None:
            items[0].refuse(first.code, **first.params)
        else:
            items[0].refuse(error.code, **error.params)
        return []
    middle = len(items) // 2
    return [
        *apply(session, actor, form_name, items[:middle]),
        *apply(session, actor, form_name, items[middle:]),
    ]

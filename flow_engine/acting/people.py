"""Who is meant: people by name, by role, as heads of departments, in a field of the record, or who started the run.

Owns the reading of `assignees` and `to`, their check, and the statements that find people. Only accounts that are
active count; one person stands once in the result, where first named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import identity, models
from engine.actor import SYSTEM, Actor
from engine.db import Session
from engine.errors import Conflict
from flow_engine.documents.planning import Planning
from flow_engine.runs.running import Running
from form_engine.field_type import DEPARTMENTS, USERS
from form_engine.values import target

MAX_LEVELS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One entry of a list of people.

    value -- user name, role, field, or how many heads up; `of` is the field whose person's (or department's) heads
             are meant, the starter's where it is None.
    """

    type: str
    value: str | int | None = None
    of: str | None = None


def plan_people(planning: Planning, option: str) -> tuple[Person, ...]:
    """Read the list of people at `option`, noting fields that are not there or hold nobody."""
    people = []
    for index, entry in enumerate(planning.option(option)):
        person = Person(type=entry["type"], value=entry.get("value"), of=entry.get("of"))
        people.append(person)
        if person.type == "field":
            _check_field(planning, str(person.value), (USERS, DEPARTMENTS), option, index, "value")
        elif person.of is not None:
            _check_field(planning, person.of, (USERS, DEPARTMENTS), option, index, "of")
        elif person.type == "role":
            planning.notes.references.append(("roles", str(person.value), None, planning.pointer(option, index)))
    return tuple(people)


def _check_field(planning: Planning, key: str, targets: Sequence[str], *path: str | int) -> None:
    if planning.form is None:
        planning.fault(*path, code="flow_no_record_here", field=key)
        return
    if key in ("owner", "created_by", "updated_by"):
        planning.notes.reads["record"].add((key,))
        return
    field = planning.form.fields.get(key)
    if field is None or target(field) not in targets:
        known = [one.title for one in planning.form.fields.values() if target(one) in targets]
        planning.fault(*path, code="flow_field_holds_nobody", field=key, form=planning.form.title, known=known)
        return
    planning.notes.references.append(("forms", planning.form.name, key, planning.pointer(*path)))


def find_people(running: Running, people: Sequence[Person]) -> tuple[UUID, ...]:
    """Return the active people meant, in order, each once."""
    found: list[UUID] = []
    for person in people:
        found.extend(_find(running, person))
    active = _active(running.session, found)
    return tuple(one for one in dict.fromkeys(found) if one in active)


def acting_user(session: Session, username: str | None) -> Actor:
    """Return in whose name a run acts that nobody started: the named account, else the platform itself.

    Raises `Conflict` where there is no such active account.
    """
    if username is None:
        return SYSTEM
    user = identity.find_user(session, username)
    if user is None or not user.is_active:
        raise Conflict("flow_as_unknown", username=username)
    return identity.actor_for_user(session, user.id)


def find_administrators(session: Session) -> tuple[UUID, ...]:
    """Return every active administrator, in the order of user names."""
    user = models.user
    query = sa.select(user.c.id).where(user.c.is_administrator, user.c.is_active).order_by(user.c.username)
    return tuple(session.execute(query).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where mail reaches a person, and the language they read."""

    address: str
    language: str


def find_mailboxes(session: Session, people: Sequence[UUID]) -> tuple[Mailbox, ...]:
    """Return the mailboxes of people in their order; those without an address are left out."""
    user = models.user
    query = sa.select(user.c.id, user.c.email, user.c.language).where(_is_any(user.c.id, people), user.c.email != "")
    found = {row.id: Mailbox(address=row.email, language=row.language) for row in session.execute(query)}
    return tuple(found[one] for one in people if one in found)


def _find(running: Running, person: Person) -> list[UUID]:
    session = running.session
    if person.type == "starter":
        return [running.starter.user_id]
    if person.type == "user":
        query = sa.select(models.user.c.id).where(sa.func.lower(models.user.c.username) == str(person.value).lower())
        return list(session.execute(query).scalars())
    if person.type == "role":
        user, role = models.user, models.user_role
        query = sa.select(user.c.id).join_from(user, role, role.c.user_id == user.c.id)
        return list(session.execute(query.where(role.c.role == str(person.value)).order_by(user.c.username)).scalars())
    if person.type == "field":
        return _in_field(running, str(person.value))
    level = int(person.value or 1)
    origins = _in_field(running, person.of) if person.of else [running.starter.user_id]
    return [head for origin in origins if (head := _head(session, origin, level)) is not None]


def _in_field(running: Running, key: str) -> list[UUID]:
    """Return who stands in a field of the record: people, or the heads of the departments that stand there."""
    record = running.names.get("record")
    held: Any = record.get(key) if isinstance(record, Mapping) else None
    items = held if isinstance(held, (list, tuple)) else [held]
    ids = [item["id"] if isinstance(item, Mapping) else item for item in items if item is not None]
    department = models.department
    query = sa.select(department.c.id, department.c.head_id).where(_is_any(department.c.id, ids))
    heads = {row.id: row.head_id for row in running.session.execute(query)}
    return [found for one in ids if (found := heads.get(one, one)) is not None]


def _head(session: Session, person: UUID, level: int) -> UUID | None:
    """Return the `level`-th head above a person: going up from their department, they themselves left out.

    One statement; a cycle of departments ends it.
    """
    user, department = models.user, models.department
    chain = (
        sa.select(department.c.id, department.c.parent_id, department.c.head_id, sa.literal(1).label("step"))
        .join_from(user, department, department.c.id == user.c.department_id)
        .where(user.c.id == person)
        .cte("chain", recursive=True)
    )
    above = department.alias()
    chain = chain.union_all(
        sa.select(above.c.id, above.c.parent_id, above.c.head_id, chain.c.step + 1)
        .join_from(chain, above, above.c.id == chain.c.parent_id)
        .where(chain.c.step < MAX_LEVELS)
    )
    query = sa.select(chain.c.head_id).where(chain.c.head_id.is_not(None), chain.c.head_id != person)
    heads = list(dict.fromkeys(session.execute(query.order_by(chain.c.step)).scalars()))
    return heads[level - 1] if len(heads) >= level else None


def _active(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    if not ids:
        return set()
    user = models.user
    return set(session.execute(sa.select(user.c.id).where(_is_any(user.c.id, ids), user.c.is_active)).scalars())


def _is_any(column: sa.ColumnElement[Any], ids: Sequence[UUID]) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.bindparam(None, list(ids), postgresql.ARRAY(sa.Uuid())))

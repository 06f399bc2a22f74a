"""Departments: a tree of organisational units, each with at most one head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine import events
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, NotFound
from engine.identity.people import require_administrator
from engine.ids import new_id
from engine.models import department, user


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """One unit; `key` is its stable name in files."""

    id: UUID
    key: str
    title: str
    parent_id: UUID | None
    head_id: UUID | None


def create_department(
    session: Session,
    actor: Actor,
    *,
    key: str,
    title: str,
    parent_id: UUID | None = None,
    head_id: UUID | None = None,
) -> Department:
    """Create a unit; raises `Conflict` (`department_key_taken`)."""
    require_administrator(actor)
    if _departments(session, department.c.key == key):
        raise Conflict("department_key_taken", key=key)
    created = Department(id=new_id(), key=key, title=title, parent_id=parent_id, head_id=head_id)
    values = {name: getattr(created, name) for name in Department.__slots__}
    session.execute(sa.insert(department).values(**values, created_at=session.now))
    events.note(session, actor, "meta.department", "create", record_id=created.id, after={"key": key, "title": title})
    return created


def update_department(session: Session, actor: Actor, department_id: UUID, **changes: Any) -> Department:
    """Change `title`, `parent_id` or `head_id`; raises `Conflict` where a unit would stand below itself."""
    require_administrator(actor)
    unknown = set(changes) - {"title", "parent_id", "head_id"}
    if unknown:
        raise TypeError(f"a department has no {sorted(unknown)}")
    before = get_department(session, department_id)
    parent_id = changes.get("parent_id")
    if parent_id is not None and parent_id in departments_below(session, [department_id]):
        raise Conflict("department_cycle", title=before.title)
    session.execute(sa.update(department).where(department.c.id == department_id).values(changes))
    old, new = events.changed_fields({key: getattr(before, key) for key in changes}, changes)
    events.note(session, actor, "meta.department", "update", record_id=department_id, before=old, after=new)
    return get_department(session, department_id)


def delete_department(session: Session, actor: Actor, department_id: UUID) -> None:
    """Delete a unit that nobody belongs to and nothing stands below; raises `Conflict` (`department_in_use`)."""
    require_administrator(actor)
    found = get_department(session, department_id)
    members = session.execute(
        sa.select(sa.func.count()).select_from(user).where(user.c.department_id == department_id)
    ).scalar_one()
    below = session.execute(
        sa.select(sa.func.count()).select_from(department).where(department.c.parent_id == department_id)
    ).scalar_one()
    if members or below:
        raise Conflict("department_in_use", title=found.title, members=members, departments=below)
    session.execute(sa.delete(department).where(department.c.id == department_id))
    before = {"key": found.key, "title": found.title}
    events.note(session, actor, "meta.department", "delete", record_id=department_id, before=before)


def count_department_members(session: Session) -> dict[UUID, int]:
    """Return how many open accounts belong to each unit itself."""
    rows = session.execute(
        sa.select(user.c.department_id, sa.func.count().label("members"))
        .where(user.c.department_id.is_not(None), user.c.is_active)
        .group_by(user.c.department_id)
    )
    return {row.department_id: row.members for row in rows}


def get_department(session: Session, department_id: UUID) -> Department:
    """Return a unit; raises `NotFound`."""
    found = _departments(session, department.c.id == department_id)
    if not found:
        raise NotFound("department_not_found")
    return found[0]


def list_departments(
    session: Session, *, search: str = "", ids: Sequence[UUID] | None = None, limit: int | None = None
) -> list[Department]:
    """List units in the order of their titles: of these ids, with `search` in the title."""
    condition: sa.ColumnElement[bool] = sa.true()
    if search:
        condition &= department.c.title.icontains(search, autoescape=True)
    if ids is not None:
        condition &= department.c.id.in_(ids)
    return _departments(session, condition, limit=limit)


def department_titles(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """Return the titles of units by id."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(sa.select(department.c.id, department.c.title).where(department.c.id.in_(wanted)))
    return {row.id: row.title for row in rows}


def departments_below(session: Session, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return these units and all below them."""
    tree = sa.select(department.c.id).where(department.c.id.in_(list(ids))).cte(recursive=True)
    tree = tree.union(sa.select(department.c.id).where(department.c.parent_id == tree.c.id))
    return frozenset(session.execute(sa.select(tree.c.id)).scalars())


def department_head(session: Session, user_id: UUID, level: int = 1) -> UUID | None:
    """Return the head `level` steps up from a person, or `None` where there are not so many.

    Nobody is their own head: from a unit's head the way goes on to the unit above. Units without a head, and heads
    whose account is closed, are passed over. One statement.
    """
    start = (
        sa.select(department.c.id, department.c.parent_id, department.c.head_id, sa.literal(0).label("height"))
        .join_from(user, department, user.c.department_id == department.c.id)
        .where(user.c.id == user_id)
        .cte(recursive=True)
    )
    path = start.union_all(
        sa.select(department.c.id, department.c.parent_id, department.c.head_id, start.c.height + 1).where(
            department.c.id == start.c.parent_id
        )
    )
    heads = session.execute(
        sa.select(path.c.head_id)
        .join_from(path, user, path.c.head_id == user.c.id)
        .where(path.c.head_id != user_id, user.c.is_active)
        .order_by(path.c.height)
    ).scalars()
    distinct = list(dict.fromkeys(heads))
    return distinct[level - 1] if 0 < level <= len(distinct) else None


def _departments(session: Session, condition: sa.ColumnElement[bool], *, limit: int | None = None) -> list[Department]:
    columns = [department.c[name] for name in Department.__slots__]
    query = sa.select(*columns).where(condition).order_by(department.c.title, department.c.key).limit(limit)
    return [Department(**row) for row in session.execute(query).mappings()]

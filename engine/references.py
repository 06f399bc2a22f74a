"""References: where definitions point, so that a change can say first whom it concerns.

Owns the table `definition_reference`. Leaves finding the references in a document to the package of its kind, which
gives them at publication.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from engine.catalog import Definition, full_name
from engine.db import Session
from engine.models import definition as definition_table
from engine.models import definition_reference


class Reference(NamedTuple):
    """Where a document points: at a definition, or at a member (field, action, node) of it."""

    kind: str
    name: str
    member: str | None
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One place that uses a definition: who, and where in its document."""

    kind: str
    name: str
    member: str | None
    pointer: str


def set_references(session: Session, pairs: Iterable[tuple[Definition, Iterable[Reference]]]) -> None:
    """Replace what each definition points at. Two statements, however many."""
    pairs = [(definition, list(references)) for definition, references in pairs]
    forget_references(session, [definition for definition, _ in pairs])
    rows = [
        {"definition_id": definition.definition_id, **reference._asdict()}
        for definition, references in pairs
        for reference in dict.fromkeys(references)
    ]
    if rows:
        session.execute(sa.insert(definition_reference).values(rows))


def impact(session: Session, kind: str, name: str, member: str | None = None) -> list[Use]:
    """List every place in force that points at a definition, or only at `member` of it."""
    table, reference = definition_table, definition_reference
    query = (
        sa.select(table.c.kind, table.c.app, table.c.key, reference.c.member, reference.c.pointer)
        .join_from(reference, table, reference.c.definition_id == table.c.id)
        .where(reference.c.kind == kind, reference.c.name == name, table.c.published_version.is_not(None))
        .order_by(table.c.kind, table.c.app, table.c.key, reference.c.id)
    )
    if member is not None:
        query = query.where(reference.c.member == member)
    return [
        Use(kind=row.kind, name=full_name(row.kind, row.app, row.key), member=row.member, pointer=row.pointer)
        for row in session.execute(query)
    ]


def forget_references(session: Session, definitions: Iterable[Definition]) -> None:
    """Let definitions point at nothing."""
    owners = [definition.definition_id for definition in definitions]
    session.execute(sa.delete(definition_reference).where(definition_reference.c.definition_id.in_(owners)))

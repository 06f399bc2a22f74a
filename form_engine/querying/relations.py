"""Relations between records: what may be pointed at, what points here.

Owns the check that a sent id exists and is the actor's to see, the reverse of every relation (which forms' fields point
to a form), the counts on a record's page, and the refusal to delete what living records refer to. Two transactions
cannot leave a living record pointing at a deleted one: the check locks its targets as a foreign key does, and a
deletion waits for such locks before it looks for references (`store.load(lock="delete")`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import definitions, models
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, Violation
from engine.texts import LocalizedText, localized
from form_engine import forms
from form_engine.definition import Form, Table
from form_engine.field_type import DEPARTMENTS, FILES, USERS
from form_engine.querying import filters, record_titles
from form_engine.record import Related
from form_engine.values import Reading, below, ids_in, target

#: A transaction remembers about so many of the records that it has locked.
HELD_MAX = 20_000
#: Where an id stands below its record: `("customer",)`, `("lines", 0, "product")`.
Place = tuple[str | int, ...]
#: How many of the records that forbid a deletion are named.
NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A relation seen from its target: `field` of `form` (in its sub-table `table`, if any) points here."""

    form: str
    table: str | None
    field: str
    title: LocalizedText

    @property
    def path(self) -> str:
        """The field's name inside its form: `customer`, `lines.product`."""
        return f"{self.table}.{self.field}" if self.table else self.field


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointing:
    """The reading of one change, with the record before (values; None for a new one) and the pointer's prefix."""

    reading: Reading
    before: Mapping[str, Any] | None
    prefix: str


def check(
    session: Session,
    actor: Actor,
    form: Form,
    pointing: Sequence[Pointing],
    fresh: set[UUID],
    *,
    is_locking: bool = True,
) -> list[Violation]:
    """Return a violation for every sent id that is not there or not the actor's to see.

    fresh -- ids of records of this very form that the same batch creates.
    is_locking -- the rows found stay locked (FOR KEY SHARE) until the transaction ends: for whoever goes on to write.
    One statement for all forms whose records are all the actor's to see, one for each other target.
    """
    spots: dict[str, dict[UUID, list[tuple[str, Place]]]] = defaultdict(lambda: defaultdict(list))
    for one in pointing:
        known = {(to, key) for _, to, key, _ in ids_in(form.pointing, one.before)} if one.before else ()
        for _, to, key, place in ids_in(form.pointing, one.reading.values):
            if to == FILES:  # `files.attach` checks them: they must be new, and the actor's own
                continue
            is_known = (
                (known and (to, key) in known)
                or (to == form.name and key in fresh)
                or (to == USERS and key == actor.user_id)
            )
            if not is_known:
                spots[to][key].append((one.prefix, place))
    found: list[Violation] = []
    there = _visible(session, actor, {to: sorted(spots[to]) for to in sorted(spots)}, is_locking=is_locking)
    for to in sorted(spots):
        for key, places in spots[to].items():
            if (to, key) not in there:
                params = {"id": str(key)}
                found += (
                    Violation(pointer=below(prefix, *place), code="relation_not_found", params=params)
                    for prefix, place in places
                )
    return found


def _visible(
    session: Session, actor: Actor, wanted: Mapping[str, Sequence[UUID]], *, is_locking: bool
) -> set[tuple[str, UUID]]:
    """Return (target, id) of what is there and the actor's to see."""
    there: set[tuple[str, UUID]] = set()
    open_to_all: list[tuple[Form, Sequence[UUID]]] = []
    known = _held(session)
    for to, ids in wanted.items():
        if to in {USERS, DEPARTMENTS}:
            column = (models.user if to == USERS else models.department).c.id
            found = session.execute(sa.select(column).where(_is_any(column, ids))).scalars()
            there.update((to, key) for key in found)
            continue
        form = forms.get(session, to)
        may_see = filters.scope(session, actor, form, "view")
        if not isinstance(may_see, sa.True_):
            query = _living([form], is_locking=is_locking).where(may_see)
            there.update((to, row[1]) for row in session.execute(query, {"ids_0": list(ids)}))
            continue
        there.update((to, key) for key in ids if (to, key) in known)
        missing = [key for key in ids if (to, key) not in known]
        if missing:
            open_to_all.append((form, missing))
    return there | _found(session, open_to_all, is_locking=is_locking)


def _held(session: Session) -> set[tuple[str, UUID]]:
    """Return (form, record) of the living records that this transaction has locked: they stay so until it ends."""
    held: set[tuple[str, UUID]] = session.notes.setdefault("form_engine.querying.relations.held", set())
    return held


def note_living(session: Session, form_name: str, ids: Iterable[UUID]) -> None:
    """Remember that these records of a form live and are locked, so that whoever points at them need not ask."""
    held = _held(session)
    # A savepoint that is rolled back gives its locks away; an import of millions must not remember them all.
    if len(held) < HELD_MAX and not session.connection.in_nested_transaction():
        held.update((form_name, key) for key in ids)


def forget_living(session: Session, form_name: str, ids: Iterable[UUID]) -> None:
    """Note that this transaction deletes the records."""
    _held(session).difference_update((form_name, key) for key in ids)


def _found(
    session: Session, wanted: Sequence[tuple[Form, Sequence[UUID]]], *, is_locking: bool
) -> set[tuple[str, UUID]]:
    """Return (form, id) of the living ones, whoever may see them: one statement."""
    if not wanted:
        return set()
    names = " ".join(form.name for form, _ in wanted)
    query: sa.Select[Any] = definitions.catalog(session).compiled(
        "form_engine.querying.relations.living",
        f"{names} {is_locking}",
        lambda: _living([form for form, _ in wanted], is_locking=is_locking),
    )
    rows = session.execute(query, {f"ids_{index}": list(ids) for index, (_, ids) in enumerate(wanted)})
    found = {(wanted[row[0]][0].name, row[1]) for row in rows}
    if is_locking:
        for form, _ in wanted:
            note_living(session, form.name, [key for name, key in found if name == form.name])
    return found


def _living(wanted: Sequence[Form], *, is_locking: bool) -> Any:
    """Return the statement that finds the living of `ids_0` of the first form, and so on, and keeps them so."""
    parts: list[sa.Select[Any]] = []
    for index, form in enumerate(wanted):
        table = form.table
        ids = sa.any_(sa.bindparam(f"ids_{index}", type_=postgresql.ARRAY(sa.Uuid())))
        query: sa.Select[Any] = sa.select(sa.literal_column(str(index)).label("form"), table.c.id)
        query = query.where(table.c.id == ids, table.c.deleted_at.is_(None)).order_by(table.c.id)
        parts.append(query.with_for_update(of=table, read=True, key_share=True) if is_locking else query)
    if len(parts) == 1:
        return parts[0]
    # A row is locked inside its part: what a union gives cannot be.
    return sa.union_all(*(sa.select(part.subquery()) for part in parts))


# --- what points here ------------------------------------------------------------------------------------------------


def references(session: Session, form_name: str) -> tuple[Reference, ...]:
    """Return every relation that points to the form, in the order of names."""
    catalog = definitions.catalog(session)
    every: Mapping[str, tuple[Reference, ...]] = catalog.compiled(
        "form_engine.querying.relations", "*", lambda: _all(session)
    )
    return every.get(form_name, ())


def _all(session: Session) -> dict[str, tuple[Reference, ...]]:
    found: dict[str, list[Reference]] = defaultdict(list)
    for definition in definitions.catalog(session).list("forms"):
        form = forms.get(session, definition.name)
        for one in form.fields.values():
            cells = one.fields if isinstance(one, Table) else (one,)
            for cell in cells:
                to = target(cell)
                if to is not None and not to.startswith("meta."):
                    table = one.key if isinstance(one, Table) else None
                    reference = Reference(form=form.name, table=table, field=cell.key, title=cell.title)
                    found[to].append(reference)
    return {name: tuple(items) for name, items in found.items()}


def _pointers(session: Session, reference: Reference, ids: Sequence[UUID]) -> tuple[Form, sa.ColumnElement[bool]]:
    """Return the pointing form, and the condition that a living record of it points at one of `ids`."""
    form = forms.get(session, reference.form)
    head = form.table
    if reference.table is None:
        column = head.c[form.fields[reference.field].column]
        return form, sa.and_(_is_any(column, ids), head.c.deleted_at.is_(None))
    cell = form.sub_table(reference.table).cell(reference.field)
    child = form.children[reference.table]
    column = child.c[cell.column if cell else reference.field]
    rows = sa.select(child.c.record_id).where(_is_any(column, ids))
    return form, sa.and_(head.c.id.in_(rows), head.c.deleted_at.is_(None))


def related(session: Session, actor: Actor, form: Form, record_id: UUID) -> list[Related]:
    """Return who points at the record, with the number of records the actor may see: one statement, zeroes left out."""
    asked = references(session, form.name)
    counts = []
    for index, reference in enumerate(asked):
        pointing, condition = _pointers(session, reference, [record_id])
        if filters.may(session, actor, pointing, "view"):
            may_see = filters.scope(session, actor, pointing, "view")
            count = sa.func.count().label("count")
            counts.append(sa.select(sa.literal(index), count).select_from(pointing.table).where(condition, may_see))
    if not counts:
        return []
    rows = session.execute(sa.union_all(*counts)).fetchall()
    return [
        Related(form=asked[index].form, field=asked[index].path, count=count)
        for index, count in sorted(map(tuple, rows))
        if count
    ]


def refuse_if_used(session: Session, actor: Actor, form: Form, ids: Sequence[UUID]) -> None:
    """Refuse the deletion of records that living records outside the batch point at.

    Raises `Conflict("record_in_use")`; it names up to `NAMED` of them, those that the actor may not see by their form's
    title alone. One statement for all relations.
    """
    queries = []
    for reference in references(session, form.name):
        pointing, condition = _pointers(session, reference, ids)
        if pointing.name == form.name:
            condition = sa.and_(condition, sa.not_(_is_any(pointing.table.c.id, ids)))
        may_see = sa.func.coalesce(filters.scope(session, actor, pointing, "view"), sa.false())
        query = sa.select(sa.literal(pointing.name), pointing.table.c.id, may_see).where(condition).limit(NAMED)
        queries.append(query.subquery().select())
    if not queries:
        return
    rows = list(dict.fromkeys(map(tuple, session.execute(sa.union_all(*queries)).fetchall())))
    if rows:
        raise Conflict("record_in_use", form=form.title, records=_names(session, actor, rows[:NAMED]))


def _names(session: Session, actor: Actor, rows: Iterable[tuple[str, UUID, bool]]) -> list[str]:
    wanted: dict[str, list[UUID]] = defaultdict(list)
    unseen: list[str] = []
    for name, key, may_see in rows:
        if may_see:
            wanted[name].append(key)
        else:
            unseen.append(localized(forms.get(session, name).title, actor.language))
    found = record_titles.titles(session, actor, wanted)
    seen = [found.get((name, key)) or str(key) for name, keys in wanted.items() for key in keys]
    return [*seen, *dict.fromkeys(unseen)]


def _is_any(column: sa.ColumnElement[Any], ids: Sequence[UUID]) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.bindparam(None, list(ids), postgresql.ARRAY(sa.Uuid())))

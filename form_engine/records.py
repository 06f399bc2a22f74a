"""The records service: what the rest of the platform calls to read and write records.

Owns the calls. The steps of a write stand in `writing`, the list in `pages`, what refers to what in `relations`.
Every call takes the session and the actor and applies the actor's rights inside its statements; nothing here commits.
What the actor may not see is `NotFound`; what they may see and not change is `NotAllowed`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from engine import json_schema
from engine.actor import Actor
from engine.db import Session
from engine.errors import NotFound
from engine.permissions import FormGrant
from form_engine import forms, values
from form_engine.changing import drafts, intake, writing
from form_engine.definition import Form
from form_engine.evaluating import loading, rules
from form_engine.querying import filters, listings, pages, record_titles, relations
from form_engine.querying.listings import Listing
from form_engine.record import Change, Evaluation, Page, Query, Record, Related
from form_engine.storage import store

__all__ = [
    "apply", "create", "delete", "evaluate", "get", "list_page", "listed", "related", "restore", "show", "update",
]  # fmt: skip


def apply(session: Session, actor: Actor, form_name: str, changes: Sequence[Change]) -> list[Record]:
    """Make all changes or none, `writing.apply`; return the records with their titles."""
    written = writing.apply(session, actor, form_name, changes)
    return record_titles.entitled(session, actor, forms.get(session, form_name), written)


def create(session: Session, actor: Actor, form_name: str, sent: Mapping[str, Any]) -> Record:
    """Create a record from JSON values; see `writing.apply` for what may be raised."""
    return apply(session, actor, form_name, [Change(action="create", values=sent)])[0]


def update(
    session: Session, actor: Actor, form_name: str, record_id: UUID, sent: Mapping[str, Any], *, version: int | None
) -> Record:
    """Change the given values alone; null clears.

    A sub-table is sent whole: a row with `id` is kept and changed in the cells given, one without is new, one left out
    is removed. Raises `Stale` when `version` is no longer the record's.
    """
    return apply(session, actor, form_name, [Change(action="update", id=record_id, values=sent, version=version)])[0]


def delete(session: Session, actor: Actor, form_name: str, record_id: UUID, *, version: int | None = None) -> Record:
    """Move the record to the recycle bin; raises `Conflict` while living records refer to it."""
    return apply(session, actor, form_name, [Change(action="delete", id=record_id, version=version)])[0]


def restore(session: Session, actor: Actor, form_name: str, record_id: UUID, *, version: int | None = None) -> Record:
    """Take the record out of the recycle bin; the right is that of deleting."""
    return apply(session, actor, form_name, [Change(action="restore", id=record_id, version=version)])[0]


def get(session: Session, actor: Actor, form_name: str, record_id: UUID) -> Record:
    """Return a living record that the actor may see; raises `NotFound`. One statement a table, one for the title."""
    form = forms.get(session, form_name)
    filters.require(session, actor, form, "view")
    may_see = {"view": filters.scope(session, actor, form, "view")}
    found = store.load(session, form, [record_id], flags=may_see).get(record_id)
    if found is None or not found.flags["view"] or found.record.deleted_at is not None:
        raise NotFound("record_not_found", form=form.title, id=str(record_id))
    return record_titles.entitled(session, actor, form, [found.record])[0]


def list_page(session: Session, actor: Actor, form_name: str, query: Query) -> Page:
    """Return one page of the records that the actor may see; values hold the fields of the query alone.

    A constant number of statements: rows, title, count if asked, and one a sub-table that is read.
    """
    form = forms.get(session, form_name)
    grant = filters.require(session, actor, form, "view")
    found, _ = pages.page(session, actor, form, grant, query)
    items = record_titles.entitled(session, actor, form, found.items)
    return Page(items=tuple(items), next_cursor=found.next_cursor, count=found.count)


def listed(session: Session, actor: Actor, form_name: str, query: Query) -> Listing | None:
    """Return what `show` of `list_page` gives, each record as JSON text: one statement, which PostgreSQL writes.

    None for lists that it does not write (`listings`).
    """
    form = forms.get(session, form_name)
    grant = filters.require(session, actor, form, "view")
    return listings.listing(session, actor, form, grant, query)


def related(session: Session, actor: Actor, form_name: str, record_id: UUID) -> list[Related]:
    """Return which forms' records point at this one, and how many of them the actor may see. One statement."""
    form = forms.get(session, form_name)
    filters.require(session, actor, form, "view")
    return relations.related(session, actor, form, record_id)


def show(
    session: Session,
    actor: Actor,
    form_name: str,
    records: Sequence[Record],
    *,
    fields: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Return records as the API gives them, with the titles of everything they point to.

    One statement for each form pointed to, whatever the number of records. Hidden fields are left out, masked ones
    masked; only fields that the records hold are shown.
    """
    form = forms.get(session, form_name)
    return shown(session, actor, form, filters.grant(session, actor, form), records, fields=fields)


def shown(
    session: Session,
    actor: Actor,
    form: Form,
    grant: FormGrant,
    records: Sequence[Record],
    *,
    fields: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Return records of any form-like definition (a balance, too) as the API gives them."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for one in records:
        for field, to, key, _ in values.ids_in(form.fields.values(), one.values):
            if grant.fields.get(field.key) not in {"hidden", "masked"}:
                wanted[to].add(key)
        wanted["meta.user"].update(key for key in (one.created_by, one.updated_by, one.owner) if key is not None)
    titles = record_titles.titles(session, actor, wanted)
    return [_shown(form, one, grant, titles, fields) for one in records]


def _shown(
    form: Form, one: Record, grant: FormGrant, titles: values.Titles, fields: Sequence[str] | None
) -> dict[str, Any]:
    keys = [key for key in (form.fields if fields is None else fields) if key in one.values]
    return {
        "id": str(one.id),
        "version": one.version,
        "title": one.title,
        "created_at": values.instant(one.created_at),
        "created_by": values.person(one.created_by, titles),
        "updated_at": values.instant(one.updated_at),
        "updated_by": values.person(one.updated_by, titles),
        "owner": values.person(one.owner, titles),
        "deleted_at": values.instant(one.deleted_at),
        "values": values.show(form, one.values, access=grant.fields, titles=titles, keys=keys),
    }


def evaluate(
    session: Session, actor: Actor, form_name: str, sent: Mapping[str, Any], record_id: UUID | None = None
) -> Evaluation:
    """Return what a half-filled form comes to: computed values, states of fields, what is wrong so far.

    Nothing is written and nothing is refused but what `get` refuses; values that are wrong count as empty.
    """
    form = forms.get(session, form_name)
    batch = drafts.open_batch(session, actor, form)
    filters.require(session, actor, form, "create" if record_id is None else "view")
    before = None if record_id is None else get(session, actor, form_name, record_id)
    change = Change(action="create" if before is None else "update", id=record_id, values=_typed_in(form, sent))
    draft = drafts.Draft(change=change, id=record_id or UUID(int=0), before=before)
    draft.old = None if before is None else loading.evaluation(form, before)
    validator = json_schema.validator((form.name, form.definition_id, form.version), form.schema)
    draft.reading = intake.read(form, validator, change, before, access=batch.grant.fields, may_number=True)
    pointing = relations.Pointing(reading=draft.reading, before=before.values if before else None, prefix="#")
    unseen = relations.check(session, actor, form, [pointing], set(), is_locking=False)
    # What the actor may not see must not be told by a formula over it, nor by its title.
    values.clear(form, draft.reading.values, [spot.pointer for spot in unseen])
    drafts.become(batch, draft)
    spots = [
        *draft.reading.violations,
        *unseen,
        *drafts.default_values(batch, [draft]),
        *drafts.compute(batch, [draft]),
    ]
    spots += drafts.judge(batch, [draft])
    names, old = drafts.names(batch, draft)
    stored = draft.reading.values
    titles = record_titles.titles(session, actor, _targets(form, stored))
    return Evaluation(
        values=values.show(form, stored, access=batch.grant.fields, titles=titles),
        states=rules.page_states(form, names, old, batch.grant.fields),
        violations=tuple(spots),
    )


def _typed_in(form: Form, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page sends without the computed values that it shows and sends back."""
    typed: dict[str, Any] = {}
    for key, value in sent.items():
        one = form.fields.get(key)
        if one is None or values.is_computed(one):
            continue
        if key in form.children and isinstance(value, list):
            computed = {cell.key for cell in form.sub_table(key).fields if values.is_computed(cell)}
            rows = [
                {k: v for k, v in row.items() if k not in computed} if isinstance(row, Mapping) else row
                for row in value
            ]
            typed[key] = rows
        else:
            typed[key] = value
    return typed


def _targets(form: Form, stored: Mapping[str, Any]) -> dict[str, set[UUID]]:
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for _, to, key, _ in values.ids_in(form.fields.values(), stored):
        wanted[to].add(key)
    return wanted

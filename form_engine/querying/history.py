"""What happened to a record, told in its form's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from engine import events
from engine.actor import Actor
from engine.db import Session
from engine.errors import NotFound
from engine.texts import localized
from form_engine import forms, values
from form_engine.definition import Field, Form
from form_engine.field_type import USERS
from form_engine.querying import filters, record_titles

LIMIT = 100


class Sides(Protocol):
    """A change: the fields that differ, before and after, as the audit trail writes them."""

    @property
    def before(self) -> Mapping[str, Any]:
        """The changed fields as they were, JSON."""
        ...

    @property
    def after(self) -> Mapping[str, Any]:
        """The changed fields as they are, JSON."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A change of one record of `form`, kept outside the audit trail (a flow's journal)."""

    form: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def tell(session: Session, actor: Actor, changed: Sequence[Changed]) -> list[list[dict[str, Any]]]:
    """Return for each change its fields as people read them, options by their titles; one statement a form pointed to.

    The shape is that of `changes` in `history`. What may be seen of a form is the actor's grant; the caller has
    checked that they may view it.
    """
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for one in changed:
        for side in (one.before, one.after):
            for key, value in side.items():
                _collect(forms.get(session, one.form), key, value, wanted)
    titles = record_titles.titles(session, actor, wanted)
    told = []
    for one in changed:
        form = forms.get(session, one.form)
        entries = _changes(form, one, filters.grant(session, actor, form).fields, titles, actor.language)
        for entry in entries:
            for name in ("before", "after"):
                entry[name] = _labelled(form.fields[entry["field"]], entry[name], actor.language)
        told.append(entries)
    return told


def _labelled(one: Field, value: Any, language: str) -> Any:
    choices = one.options.get("options")
    if not choices:
        return value
    labels = {choice["value"]: localized(choice.get("title", choice["value"]), language) for choice in choices}
    return [labels.get(item, item) for item in value] if isinstance(value, list) else labels.get(value, value)


def history(
    session: Session, actor: Actor, form_name: str, record_id: UUID, *, before: int | None = None
) -> list[dict[str, Any]]:
    """Return the record's changes, newest first, at most 100: who, when, which fields from what to what.

        {"id", "at", "by": {"id", "title"}, "by_platform", "action", "version",
         "changes": [{"field", "title", "before", "after"}]}

    Fields that are hidden from the actor are left out, masked ones masked; what a field pointed to has its title.
    Raises `NotFound` for a record that the actor may not see; one in the recycle bin still has its history.
    """
    form = forms.get(session, form_name)
    grant = filters.require(session, actor, form, "view")
    may_see = filters.scope(session, actor, form, "view")
    if session.execute(sa.select(form.table.c.id).where(form.table.c.id == record_id, may_see)).first() is None:
        raise NotFound("record_not_found", form=form.title, id=str(record_id))
    entries = events.history(session, form.name, record_id, limit=LIMIT, before_id=before)
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for entry in entries:
        wanted[USERS].add(entry.user_id)
        for side in (entry.before, entry.after):
            for key, value in side.items():
                _collect(form, key, value, wanted)
    titles = record_titles.titles(session, actor, wanted)
    return [
        {
            "id": entry.id,
            "at": values.instant(entry.at),
            "by": values.person(entry.user_id, titles),
            "by_platform": entry.by_platform,
            "action": entry.action,
            "version": entry.version,
            "changes": _changes(form, entry, grant.fields, titles, actor.language),
        }
        for entry in entries
    ]


def _changes(
    form: Form, entry: Sides, access: Mapping[str, str], titles: values.Titles, language: str
) -> list[dict[str, Any]]:
    found = []
    for key, one in form.fields.items():
        if access.get(key) == "hidden" or not (key in entry.before or key in entry.after):
            continue
        sides = [_told(one, side.get(key), titles) for side in (entry.before, entry.after)]
        if access.get(key) == "masked":
            sides = [None if side is None else values.mask(one, side) for side in sides]
        title = localized(one.title, language)
        found.append({"field": key, "title": title, "before": sides[0], "after": sides[1]})
    return found


def _collect(form: Form, key: str, value: Any, wanted: dict[str, set[UUID]]) -> None:
    one = form.fields.get(key)
    if one is None:
        return
    if key in form.children:
        cells = {cell.key: cell for cell in form.sub_table(key).fields}
        for row in value if isinstance(value, list) else ():
            for name, item in row.items() if isinstance(row, Mapping) else ():
                if name in cells:
                    _note(cells[name], item, wanted)
    else:
        _note(one, value, wanted)


def _note(one: Field, value: Any, wanted: dict[str, set[UUID]]) -> None:
    to = values.target(one)
    if to is not None and value is not None:
        items = value if isinstance(value, list) else [value]
        wanted[to].update(key for item in items if (key := _id(item)) is not None)


def _id(value: Any) -> UUID | None:
    """Return the id that the audit trail wrote for a record; lists hold mappings with `id`."""
    text = value.get("id") if isinstance(value, Mapping) else value
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _told(one: Field, value: Any, titles: values.Titles) -> Any:
    """Return a value of the audit trail (JSON) as the API shows it."""
    if value is None:
        return None
    if one.type.traits.has_rows:
        cells = {cell.key: cell for cell in getattr(one, "fields", ())}
        return [
            {"id": row.get("id")} | {key: _told(cells[key], item, titles) for key, item in row.items() if key in cells}
            for row in value
        ]
    to = values.target(one)
    if to is None:
        return value
    if isinstance(value, list):
        return [_named(to, item, titles) for item in value]
    return _named(to, value, titles)


def _named(to: str, value: Any, titles: values.Titles) -> Any:
    key = _id(value)
    return None if key is None else {"id": str(key), "title": titles.get((to, key), "")}

"""What the texts of a sheet mean: records by id, unique field or title; people by name; the record a row is about.

Owns the statements: one for each way to name a target, for a whole batch of rows. What was found is remembered for the
import. Only records that the actor may see are found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import models
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput
from engine.texts import localized
from form_engine import forms
from form_engine.definition import Field, Form, Table
from form_engine.exchange.columns import Column
from form_engine.exchange.items import Item
from form_engine.field_type import DEPARTMENTS, USERS
from form_engine.querying import filters, record_titles

#: Remembered texts of one target; beyond it the memory starts anew.
_MOST_REMEMBERED = 200_000


class Unclear(StrEnum):
    """Why a text means nothing: the code of what is said about it."""

    UNKNOWN = "relation_text_unknown"
    AMBIGUOUS = "relation_text_ambiguous"


#: What a text means: the id of the only thing it can mean, or why it means nothing.
Meaning = str | Unclear


@dataclass(slots=True, kw_only=True)
class Lookups:
    """The memory of one import."""

    session: Session
    actor: Actor
    form: Form
    known: dict[str, dict[str, Meaning]] = field(default_factory=lambda: defaultdict(dict))

    def resolve(self, items: Sequence[Item], columns: Sequence[Column]) -> None:
        """Put ids in the place of the texts that name something; note what cannot be told."""
        links = [link for column in columns if (link := _link(items, column)) is not None]
        wanted: dict[str, set[str]] = defaultdict(set)
        for link in links:
            wanted[link.to].update(link.texts())
        for to, texts in sorted(wanted.items()):
            self._learn(to, texts)
        for link in links:
            _replace(link, self.known[link.to])

    def resolve_known(self, items: Sequence[Item], columns: Sequence[Column]) -> list[Item]:
        """Do the same, without a statement, to those items all whose texts were learnt before; return them."""
        links = [link for column in columns if (link := _link(items, column)) is not None]
        waiting = {id(item) for link in links for item in link.items_beyond(self.known[link.to])}
        known = [item for item in items if id(item) not in waiting]
        for column in columns if links else ():
            link = _link(known, column)
            if link is not None:
                _replace(link, self.known[link.to])
        for item in known:
            item.is_resolved = True
        return known

    def _learn(self, to: str, texts: Iterable[str]) -> None:
        known = self.known[to]
        if len(known) > _MOST_REMEMBERED:
            known.clear()
        # Records of the form itself may have come in since: only what was found stays known.
        is_own = to == self.form.name
        lacking = {text for text in texts if text not in known or (is_own and known[text] is Unclear.UNKNOWN)}
        for ways in self._ways(to):
            if not lacking:
                break
            found: dict[str, set[UUID]] = defaultdict(set)
            for text, key in self.session.execute(ways, {"texts": sorted(lacking)}):
                found[text].add(key)
            for text, ids in found.items():
                known[text] = str(next(iter(ids))) if len(ids) == 1 else Unclear.AMBIGUOUS
            lacking -= found.keys()
        known.update(dict.fromkeys(lacking, Unclear.UNKNOWN))

    def _ways(self, to: str) -> Iterator[sa.Select[Any]]:
        """Yield statements (text, id) of parameter `texts`, the surest way to name a target first."""
        if to == USERS:
            user = models.user
            yield from (_named(user.c.id, column) for column in (user.c.username, user.c.name))
        elif to == DEPARTMENTS:
            department = models.department
            yield from (_named(department.c.id, column) for column in (department.c.key, department.c.title))
        else:
            form = forms.get(self.session, to)
            seen = [form.table.c.deleted_at.is_(None), filters.scope(self.session, self.actor, form, "view")]
            access = filters.grant(self.session, self.actor, form).fields
            yield _named(form.table.c.id, sa.cast(form.table.c.id, sa.Text), *seen)
            for one in form.fields.values():
                if is_key(one) and access.get(one.key) not in {"hidden", "masked"}:
                    yield _named(form.table.c.id, sa.cast(form.table.c[one.column], sa.Text), *seen)
            yield _named(form.table.c.id, title_text(self.session, self.actor, form), *seen)

    def identify(self, items: Sequence[Item], place: Field | None, mode: str) -> None:
        """Say of every item whether it is a new record or which one it changes; note what cannot be told.

        place -- the field that tells records apart; None for the id.
        """
        keyed = {id(item): _stored(place, item) for item in items if item.key is not None}
        found = self._existing(place, [key for key in keyed.values() if key is not None])
        for item in items:
            stored = keyed.get(id(item))
            ids = found.get(stored, []) if stored is not None else []
            title = "ID" if place is None else place.title
            if len(ids) == 1:
                item.action, item.id = "update", ids[0]
            elif len(ids) > 1:
                item.refuse("import_key_ambiguous", path=_path(place), field=title, value=str(item.key)[:100])
            elif item.key is None and mode == "update":
                item.refuse("import_key_missing", path=_path(place), field=title)
            elif mode == "update" or (place is None and item.key is not None):
                item.refuse("import_key_unknown", path=_path(place), field=title, value=str(item.key)[:100])

    def _existing(self, place: Field | None, keys: Sequence[Any]) -> Mapping[Any, list[UUID]]:
        if not keys:
            return {}
        table = self.form.table
        column: sa.Column[Any] = table.c.id if place is None else table.c[place.column]
        seen = filters.scope(self.session, self.actor, self.form, "view")
        bound = sa.bindparam("keys", list(set(keys)), postgresql.ARRAY(column.type))
        query = sa.select(column, table.c.id).where(column == sa.any_(bound), table.c.deleted_at.is_(None), seen)
        found: dict[Any, list[UUID]] = defaultdict(list)
        for key, record_id in self.session.execute(query):
            found[key].append(record_id)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """A column whose cells name something; `spots` are its cells: the record, the line, the values it stands in."""

    one: Field
    to: str
    path: str
    spots: Sequence[tuple[Item, int, dict[str, Any]]]

    def texts(self) -> Iterable[str]:
        """Return everything that the cells name."""
        written = [values[self.one.key] for _, _, values in self.spots]
        return chain.from_iterable(written) if self.one.type.traits.is_list else written

    def items_beyond(self, known: Mapping[str, Meaning]) -> Iterator[Item]:
        """Yield the items that name something that is not known to be there."""
        is_list = self.one.type.traits.is_list
        for item, _, values in self.spots:
            texts = values[self.one.key] if is_list else (values[self.one.key],)
            if any(type(known.get(text, Unclear.UNKNOWN)) is Unclear for text in texts):
                yield item


def _link(items: Sequence[Item], column: Column) -> _Link | None:
    one = column.place.field
    if one is None or one.target is None or not column.is_input:
        return None
    return _Link(one=one, to=one.target, path=column.path, spots=list(_spots(items, one.key, column.place.table)))


def _spots(items: Sequence[Item], key: str, table: Table | None) -> Iterator[tuple[Item, int, dict[str, Any]]]:
    for item in items:
        if item.is_resolved:
            continue
        if table is None:
            if key in item.values:
                yield item, item.lines[0], item.values
            continue
        for row in item.rows.get(table.key, ()):
            if key in row.values:
                yield item, row.line, row.values


def _replace(link: _Link, known: Mapping[str, Meaning]) -> None:
    key, is_list = link.one.key, link.one.type.traits.is_list
    for item, line, values in link.spots:
        texts = values[key] if is_list else (values[key],)
        ids = [known[text] for text in texts]
        wrong = next((index for index, one in enumerate(ids) if type(one) is Unclear), None)
        if wrong is None:
            values[key] = ids if is_list else ids[0]
            continue
        item.refuse(str(ids[wrong]), path=link.path, line=line, field=link.one.title, value=texts[wrong][:100])
        del values[key]


def is_key(one: Field) -> bool:
    """Whether a value of the field belongs to one record alone."""
    return bool(one.column) and not one.type.traits.is_list and (one.unique or one.type.traits.is_generated)


def _named(key: sa.ColumnElement[UUID], name: sa.ColumnElement[str], *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    texts = sa.bindparam("texts", type_=postgresql.ARRAY(sa.Text()))
    columns: tuple[sa.ColumnElement[Any], ...] = (name, key)
    return sa.select(*columns).where(name == sa.any_(texts), *where)


def title_text(session: Session, actor: Actor, form: Form) -> sa.ColumnElement[str]:
    """Return the records' titles (`record_titles.titles`) as SQL, in the actor's language and with what they may see."""
    shown = record_titles.open_parts(session, actor, form)
    texts = [
        sa.literal(part.text) if part.column is None else _shown(part, actor.language, session.time_zone)
        for part in shown
    ]
    if len(texts) == 1 and shown[0].column is not None and isinstance(shown[0].column.type, sa.Text):
        return shown[0].column  # as it is: an index may serve it
    joined: sa.ColumnElement[str] = sa.func.concat(*texts) if texts else sa.literal("")
    return sa.func.btrim(sa.func.regexp_replace(joined, r"\s+", " ", "g"))


def _shown(part: record_titles.Part, language: str, time_zone: str) -> sa.ColumnElement[Any]:
    column: Any = part.column
    if part.labels:
        whens = {value: localized(title, language) for value, title in part.labels.items()}
        return sa.case(whens, value=column, else_=column)
    if isinstance(column.type, sa.Numeric):
        return sa.func.trim_scale(column)
    if isinstance(column.type, sa.DateTime):
        return sa.func.to_char(sa.func.timezone(time_zone, column), "YYYY-MM-DD HH24:MI")
    return sa.cast(column, sa.Text)


def _stored(place: Field | None, item: Item) -> Any:
    """Return the key as the column keeps it; what is no such value belongs to no record."""
    try:
        return UUID(str(item.key)) if place is None else place.type.store(item.key, place.options)
    except (ValueError, InvalidInput):
        return None


def _path(place: Field | None) -> str:
    return "id" if place is None else place.key

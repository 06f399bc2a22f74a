"""Stored values: what a reading of input comes to, ids in them, and how they are shown with rights applied.

Leaves the reading to `changing/intake`, and to others what needs the database: whether a relation's target exists
(`relations`), titles (`record_titles`), computed values (`computing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from engine.errors import Violation, pointer
from form_engine.definition import Field, Form, Table
from form_engine.field_type import USERS

#: (target, id) -> title; target is a form's full name or `meta.user`, `meta.department`, `meta.file`.
Titles = Mapping[tuple[str, UUID], str]
Access = Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Reading:
    """What input came to.

    values     -- every stored value of the record as it will be, computed ones still those of before.
    given      -- keys that the input holds.
    violations -- what is wrong; pointers start with the change's.
    fresh_rows -- ids of sub-table rows that are new.
    """

    values: dict[str, Any]
    given: frozenset[str]
    violations: list[Violation] = field(default_factory=list)
    fresh_rows: set[UUID] = field(default_factory=set)


def joined(prefix: str, rest: str) -> str:
    """Return the pointer `rest` (`#/a/0`) as seen from `prefix` (`#/changes/3`)."""
    return prefix + rest[1:]


def below(prefix: str, *parts: str | int) -> str:
    """Return the pointer of `parts` under `prefix`."""
    return joined(prefix, pointer(*parts))


def is_computed(one: Field) -> bool:
    """Whether the platform gives the value: a formula or a generated value such as a serial number."""
    return one.is_computed


def target(one: Field) -> str | None:
    """Return what the field's stored ids point to, None for other fields."""
    return one.target


# --- shown -----------------------------------------------------------------------------------------------------------


def show(
    form: Form, stored: Mapping[str, Any], *, access: Access, titles: Titles, keys: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return a record's values as the API gives them: hidden fields left out, masked ones masked."""
    wanted = form.fields.values() if keys is None else [form.fields[key] for key in keys]
    return {
        one.key: mask(one, stored.get(one.key))
        if access.get(one.key) == "masked"
        else shown(one, stored.get(one.key), titles)
        for one in wanted
        if access.get(one.key) != "hidden"
    }


def shown(one: Field, value: Any, titles: Titles) -> Any:
    """Return one stored value as JSON; ids become `{"id", "title"}`."""
    if value is None:
        return [] if isinstance(one, Table) else None
    if isinstance(one, Table):
        return [
            {"id": str(row["id"])} | {cell.key: shown(cell, row.get(cell.key), titles) for cell in one.fields}
            for row in value
        ]
    to = target(one)
    if to is None:
        return one.type.show(value, one.options)
    if one.type.traits.is_list:
        return [{"id": str(item), "title": titles.get((to, item), "")} for item in value]
    return {"id": str(value), "title": titles.get((to, value), "")}


def mask(one: Field, value: Any) -> Any:
    """Return enough of a value to recognise it, not enough to learn it: `138****1234`, else `****`."""
    if value is None:
        return None
    if isinstance(one, Table):
        return []
    text = value if isinstance(value, str) else ""
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else f"{text[:1]}****"


def ids_in(fields: Any, values: Mapping[str, Any]) -> Iterator[tuple[Field, str, UUID, tuple[str | int, ...]]]:
    """Yield (field, target, id, place) for every id that the stored values point to; place as in a pointer."""
    for one in fields:
        if one.target is None and not isinstance(one, Table):
            continue
        value = values.get(one.key)
        if value is None:
            continue
        if isinstance(one, Table):
            for index, row in enumerate(value):
                for cell, cell_target, key, place in ids_in(one.fields, row):
                    yield cell, cell_target, key, (one.key, index, *place)
            continue
        to = one.target
        if to is None:
            continue
        if one.type.traits.is_list:
            for index, key in enumerate(value):
                yield one, to, key, (one.key, index)
        else:
            yield one, to, value, (one.key,)


def clear(form: Form, stored: dict[str, Any], wrong: Sequence[str]) -> None:
    """Empty the places of `stored` that the pointers name."""
    for one, _, _, place in list(ids_in(form.fields.values(), stored)):
        if pointer(*place) not in wrong:
            continue
        if len(place) > 2:
            stored[str(place[0])][int(place[1])][one.key] = None
        else:
            stored[one.key] = None


def instant(at: datetime | None) -> str | None:
    """Return an instant as RFC 3339 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def person(user_id: UUID | None, titles: Titles) -> dict[str, str] | None:
    """Return a user as `{"id", "title"}`."""
    return None if user_id is None else {"id": str(user_id), "title": titles.get((USERS, user_id), "")}

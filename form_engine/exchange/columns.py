"""Columns of a sheet and fields of a form: which is which.

Owns the names that a header may have (title in any language, key; `明细.数量` or `lines.quantity` for the cells of a
sub-table), the automatic mapping and a person's own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.errors import InvalidInput, Violation, pointer
from engine.texts import LANGUAGES, LocalizedText, localized
from form_engine.definition import Field, Form, Table
from form_engine.exchange.cells import Raw, Reader, reader, text
from form_engine.field_type import FILES
from form_engine.values import Access, is_computed, target

#: The column that says which record a row is about.
ID = "id"
_LONGEST_HEADER = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a cell may go: a field of the record, or of the rows of its sub-table; `field` is None for the id.

    is_closed -- the actor may read the field and not write it: it only says which record is meant.
    """

    field: Field | None = None
    table: Table | None = None
    is_closed: bool = False

    @property
    def path(self) -> str:
        """The place's name: `customer`, `lines.product`, `id`."""
        if self.field is None:
            return ID
        return f"{self.table.key}.{self.field.key}" if self.table else self.field.key

    @property
    def is_input(self) -> bool:
        """Whether its values are written; others only say which record is meant."""
        return self.field is not None and not self.is_closed and not is_computed(self.field)

    def title(self, language: str) -> str:
        """Return what people call it."""
        if self.field is None:
            return "ID"
        own = localized(self.field.title, language)
        return f"{localized(self.table.title, language)}.{own}" if self.table else own


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the sheet with the place it goes to; `index` counts from 0.

    path, is_input -- the place's, settled once for all rows.
    """

    index: int
    header: str
    place: Place
    read: Reader
    path: str = field(init=False)
    is_input: bool = field(init=False)

    def __post_init__(self) -> None:
        """Settle what is asked of every cell."""
        object.__setattr__(self, "path", self.place.path)
        object.__setattr__(self, "is_input", self.place.is_input)


def places(form: Form, access: Access) -> tuple[Place, ...]:
    """Return everything that a column may go to, in the form's order; hidden and closed fields are left out.

    Serial numbers are places, too: they cannot be written, but say which record is meant.
    """
    return (Place(), *_places(form, access))


def _places(form: Form, access: Access) -> Iterator[Place]:
    for one in form.fields.values():
        if access.get(one.key) in {"hidden", "masked"} or one.formula is not None or target(one) == FILES:
            continue
        if isinstance(one, Table):
            if access.get(one.key) != "read_only":
                cells = (cell for cell in one.fields if not is_computed(cell) and target(cell) != FILES)
                yield from (Place(field=cell, table=one) for cell in cells)
        elif one.type.traits.is_generated or access.get(one.key) != "read_only" or one.unique:
            yield Place(field=one, is_closed=access.get(one.key) == "read_only")


def mapped(
    form: Form, access: Access, header: Sequence[Raw], mapping: Mapping[str, str | None] | None, time_zone: str
) -> list[Column]:
    """Return the columns that go somewhere.

    mapping   -- header -> path, None for nowhere; headers it does not name are matched by themselves.
    time_zone -- by which times in cells are read.
    Raises `InvalidInput` at `#/mapping/<header>` for an unknown path, and for two columns with one place.
    """
    offered = {place.path: place for place in places(form, access)}
    names = _names(offered.values())
    own = {_folded(key): path for key, path in (mapping or {}).items()}
    spots: list[Violation] = []
    taken: dict[str, Column] = {}
    for index, raw in enumerate(header):
        title = text(raw)[:_LONGEST_HEADER]
        is_told = _folded(title) in own
        path = own[_folded(title)] if is_told else names.get(_folded(title))
        if not title or path is None:
            continue
        if path not in offered:
            spots.append(
                Violation(pointer=pointer("mapping", title), code="import_place_unknown", params={"field": path[:120]})
            )
        elif path in taken and is_told and taken[path].header != title:
            params = {"first": taken[path].header, "second": title}
            spots.append(Violation(pointer=pointer("mapping", title), code="import_place_twice", params=params))
        elif path not in taken:
            place = offered[path]
            read = text if place.field is None else reader(place.field, time_zone)
            taken[path] = Column(index=index, header=title, place=place, read=read)
    if spots:
        raise InvalidInput(violations=spots)
    return sorted(taken.values(), key=lambda column: column.index)


def _names(offered: Iterable[Place]) -> dict[str, str]:
    """Return the path for every name that a header may have; keys before titles, fields before cells."""
    found: dict[str, str] = {}
    every = sorted(offered, key=lambda place: place.table is not None)
    for place in every:
        found.setdefault(_folded(place.path), place.path)
    for place in every:
        for language in LANGUAGES:
            found.setdefault(_folded(place.title(language)), place.path)
    for place in every:
        if place.table is not None and place.field is not None:
            for language in LANGUAGES:
                found.setdefault(_folded(localized(place.field.title, language)), place.path)
    return found


def _folded(name: str) -> str:
    """Return a header for comparing: width, case and the template's mark of required columns make no difference."""
    shown = unicodedata.normalize("NFKC", name).casefold().strip().rstrip("*").strip()
    return shown.replace(" . ", ".").replace("›", ".").replace(" ", "")


def key_title(place: Place) -> LocalizedText:
    """Return the title of the field that tells records apart."""
    return "ID" if place.field is None else place.field.title

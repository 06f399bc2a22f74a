"""How a form is arranged: sections of the record page, saved lists, and what both are when nobody arranged them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from engine.errors import pointer
from engine.texts import LocalizedText
from form_engine.definition import Field, Section, View
from form_engine.documents.inference import title_of

_MAIN_TITLE: Final = {"zh-CN": "基本信息", "en-US": "General"}
_ALL_TITLE: Final = {"zh-CN": "全部", "en-US": "All"}
_WORD: Final = re.compile(r"[a-z][a-z0-9_]*")
_DEFAULT_COLUMNS: Final = 8
_DEFAULT_SORT: Final = ("-created_at",)

Texts = Callable[[str, str], LocalizedText]


def read_layout(
    sections: Sequence[Mapping[str, Any]], fields: Mapping[str, Field], texts: Texts
) -> tuple[Section, ...]:
    """Return the sections of the record page; a form without any gets `default_layout`."""
    if not sections:
        return default_layout(fields)
    return tuple(
        Section(
            key=section["key"],
            title=_title(section, f"x-form/layout/{section['key']}/title", texts),
            columns=section.get("columns", 2),
            fields=tuple(section["fields"]),
            pointer=pointer("x-form", "layout", index),
        )
        for index, section in enumerate(sections)
    )


def default_layout(fields: Mapping[str, Field]) -> tuple[Section, ...]:
    """Return one section of all plain fields in two columns, then a section for each sub-table."""
    plain = tuple(field.key for field in fields.values() if not field.type.traits.has_rows)
    tables = [field for field in fields.values() if field.type.traits.has_rows]
    main = (Section(key="main", title=_MAIN_TITLE, columns=2, fields=plain),) if plain else ()
    return main + tuple(
        Section(key=f"table_{table.key}"[:60], title=table.title, columns=1, fields=(table.key,)) for table in tables
    )


def read_views(views: Sequence[Mapping[str, Any]], fields: Mapping[str, Field], texts: Texts) -> tuple[View, ...]:
    """Return the saved lists; a form without any gets `default_view`."""
    if not views:
        return (default_view(fields),)
    standard = default_view(fields)
    return tuple(
        View(
            key=view["key"],
            title=_title(view, f"x-form/views/{view['key']}/title", texts),
            columns=tuple(view.get("columns") or standard.columns),
            filter=view.get("filter"),
            sort=tuple(view.get("sort") or standard.sort),
            pointer=pointer("x-form", "views", index),
        )
        for index, view in enumerate(views)
    )


def default_view(fields: Mapping[str, Field]) -> View:
    """Return the list of everything, newest first, with the first fields that fit into a row."""
    shown = [field.key for field in fields.values() if _fits_a_row(field)]
    return View(key="all", title=_ALL_TITLE, columns=tuple(shown[:_DEFAULT_COLUMNS]), sort=_DEFAULT_SORT)


def _fits_a_row(field: Field) -> bool:
    traits = field.type.traits
    is_long = traits.is_searched and not traits.is_sorted
    return not (traits.has_rows or is_long or (traits.is_list and traits.target(field.options) is not None))


def _title(element: Mapping[str, Any], path: str, texts: Texts) -> LocalizedText:
    return texts(path, element.get("title", title_of(element["key"])))


def indexed_columns(document: Mapping[str, Any], fields: Mapping[str, Field]) -> set[str]:
    """Return the fields by which the form's views filter and sort, for an index: names that stand in the texts."""
    views = document.get("x-form", {}).get("views", ())
    words = {word for view in views for word in _WORD.findall(view.get("filter", ""))}
    words |= {view["sort"][0].removeprefix("-") for view in views if view.get("sort")}
    return {key for key in fields if key in words}

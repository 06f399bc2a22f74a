"""Which indexes the views of a form want."""

from __future__ import annotations

from typing import Any

import pytest

from form_engine.documents.inference import normal
from form_engine.documents.list_indexes import list_indexes
from form_engine.documents.reading import read_fields
from form_engine.storage.tables import shapes

FIELDS = {
    "number": {"x-field": {"type": "serial", "pattern": "N{seq:4}"}},
    "status": {"x-field": {"type": "select", "options": [{"value": "open", "title": "Open"}]}},
    "day": {"x-field": {"type": "date"}},
    "clerk": {"x-field": {"type": "member"}},
    "name": {"maxLength": 300, "x-field": {"type": "text"}},
    "street": {"maxLength": 300, "x-field": {"type": "text"}},
    "note": {"x-field": {"type": "long_text"}},
    "tags": {"x-field": {"type": "multi_select", "options": [{"value": "a", "title": "A"}]}},
}


def _indexes(**view: Any) -> list[str]:
    document = {"properties": FIELDS, "x-form": {"views": [{"key": "a", "title": "A", **view}]}}
    fields = read_fields(normal(document)[0], "order")
    made = shapes("crm", "order", fields, (), list_indexes(document, fields))[0].indexes
    return [sql.partition(" ON ")[2] for name, sql in made.items() if "_list_" in name]


@pytest.mark.parametrize(
    ("view", "columns"),
    [
        ({"filter": "status == 'open'"}, '("status", "created_at" DESC, "id" DESC)'),
        ({"filter": "clerk == user", "sort": ["-number"]}, '("clerk", "number" DESC, "id" DESC)'),
        (
            {"filter": "status == 'open' and clerk == user and day > TODAY()", "sort": ["day"]},
            '("status", "clerk", "day", "id")',
        ),
        ({"sort": ["-day", "number"]}, '("day" DESC, "number", "id" DESC)'),
        ({"sort": ["day", "-number"]}, '("day", "number" DESC NULLS LAST, "id")'),
    ],
)
def test_a_view_gets_an_index_of_what_it_fixes_and_its_order(view: dict[str, Any], columns: str) -> None:
    assert _indexes(**view) == [f'"crm"."order" {columns} WHERE deleted_at IS NULL']


@pytest.mark.parametrize(
    "view",
    [
        {"sort": ["-day"]},
        {"filter": "day == day"},
        {"filter": "status == 'open' or clerk == user"},
        {"filter": "status =="},
        {"filter": "name == 'a'", "sort": ["street"]},
        {"filter": "note == 'a'"},
        {"filter": "tags == 'a'"},
        {"filter": "unknown == 'a'"},
        {"filter": "status == 'open'", "sort": ["note"]},
    ],
    ids=str,
)
def test_other_views_get_none(view: dict[str, Any]) -> None:
    assert _indexes(**view) == []


def test_the_index_stands_in_for_one_of_its_first_column() -> None:
    document = {
        "properties": FIELDS,
        "x-form": {"views": [{"key": "a", "title": "A", "filter": "status == 'open'", "sort": ["day"]}]},
    }
    fields = read_fields(normal(document)[0], "order")
    names = set(shapes("crm", "order", fields, ["status", "day"], list_indexes(document, fields))[0].indexes)
    assert {"ix_order_status", "ix_order_day"} & names == {"ix_order_day"}

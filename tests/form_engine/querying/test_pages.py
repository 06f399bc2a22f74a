"""Lists: what is found, in which order, page by page, at what cost."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from engine.db import Session
from engine.errors import InvalidInput
from form_engine import forms, records
from form_engine.record import COUNT_CAP, Change, Query
from tests.factories import shop as factory
from tests.factories.shop import Shop, choice, field, line
from tests.form_engine.statements import counted

THING = factory.form(
    "shop.thing",
    {
        "name": field("text"),
        "size": field("integer"),
        "weight": field("decimal"),
        "day": field("date"),
        "at": field("datetime"),
        "is_new": field("boolean"),
        "tags": field("multi_select", options=[{"value": "a"}, {"value": "b"}]),
        "kind": choice("x", "y"),
        "one": field("relation", form="shop.product"),
        "two": field("relation", form="shop.product"),
        "three": field("relation", form="shop.customer"),
        "four": field("relation", form="shop.order"),
        "five": field("relation", form="shop.thing"),
    },
    record_title="{name}",
)


@pytest.fixture
def things(session: Session, shop: Shop) -> Shop:
    forms.publish(session, shop.admin, THING)
    return shop


def add(session: Session, shop: Shop, *rows: dict[str, Any]) -> None:
    records.apply(session, shop.admin, "shop.thing", [Change(action="create", values=row) for row in rows])


def names(session: Session, shop: Shop, **query: Any) -> list[str]:
    page = records.list_page(session, shop.admin, "shop.thing", Query(**query))
    return [one.values["name"] for one in page.items]


def walk(session: Session, shop: Shop, sort: str | None, limit: int) -> list[str]:
    """Return the names of all pages, each page at most `limit` long."""
    found: list[str] = []
    cursor = None
    for _ in range(100):
        page = records.list_page(session, shop.admin, "shop.thing", Query(sort=sort, limit=limit, cursor=cursor))
        found += [one.values["name"] for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise AssertionError("pages without end")


SORTS = [None, "size", "-size", "size,-weight", "-day,size", "weight,-at,is_new", "kind,-name", "-created_at", "id"]


def test_pages_continue_where_the_last_one_ended(session: Session, things: Shop) -> None:
    sizes = [3, None, 1, 3, None, 2, 1]
    rows = [
        {
            "name": f"T{index}",
            "size": size,
            "weight": None if index % 3 == 0 else f"{index % 2}.50",
            "day": "2026-01-02" if index % 2 else None,
            "at": f"2026-01-0{index + 1}T10:00:00+08:00" if index % 2 else None,
            "is_new": [True, False, None][index % 3],
            "kind": ["x", "y", None][index % 3],
        }
        for index, size in enumerate(sizes)
    ]
    add(session, things, *rows)
    for sort in SORTS:
        whole = names(session, things, sort=sort, limit=200)
        assert sorted(whole) == [f"T{index}" for index in range(7)]
        for limit in (1, 2, 5):
            assert walk(session, things, sort, limit) == whole, (sort, limit)


def test_sorts_with_empty_values_last_and_ties_in_the_order_of_creation(session: Session, things: Shop) -> None:
    add(
        session,
        things,
        {"name": "a", "size": 2},
        {"name": "b"},
        {"name": "c", "size": 1},
        {"name": "d", "size": 2},
        {"name": "e"},
    )
    assert names(session, things, sort="size") == ["c", "a", "d", "b", "e"]
    assert names(session, things, sort="-size") == ["d", "a", "c", "e", "b"]
    assert names(session, things, sort="-size,-name") == ["d", "a", "c", "e", "b"]


FILTERS: list[tuple[str, list[str]]] = [
    ("size > 1", ["b"]),
    ("size == None", ["c"]),
    ("size != 1", ["b", "c"]),
    ("weight * 2 == 3", ["a"]),
    ("kind in ['x', 'y']", ["a", "b"]),
    ("'a' in tags", ["a"]),
    ("name == 'a' or is_new", ["a", "b"]),
    ("one.code == 'B1'", ["a"]),
    ("one == two", ["c"]),
    ("day >= DATE(2026, 1, 1) and day < TODAY()", ["a"]),
    ("owner == user", ["a", "b", "c"]),
    ("owner != user", []),
    ("five.five.name == 'x'", []),
]


def test_filters_by_expression(session: Session, things: Shop) -> None:
    add(
        session,
        things,
        {
            "name": "a",
            "size": 1,
            "weight": "1.5",
            "day": "2026-01-01",
            "tags": ["a", "b"],
            "kind": "x",
            "one": str(things.bolt.id),
        },
        {"name": "b", "size": 2, "weight": 0, "tags": [], "kind": "y", "is_new": True, "one": str(things.nut.id)},
        {"name": "c"},
    )
    for text, expected in FILTERS:
        assert names(session, things, filter=text, sort="name") == expected, text


def test_filters_by_what_stands_in_rows(session: Session, shop: Shop) -> None:
    factory.order(session, shop, lines=[line(shop.bolt, 1)])
    dear = factory.order(session, shop, lines=[line(shop.bolt, 10), line(shop.nut, 2)])
    for text in ("SUM(lines.amount) > 20", "COUNT(lines.amount) == 2", "MAX(lines.quantity) > 5", "total > 20"):
        page = records.list_page(session, shop.admin, "shop.order", Query(filter=text))
        assert [one.id for one in page.items] == [dear.id]


def test_searches_every_word_literally(session: Session, things: Shop) -> None:
    every = ["Alpha", "Beta 50%", "a_b", "c\\d"]
    add(session, things, *({"name": name} for name in every))
    searches = {
        "beta": every[1:2],
        "50%": every[1:2],
        "a_": every[2:3],
        "b a": every[1:3],
        "\\": every[3:],
        " ": every,
        "'": [],
    }
    for search, expected in searches.items():
        assert sorted(names(session, things, search=search)) == sorted(expected), search


def test_finds_records_by_the_titles_of_those_they_point_to(session: Session, things: Shop) -> None:
    customer = records.create(session, things.admin, "shop.customer", {"name": "天津华锐", "phone": "13800001234"})
    add(session, things, {"name": "Alpha", "three": str(customer.id)}, {"name": "天津"}, {"name": "Beta"})

    assert sorted(names(session, things, search="天津")) == ["Alpha", "天津"]
    assert names(session, things, search="华锐 alpha") == ["Alpha"]
    # What stands in the other record, but not in its title, is not what people see here.
    assert names(session, things, search="13800001234") == []


WRONG: list[tuple[dict[str, Any], str, str | None]] = [
    ({"filter": "nothing > 1"}, "#/filter", "expression_unknown_name"),
    ({"filter": "size"}, "#/filter", "expression_type"),
    ({"filter": "size >"}, "#/filter", "expression_syntax"),
    ({"filter": "name.__class__ == 1"}, "#/filter", None),
    ({"filter": "9**9**9 > 1"}, "#/filter", None),
    ({"filter": "size > 1; DROP TABLE x"}, "#/filter", None),
    ({"filter": "size == 1 or " * 1000 + "size == 1"}, "#/filter", "maxLength"),
    ({"sort": "nothing"}, "#/sort", "unknown_field"),
    ({"sort": "--size"}, "#/sort", "unknown_field"),
    ({"sort": "tags"}, "#/sort", "field_not_sortable"),
    ({"sort": "size,size,size,size,size,size"}, "#/sort", "maxItems"),
    ({"limit": 0}, "#/limit", "limit_range"),
    ({"limit": 201}, "#/limit", "limit_range"),
    ({"fields": ["name", "nothing"]}, "#/fields/1", "unknown_field"),
    ({"search": "a\x00"}, "#/search", "text_not_storable"),
    ({"search": "a" * 300}, "#/search", "maxLength"),
]


def test_refuses_wrong_queries(session: Session, things: Shop) -> None:
    for query, pointer, code in WRONG:
        with pytest.raises(InvalidInput) as caught:
            records.list_page(session, things.admin, "shop.thing", Query(**query))
        spot = caught.value.violations[0]
        assert (spot.pointer, spot.code) == (pointer, code or spot.code), query


def test_refuses_cursors_that_it_did_not_make(session: Session, things: Shop) -> None:
    add(session, things, *({"name": f"T{index}", "size": index} for index in range(3)))
    cursor = records.list_page(session, things.admin, "shop.thing", Query(sort="size", limit=1)).next_cursor
    assert cursor is not None
    parts = json.loads(base64.urlsafe_b64decode(cursor + "=="))

    def forged(*values: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")

    wrong = ["", "x", "ü", "a" * 9000, cursor[:-3], forged(), forged(parts[0], "x", parts[2]), forged(*parts, 1)]
    wrong += [forged(parts[0], {"a": 1}, parts[2]), forged(parts[0], 1, "x"), forged(parts[0], 1, None), "[" * 3000]
    for text in wrong:
        with pytest.raises(InvalidInput) as caught:
            records.list_page(session, things.admin, "shop.thing", Query(sort="size", cursor=text))
        assert [(spot.pointer, spot.code) for spot in caught.value.violations] == [("#/cursor", "cursor_invalid")]
    with pytest.raises(InvalidInput):
        records.list_page(session, things.admin, "shop.thing", Query(sort="-size", cursor=cursor))


def test_reads_only_the_fields_asked_for_and_counts_as_asked(session: Session, things: Shop) -> None:
    add(session, things, *({"name": f"T{index}", "size": index} for index in range(4)))
    page = records.list_page(
        session, things.admin, "shop.thing", Query(fields=["size"], limit=1, count="exact", filter="size > 0")
    )
    assert page.count == 3
    assert list(page.items[0].values) == ["size"]
    assert page.items[0].title.startswith("T")
    assert records.list_page(session, things.admin, "shop.thing", Query(count="capped")).count == 4 < COUNT_CAP
    assert records.list_page(session, things.admin, "shop.thing", Query()).count is None


def test_costs_the_same_statements_for_one_row_and_for_fifty(session: Session, things: Shop) -> None:
    target = factory.order(session, things)

    def listed() -> list[str]:
        with counted(session) as seen:
            page = records.list_page(session, things.sales, "shop.order", Query(limit=200, count="capped"))
            records.show(session, things.sales, "shop.order", page.items)
            page = records.list_page(session, things.admin, "shop.thing", Query(limit=200, count="exact", sort="-name"))
            records.show(session, things.admin, "shop.thing", page.items)
        assert len(page.items) in (1, 50)
        return seen

    ids = {"one": things.bolt, "two": things.nut, "three": things.customer, "four": target}
    row = {key: str(record.id) for key, record in ids.items()}
    add(session, things, {"name": "first", **row})
    first = records.list_page(session, things.admin, "shop.thing", Query()).items[0]
    records.update(session, things.admin, "shop.thing", first.id, {"five": str(first.id)}, version=1)
    once = listed()
    add(session, things, *({"name": f"T{index}", **row, "five": str(first.id)} for index in range(49)))
    many = listed()
    assert many == once
    # The order list is empty for this reader: rows and count. The other: rows, title, count, and one for each of four
    # forms pointed to and for people.
    assert len(many) == 2 + 3 + 5

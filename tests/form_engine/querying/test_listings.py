"""Lists that PostgreSQL writes: the same as records shown one by one."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import permissions
from engine.db import Session
from engine.errors import InvalidInput
from form_engine import forms, records
from form_engine.record import Change, Query
from tests.factories import shop as factory
from tests.factories.shop import Shop, choice, field
from tests.form_engine.statements import counted

THING = factory.form(
    "shop.thing",
    {
        "name": field("text"),
        "note": field("long_text"),
        "number": field("serial", pattern="T{seq:4}"),
        "size": field("integer"),
        "weight": field("decimal", scale=3),
        "price": field("money"),
        "day": field("date"),
        "at": field("datetime"),
        "is_new": field("boolean"),
        "kind": choice("x", "y"),
        "tags": field("multi_select", options=[{"value": "a"}, {"value": "老客户"}]),
        "maker": field("relation", form="shop.product"),
        "buyer": field("relation", form="shop.customer"),
        "like": field("relation", form="shop.thing"),
        "clerk": field("member"),
        "home": field("department"),
        "total": field("money", formula="price * 2"),
    },
    record_title="{name} {maker.code}",
)
#: Every kind of white space, quotes, what JSON escapes, characters beyond the basic plane.
TEXTS = st.text(alphabet='ab \t\n\r\u00a0\u3000\u2028\x1c\x85"\\/\x07\x7f斗拱😀', max_size=8)


@pytest.fixture
def things(session: Session, shop: Shop) -> Shop:
    forms.publish(session, shop.admin, THING)
    return shop


def add(session: Session, shop: Shop, *rows: dict[str, Any]) -> list[UUID]:
    changes = [Change(action="create", values=row) for row in rows]
    return [one.id for one in records.apply(session, shop.admin, "shop.thing", changes)]


def both(session: Session, shop: Shop, actor: Any = None, **query: Any) -> list[Any]:
    """Return a page as PostgreSQL writes it, which must be what Python shows; with cursor and count."""
    who, asked = actor or shop.admin, Query(**query)
    written = records.listed(session, who, "shop.thing", asked)
    assert written is not None
    page = records.list_page(session, who, "shop.thing", asked)
    shown = records.show(session, who, "shop.thing", page.items, fields=asked.fields)
    items = [json.loads(text) for text in written.items]
    assert items == json.loads(json.dumps(shown))
    assert (written.next_cursor, written.count) == (page.next_cursor, page.count)
    return [items, written.next_cursor, written.count]


def test_writes_every_kind_of_value_as_it_is_shown(session: Session, things: Shop) -> None:
    maker = str(records.create(session, things.admin, "shop.product", {"code": "a\u3000 b", "name": "\tn\x1c"}).id)
    first = add(
        session,
        things,
        {
            "name": " x\u00a0 y\n", "note": 'quo"te\\ \n', "size": 9007199254740991, "weight": "1.5", "price": "-0.1",
            "day": "0999-01-02", "at": "2026-01-02T03:04:05.060000Z", "is_new": False, "kind": "x",
            "tags": ["老客户", "a"], "maker": maker, "clerk": str(things.admin.user_id),
        },
        {"at": "2026-01-02T03:04:05Z", "price": "99999999999.99"},
        {},
    )[0]  # fmt: skip
    add(session, things, {"name": "second", "like": str(first)})
    items, cursor, count = both(session, things, sort="name", count="exact")
    assert (len(items), cursor, count) == (4, None, 4)
    values = items[0]["values"]
    assert items[0]["title"] == "x y a b"
    assert (values["weight"], values["price"]) == ("1.500", "-0.10")
    assert values["at"] == "2026-01-02T03:04:05.060000Z"
    assert values["maker"] == {"id": maker, "title": "a b n"}
    assert values["total"] == "-0.20"
    assert items[1]["values"]["like"] == {"id": str(first), "title": "x y a b"}


def test_names_the_platform_and_those_who_are_gone(session: Session, things: Shop) -> None:
    [one] = add(session, things, {"name": "a"})
    table = forms.get(session, "shop.thing").table
    session.execute(sa.update(table).values(created_by=UUID(int=0), updated_by=UUID(int=7), owner=None))
    [item] = both(session, things)[0]
    assert item["created_by"] == {"id": str(UUID(int=0)), "title": "系统"}
    assert item["updated_by"] == {"id": str(UUID(int=7)), "title": ""}
    assert (item["id"], item["owner"]) == (str(one), None)


@pytest.mark.parametrize("sort", ["name", "-name", "-size,name", "size,-day", "-created_at", None, "-at"])
@pytest.mark.parametrize("count", ["none", "capped", "exact"])
def test_pages_as_python_does(session: Session, things: Shop, sort: str | None, count: str) -> None:
    rows = [
        {"name": name, "size": size, "day": day, "at": at}
        for name, at in (("b", None), ("a", datetime(2026, 1, 1, tzinfo=UTC).isoformat()))
        for size in (1, None)
        for day in ("2026-01-01", None)
    ]
    add(session, things, *rows)
    seen, cursor = 0, None
    while True:
        items, cursor, _ = both(session, things, sort=sort, limit=3, cursor=cursor, count=count)
        seen += len(items)
        if cursor is None:
            break
    assert seen == 8


def test_counts_what_lies_before_an_empty_last_page(session: Session, things: Shop) -> None:
    keys = add(session, things, {"name": "a"}, {"name": "b"}, {"name": "c"})
    _, cursor, _ = both(session, things, sort="name", limit=2, count="exact")
    records.delete(session, things.admin, "shop.thing", keys[2])
    assert both(session, things, sort="name", limit=2, count="exact", cursor=cursor) == [[], None, 2]
    assert both(session, things, filter="name == 'z'", count="exact") == [[], None, 0]


def test_a_kept_statement_serves_whoever_has_the_same_roles_and_no_others(session: Session, things: Shop) -> None:
    add(session, things, {"name": "a", "clerk": str(things.admin.user_id), "maker": None})
    for _ in range(2):
        assert len(both(session, things, filter="clerk == user")[0]) == 1
        assert len(both(session, things, filter="maker.code == None")[0]) == 1
        assert len(both(session, things, filter="created_at <= NOW()")[0]) == 1
    with pytest.raises(InvalidInput):
        records.listed(session, things.admin, "shop.thing", Query(filter="unknown == 1"))
    with pytest.raises(InvalidInput):
        records.listed(session, things.admin, "shop.thing", Query(limit=0))


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("name == 'it''s 100% \\\\ {x} :y $1'", 0),
        ("name == '50% off' and note != '%s'", 1),
        ("size == 7 and weight >= 1.5 and price < 10.05", 1),
        ("day == '2026-01-02' or day == '0999-01-02'", 1),
        ("at <= '2026-01-02T03:04:05Z'", 1),
        ("is_new == True and kind in ['x', 'y']", 1),
        ("'老客户' in tags", 1),
        ("buyer == None and clerk == None", 1),
    ],
)
def test_a_list_asked_again_is_prepared_and_the_same(session: Session, things: Shop, where: str, found: int) -> None:
    add(
        session,
        things,
        {
            "name": "50% off", "note": "n", "size": 7, "weight": "1.5", "price": "10", "day": "2026-01-02",
            "at": "2026-01-02T03:04:05Z", "is_new": True, "kind": "y", "tags": ["老客户"],
        },
    )  # fmt: skip
    asked = {"filter": where, "sort": "name", "count": "exact", "limit": 5}
    first = both(session, things, **asked)
    assert len(first[0]) == found
    with counted(session) as seen:
        assert [both(session, things, **asked) for _ in range(3)] == [first] * 3
    names = [re.match(r"(PREPARE \w+|EXECUTE \w+)", statement) for statement in seen if "EXECUTE" in statement]
    assert [one[0].partition(" ")[0] for one in names if one] == ["PREPARE", "EXECUTE", "EXECUTE"]


def test_a_prepared_list_outlives_no_publication(session: Session, things: Shop) -> None:
    add(session, things, {"name": "a", "size": 7})
    for _ in range(3):
        assert both(session, things, sort="size", fields=("size",))[0][0]["values"] == {"size": 7}
    changed = {**THING, "properties": {**THING["properties"], "size": field("text")}}
    forms.publish(session, things.admin, changed)
    for _ in range(3):
        assert both(session, things, sort="size", fields=("size",))[0][0]["values"] == {"size": "7"}


def test_a_statement_kept_for_the_platform_serves_nobody_in_whose_name_it_acts(session: Session, shop: Shop) -> None:
    reader = replace(shop.sales, roles=frozenset({"shop.clerk"}))
    title = {"key": "clerk", "title": "c", "format": 1}
    forms_ = {"shop.thing": {"actions": ["view"], "fields": {"name": "hidden"}}}
    forms.publish(session, shop.admin, THING)
    permissions.publish(session, shop.admin, "shop", [title | {"forms": forms_}])
    add(session, shop, {"name": "secret"})
    asked = Query(sort="number")
    for actor, keys in ((reader.as_platform(), 1), (reader, 0)):
        written = records.listed(session, actor, "shop.thing", asked)
        assert written is not None
        (item,) = [json.loads(text) for text in written.items]
        assert ("name" in item["values"], "secret" in item["title"]) == (bool(keys), bool(keys))


def test_is_one_statement(session: Session, things: Shop) -> None:
    add(session, things, {"name": "a"})
    asked = Query(filter="name == 'a'", sort="name", count="exact")
    records.listed(session, things.admin, "shop.thing", asked)
    with counted(session) as seen:
        assert records.listed(session, things.admin, "shop.thing", asked) is not None
    assert len(seen) == 1


def test_holds_the_reader_to_their_rights(session: Session, shop: Shop) -> None:
    order = {"customer": str(shop.customer.id), "lines": [{"product": str(shop.bolt.id), "quantity": 1}]}
    records.create(session, shop.other, "shop.order", order)
    mine = records.create(session, shop.sales, "shop.order", order)
    for _ in range(2):
        written = records.listed(session, shop.sales, "shop.order", Query(fields=["number"], count="exact"))
        assert written is not None
        assert ([json.loads(text)["id"] for text in written.items], written.count) == ([str(mine.id)], 1)
    assert records.listed(session, shop.sales, "shop.customer", Query()) is None  # a masked field
    for actor, keys in ((shop.admin, {"name", "level", "phone", "credit"}), (shop.sales, {"name", "level"})):
        asked = Query(fields=sorted(keys))
        written = records.listed(session, actor, "shop.customer", asked)
        assert written is not None
        assert json.loads(written.items[0])["values"].keys() == keys
    with pytest.raises(InvalidInput):
        records.listed(session, shop.sales, "shop.customer", Query(fields=["credit"]))


def test_leaves_sub_tables_to_python(session: Session, shop: Shop) -> None:
    assert records.listed(session, shop.admin, "shop.order", Query()) is None
    assert records.listed(session, shop.admin, "shop.order", Query(fields=["number", "customer", "total"])) is not None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TEXTS, code=TEXTS, note=TEXTS)
def test_any_text_comes_out_as_it_went_in(session: Session, things: Shop, name: str, code: str, note: str) -> None:
    maker = records.create(session, things.admin, "shop.product", {"code": None, "name": code or "n"})
    [key] = add(session, things, {"name": name, "note": note, "maker": str(maker.id)})
    assert both(session, things)[0][0]["values"]["name"] == (name or None)
    records.delete(session, things.admin, "shop.thing", key)

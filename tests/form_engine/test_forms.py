"""Publication: versions and tables change together or not at all."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine import definitions
from engine.actor import Actor
from engine.db import Database, Session
from engine.errors import Conflict, InvalidDefinition, NotAllowed, NotFound
from engine.ids import new_id
from form_engine import forms, publication
from form_engine.definition import Form
from form_engine.storage import trash
from form_engine.storage.tables import search_text

_SYSTEM = {"version": 1, "created_by": UUID(int=1), "updated_by": UUID(int=1), "owner": UUID(int=1)}


def _field(kind: str, /, **options: Any) -> dict[str, Any]:
    return {"x-field": {"type": kind, **options}}


def _form(properties: dict[str, Any], name: str = "test_app.thing", **section: Any) -> dict[str, Any]:
    form = {"$id": name, "format": 1, "title": "Thing", "type": "object", "properties": properties}
    return form | ({"x-form": section} if section else {})


def _columns(session: Session, table: str) -> dict[str, str]:
    query = sa.text(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a WHERE a.attnum > 0 "
        "AND NOT a.attisdropped AND a.attrelid = to_regclass(:table) ORDER BY a.attnum"
    )
    return {row[0]: row[1] for row in session.execute(query, {"table": table})}


def _fields_of(session: Session, table: str) -> dict[str, str]:
    system = {"id", "version", "created_at", "created_by", "updated_at", "updated_by", "owner", "deleted_at"}
    found = _columns(session, table)
    return {key: type_ for key, type_ in found.items() if key not in system | {"deleted_by", "record_id", "position"}}


def _indexes(session: Session, table: str) -> set[str]:
    query = sa.text("SELECT indexname FROM pg_indexes WHERE schemaname = 'test_app' AND tablename = :table")
    return set(session.execute(query, {"table": table}).scalars())


def _insert(session: Session, form: Form, **values: Any) -> UUID:
    key = new_id()
    row = {"id": key, "created_at": session.now, "updated_at": session.now, **_SYSTEM, **values}
    session.execute(sa.insert(form.table).values(row))
    return key


def test_a_new_form_gets_its_tables(session: Session, admin: Actor) -> None:
    lines = {
        "x-field": {"type": "table"},
        "items": {
            "properties": {
                "amount": _field("money"),
                "next": {"x-field": {"type": "relation", "form": "test_app.thing"}},
            }
        },
    }
    document = _form(
        {
            "number": _field("serial", pattern="T{seq:4}"),
            "name": _field("text", unique=True),
            "weight": _field("decimal", scale=3),
            "count": _field("integer"),
            "ok": _field("boolean"),
            "day": _field("date"),
            "at": _field("datetime"),
            "tags": _field("multi_select", open=True),
            "who": _field("member"),
            "files": _field("file"),
            "lines": lines,
        },
        views=[{"key": "open", "filter": "ok and count > 1", "sort": ["-day"]}],
    )
    form = forms.publish(session, admin, document)
    assert form.version == 1
    assert _fields_of(session, "test_app.thing") == {
        "number": "text",
        "name": "text",
        "weight": "numeric(38,3)",
        "count": "bigint",
        "ok": "boolean",
        "day": "date",
        "at": "timestamp with time zone",
        "tags": "text[]",
        "who": "uuid",
        "files": "uuid[]",
    }
    assert _fields_of(session, "test_app.thing__lines") == {"amount": "numeric(18,2)", "next": "uuid"}
    names = {name for name in _indexes(session, "thing") if "search" not in name}
    assert names == {
        "thing_pkey",
        *("ix_thing_created", "ix_thing_owner", "uq_thing_number_unique", "uq_thing_name_unique"),
        *("ix_thing_who", "ix_thing_files", "ix_thing_ok", "ix_thing_count", "ix_thing_day"),
    }
    assert _indexes(session, "thing__lines") == {"thing__lines_pkey", "ix_thing__lines_record", "ix_thing__lines_next"}
    assert list(form.children) == ["lines"]
    assert session.execute(sa.select(form.table)).all() == []


def test_the_search_index_is_the_expression_that_search_uses(session: Session, admin: Actor) -> None:
    session.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    form = forms.publish(session, admin, _form({"name": _field("text"), "note": _field("long_text")}))
    text = search_text(form)
    assert text is not None
    session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    session.execute(sa.text("DROP INDEX test_app.ix_thing_created"))  # would do as well for an empty table
    query = sa.select(form.table.c.id).where(text.ilike("%abc%"), form.table.c.deleted_at.is_(None))
    compiled = query.compile(session.connection.engine, compile_kwargs={"literal_binds": True})
    plan = session.connection.exec_driver_sql(f"EXPLAIN {compiled}").scalars().all()
    assert any("ix_thing_search_" in line for line in plan)


def test_publishing_what_is_in_force_changes_nothing(session: Session, admin: Actor) -> None:
    document = _form({"name": _field("text")})
    first = forms.publish(session, admin, document)
    second = forms.publish(session, admin, deepcopy(document))
    assert (first.version, second.version) == (1, 1)
    assert len(definitions.versions(session, "forms", "test_app.thing")) == 1


def test_a_new_title_makes_a_version_and_no_ddl(session: Session, admin: Actor) -> None:
    form = forms.publish(session, admin, _form({"name": _field("text")}))
    before = session.execute(
        sa.text("SELECT xmin::text, cmin::text FROM pg_class WHERE oid = 'test_app.thing'::regclass")
    )
    stamp = before.one()
    document = _form({"name": _field("text") | {"title": "名称"}})
    again = forms.publish(session, admin, document)
    after = session.execute(
        sa.text("SELECT xmin::text, cmin::text FROM pg_class WHERE oid = 'test_app.thing'::regclass")
    )
    assert (form.version, again.version) == (1, 2)
    assert again.fields["name"].title == "名称"
    assert after.one() == stamp


def test_forms_that_need_each_other_are_published_together(session: Session, admin: Actor) -> None:
    hen = _form({"egg": _field("relation", form="test_app.egg")}, "test_app.hen")
    egg = _form({"hen": _field("relation", form="test_app.hen")}, "test_app.egg")
    published = forms.publish_many(session, admin, [hen, egg])
    assert [form.name for form in published] == ["test_app.hen", "test_app.egg"]
    links = session.execute(
        sa.text("SELECT conname FROM pg_constraint WHERE contype = 'f' AND conname IN ('fk_hen_egg', 'fk_egg_hen')")
    )
    assert set(links.scalars()) == {"fk_hen_egg", "fk_egg_hen"}
    uses = definitions.impact(session, "forms", "test_app.egg")
    assert [(use.name, use.pointer) for use in uses] == [("test_app.hen", "#/properties/egg/x-field/form")]


def test_a_fault_in_one_form_leaves_all_as_they_were(session: Session, admin: Actor) -> None:
    good = _form({"name": _field("text")}, "test_app.good")
    bad = _form({"name": _field("nonsense")}, "test_app.bad")
    with pytest.raises(InvalidDefinition) as refusal:
        forms.publish_many(session, admin, [good, bad])
    assert [spot.pointer for spot in refusal.value.violations] == ["test_app.bad#/properties/name/x-field/type"]
    assert forms.find(session, "test_app.good") is None
    assert _columns(session, "test_app.good") == {}


def test_only_a_designer_publishes(session: Session) -> None:
    with pytest.raises(NotAllowed):
        forms.publish(session, Actor(user_id=UUID(int=9), username="sales", name="S"), _form({"name": _field("text")}))
    assert forms.find(session, "test_app.thing") is None


def test_an_unknown_form_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        forms.get(session, "test_app.thing")


def test_a_removed_field_is_put_away_and_comes_back_with_its_values(session: Session, admin: Actor) -> None:
    full = _form({"name": _field("text"), "note": _field("text", unique=True)})
    form = forms.publish(session, admin, full)
    key = _insert(session, form, name="a", note="kept")
    forms.publish(session, admin, _form({"name": _field("text")}))
    assert _fields_of(session, "test_app.thing") == {"name": "text", "_1_note": "text"}
    assert "uq_thing_note_unique" not in _indexes(session, "thing")
    back = forms.publish(session, admin, full)
    assert _fields_of(session, "test_app.thing") == {"name": "text", "note": "text"}
    assert "uq_thing_note_unique" in _indexes(session, "thing")
    assert session.execute(sa.select(back.table.c.note).where(back.table.c.id == key)).scalar_one() == "kept"


def test_a_field_that_comes_back_with_another_type_is_new(session: Session, admin: Actor) -> None:
    form = forms.publish(session, admin, _form({"name": _field("text"), "note": _field("text")}))
    _insert(session, form, note="text")
    forms.publish(session, admin, _form({"name": _field("text")}))
    forms.publish(session, admin, _form({"name": _field("text"), "note": _field("integer")}))
    assert _fields_of(session, "test_app.thing") == {"name": "text", "_1_note": "text", "note": "bigint"}


def test_a_removed_sub_table_comes_back_with_its_rows_and_its_new_shape(session: Session, admin: Actor) -> None:
    def document(cells: dict[str, Any] | None) -> dict[str, Any]:
        lines = {"lines": {"x-field": {"type": "table"}, "items": {"properties": cells}}} if cells else {}
        return _form({"name": _field("text"), **lines})

    form = forms.publish(session, admin, document({"a": _field("text"), "b": _field("text")}))
    owner = _insert(session, form, name="x")
    lines = form.children["lines"]
    session.execute(sa.insert(lines).values(id=new_id(), record_id=owner, position=0, a="A", b="B"))
    forms.publish(session, admin, document(None))
    assert _columns(session, "test_app.thing__lines") == {}
    assert "a" in _columns(session, "test_app._1_thing__lines")
    back = forms.publish(session, admin, document({"a": _field("text"), "c": _field("integer")}))
    assert set(_fields_of(session, "test_app.thing__lines")) == {"a", "_2_b", "c"}
    assert session.execute(sa.select(back.children["lines"].c.a)).scalars().all() == ["A"]
    assert "ix_thing__lines_record" in _indexes(session, "thing__lines")


def test_what_was_removed_is_dropped_after_60_days(database: Database, admin: Actor, clock: Any) -> None:
    with database.unit_of_work() as session:
        forms.publish(session, admin, _form({"name": _field("text"), "note": _field("text")}))
    with database.unit_of_work() as session:
        forms.publish(session, admin, _form({"name": _field("text")}))
        assert trash.drop_expired(session) == 0
    clock.advance(days=61)
    with database.unit_of_work() as session:
        assert trash.drop_expired(session) == 1
        assert _fields_of(session, "test_app.thing") == {"name": "text"}


def test_a_type_changes_where_every_value_converts(session: Session, admin: Actor) -> None:
    form = forms.publish(session, admin, _form({"value": _field("text", unique=True)}))
    for text in ("12", " 3.50", None):
        _insert(session, form, value=text)
    changed = forms.publish(session, admin, _form({"value": _field("decimal", scale=2, unique=True)}))
    found = session.execute(sa.select(changed.table.c.value).order_by(changed.table.c.value)).scalars()
    assert [str(value) for value in found] == ["3.50", "12.00", "None"]
    assert "uq_thing_value_unique" in _indexes(session, "thing")


def test_a_type_stays_where_a_value_would_be_lost(session: Session, admin: Actor) -> None:
    form = forms.publish(session, admin, _form({"value": _field("text")}))
    for text in ("12", "twelve", None):
        _insert(session, form, value=text)
    document = _form({"value": _field("integer")})
    report = forms.preview_conversions(session, document)
    assert [(one.field.key, one.rows, one.convertible, one.lost) for one in report] == [("value", 2, 1, 1)]
    with pytest.raises(InvalidDefinition) as refusal:
        forms.publish(session, admin, document)
    assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [
        ("#/properties/value/x-field/type", "conversion_loses_values")
    ]
    assert _fields_of(session, "test_app.thing") == {"value": "text"}
    assert forms.get(session, "test_app.thing").version == 1


def test_a_field_with_equal_values_cannot_become_unique(session: Session, admin: Actor) -> None:
    form = forms.publish(session, admin, _form({"value": _field("text")}))
    for _ in range(2):
        _insert(session, form, value="same")
    with pytest.raises(InvalidDefinition) as refusal:
        forms.publish(session, admin, _form({"value": _field("text", unique=True)}))
    assert [spot.code for spot in refusal.value.violations] == ["unique_has_duplicates"]
    session.execute(sa.update(form.table).values(deleted_at=session.now))
    assert forms.publish(session, admin, _form({"value": _field("text", unique=True)})).version == 2


def test_a_form_that_others_read_keeps_what_they_read(session: Session, admin: Actor) -> None:
    customer = _form({"name": _field("text"), "level": _field("text")}, "test_app.customer")
    order = _form(
        {"customer": _field("relation", form="test_app.customer")}, "test_app.order", record_title="{customer.name}"
    )
    forms.publish_many(session, admin, [customer, order])
    with pytest.raises(InvalidDefinition) as refusal:
        forms.publish(session, admin, _form({"level": _field("text")}, "test_app.customer"))
    assert [(spot.code, spot.params["form"]) for spot in refusal.value.violations] == [
        ("form_breaks_other", "test_app.order")
    ]
    assert forms.publish(session, admin, _form({"name": _field("text")}, "test_app.customer")).version == 2


def test_titles_come_in_every_language(session: Session, admin: Actor) -> None:
    status = _field("select", options=[{"value": "new", "title": "新"}]) | {"title": "状态"}
    texts = {
        "forms/thing/title": "Thing",
        "forms/thing/properties/status/title": "Status",
        "forms/thing/properties/status/x-field/options/new/title": "New",
        "forms/thing/x-form/rules/a/message": "No",
    }
    definitions.set_translations(session, admin, "test_app", {"en-US": texts})
    form = forms.publish(
        session, admin, _form({"status": status}, rules=[{"key": "a", "check": "1 > 0", "message": "不"}])
    )
    assert form.title == {"zh-CN": "Thing", "en-US": "Thing"}
    assert form.fields["status"].title == {"zh-CN": "状态", "en-US": "Status"}
    assert form.fields["status"].options["options"][0]["title"] == {"zh-CN": "新", "en-US": "New"}
    assert form.rules[0].message == {"zh-CN": "不", "en-US": "No"}


def test_a_retired_form_comes_back_with_its_rows(session: Session, admin: Actor) -> None:
    form = forms.publish(session, admin, _form({"name": _field("text")}))
    _insert(session, form, name="a")
    definitions.retire(session, admin, "forms", "test_app.thing")
    back = forms.publish(session, admin, _form({"name": _field("text"), "more": _field("text")}))
    assert back.version == 2
    assert session.execute(sa.select(back.table.c.name, back.table.c.more)).all() == [("a", None)]


def test_publication_gives_up_while_the_table_is_in_use(
    fresh_database: Database, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "LOCK_TIMEOUT", "50ms")
    with fresh_database.unit_of_work() as session:
        forms.publish(session, admin, _form({"name": _field("text")}))
    with fresh_database.unit_of_work() as reader:
        reader.execute(sa.text("SELECT * FROM test_app.thing"))
        with pytest.raises(Conflict, match="form_busy"), fresh_database.unit_of_work() as session:
            forms.publish(session, admin, _form({"name": _field("text"), "more": _field("text")}))
    with fresh_database.unit_of_work() as session:
        assert _fields_of(session, "test_app.thing") == {"name": "text"}
        assert forms.get(session, "test_app.thing").version == 1

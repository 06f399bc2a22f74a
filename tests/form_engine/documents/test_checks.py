"""Every fault of a form document at once, each with its place; nothing is written."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import pytest

from engine.catalog import Catalog
from form_engine.documents.checks import check_documents

_CATALOG = Catalog(0, [], {})


def _faults(*documents: dict[str, Any]) -> list[tuple[str, str]]:
    found = check_documents(_CATALOG, {document["$id"]: document for document in documents})
    return [(spot.pointer, spot.code) for spots in found.values() for spot in spots]


def _form(properties: dict[str, Any], *, name: str = "crm.thing", required: Any = (), **section: Any) -> dict[str, Any]:
    form: dict[str, Any] = {"$id": name, "format": 1, "title": "T", "type": "object", "properties": properties}
    if required:
        form["required"] = list(required)
    return form | ({"x-form": section} if section else {})


def _field(kind: str, /, **options: Any) -> dict[str, Any]:
    return {"x-field": {"type": kind, **options}}


def _table(cells: dict[str, Any]) -> dict[str, Any]:
    return {"x-field": {"type": "table"}, "items": {"properties": cells}}


def _orders(**section: Any) -> dict[str, Any]:
    lines = {
        "quantity": _field("decimal"),
        "price": _field("money"),
        "amount": _field("money", formula="quantity * price"),
    }
    fields = {
        "name": _field("text"),
        "status": _field("select", options=[{"value": "new"}, {"value": "done"}]),
        "lines": _table(lines),
        "total": _field("money", formula="SUM(lines.amount)"),
        "day": _field("date", default="TODAY()"),
        "file": _field("file"),
    }
    return _form(fields, **section)


@pytest.mark.parametrize(
    ("properties", "faults"),
    [
        ({"orderDate": _field("date")}, [("#/properties/orderDate", "field_key")]),
        ({"version": _field("text")}, [("#/properties/version", "field_key_reserved")]),
        ({"user": _field("text")}, [("#/properties/user", "field_key_reserved")]),
        ({"lambda": _field("text")}, [("#/properties/lambda", "field_key_reserved")]),
        ({"x": _field("string")}, [("#/properties/x/x-field/type", "field_type_unknown")]),
        ({"x": _field("text", size=3)}, [("#/properties/x/x-field/size", "additionalProperties")]),
        ({"x": _field("select")}, [("#/properties/x/x-field/options", "required")]),
        ({"x": _field("multi_select")}, [("#/properties/x/x-field/options", "required")]),
        (
            {"x": _field("select", options=[{"value": "a"}, {"value": "a"}])},
            [("#/properties/x/x-field/options/1/value", "key_twice")],
        ),
        ({"x": _field("money", currency="XYZ")}, [("#/properties/x/x-field/currency", "enum")]),
        ({"x": _field("decimal", scale=13)}, [("#/properties/x/x-field/scale", "maximum")]),
        ({"x": _field("text") | {"maxLength": 10_001}}, [("#/properties/x/maxLength", "maximum")]),
        ({"x": _field("serial", pattern="SO{yyyy}")}, [("#/properties/x/x-field/pattern", "pattern")]),
        ({"x": _field("integer") | {"type": "string"}}, [("#/properties/x/type", "field_type_conflict")]),
        ({"x": _field("integer") | {"default": "1"}}, [("#/properties/x/default", "type")]),
        ({"x": _field("money") | {"default": "1.999"}}, [("#/properties/x/default", "pattern")]),
        ({"x": _field("date") | {"default": "2026-02-30"}}, [("#/properties/x/default", "format")]),
        (
            {"x": _field("integer", formula="1") | {"default": 1}},
            [("#/properties/x/default", "default_not_possible")],
        ),
        ({"x": _field("long_text", unique=True)}, [("#/properties/x/x-field/unique", "unique_not_possible")]),
        ({"x": _field("file", unique=True)}, [("#/properties/x/x-field/unique", "unique_not_possible")]),
        ({"x": _table({})}, [("#/properties/x", "table_without_fields")]),
        ({"x": _table({"record_id": {}})}, [("#/properties/x/items/properties/record_id", "field_key_reserved")]),
        ({"x": {"title": ""}}, [("#/properties/x/title", "field_text")]),
        ({"x": {"pattern": "(a+)+$"}}, [("#/properties/x/pattern", "pattern_explodes")]),
        ({"x": {"minLength": "1"}}, [("#/properties/x/minLength", "schema_keyword")]),
        ({"x": _field("relation", form="crm.nobody")}, [("#/properties/x/x-field/form", "form_unknown")]),
    ],
)
def test_a_fault_of_a_field_is_found_at_its_place(properties: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    found = _faults(_form({"good": {"type": "string"}} | properties))
    assert found == faults


@pytest.mark.parametrize(
    ("section", "pointers"),
    [
        ({"record_title": "{nobody}"}, ["#/x-form/record_title"]),
        ({"record_title": "{name"}, ["#/x-form/record_title"]),
        ({"rules": [{"key": "a", "when": "total + 1", "require": ["name"]}]}, ["#/x-form/rules/0/when"]),
        ({"rules": [{"key": "a", "check": "name > 1"}]}, ["#/x-form/rules/0/check"]),
        ({"rules": [{"key": "a", "require": ["name", "nobody"]}]}, ["#/x-form/rules/0/require/1"]),
        ({"rules": [{"key": "a", "visible": ["lines.price"]}]}, ["#/x-form/rules/0/visible/0"]),
        ({"rules": [{"key": "a", "when": "total > 1"}]}, ["#/x-form/rules/0"]),
        ({"rules": [{"key": "a", "rows": "name", "require": ["price"]}]}, ["#/x-form/rules/0/rows"]),
        ({"rules": [{"key": "a", "rows": "lines", "check": "item.nobody > 0"}]}, ["#/x-form/rules/0/check"]),
        ({"rules": [{"key": "a", "check": "1 > 0"}, {"key": "a", "check": "1 > 0"}]}, ["#/x-form/rules/1/key"]),
        ({"layout": [{"key": "a", "fields": ["nobody"]}]}, ["#/x-form/layout/0/fields/0"]),
        ({"layout": [{"key": "a", "fields": ["name", "name"]}]}, ["#/x-form/layout/0/fields/1"]),
        ({"layout": [{"key": "a", "fields": [], "columns": 9}]}, ["#/x-form/layout/0/columns"]),
        ({"views": [{"key": "a", "columns": ["lines"]}]}, ["#/x-form/views/0/columns/0"]),
        ({"views": [{"key": "a", "sort": ["-nobody"]}]}, ["#/x-form/views/0/sort/0"]),
        ({"views": [{"key": "a", "sort": ["file"]}]}, ["#/x-form/views/0/sort/0"]),
        ({"views": [{"key": "a", "filter": "status"}]}, ["#/x-form/views/0/filter"]),
        (
            {"views": [{"key": "a", "filter": "total in (lines.price if total > 1 else [1])"}]},
            ["#/x-form/views/0/filter"],
        ),
        ({"actions": [{"key": "a", "when": "nobody"}]}, ["#/x-form/actions/0/when"]),
        ({"actions": [{"key": "a", "set": {"nobody": "1"}}]}, ["#/x-form/actions/0/set/nobody"]),
        ({"actions": [{"key": "a", "set": {"total": "1"}}]}, ["#/x-form/actions/0/set/total"]),
        ({"actions": [{"key": "a", "set": {"name": "1"}}]}, ["#/x-form/actions/0/set/name"]),
        ({"actions": [{"key": "a", "flow": "x"}]}, ["#/x-form/actions/0/flow"]),
        ({"nonsense": 1}, ["#/x-form/nonsense"]),
    ],
)
def test_a_fault_of_the_form_is_found_at_its_place(section: dict[str, Any], pointers: list[str]) -> None:
    assert [pointer for pointer, _ in _faults(_orders(**section))] == pointers


def test_what_is_right_has_no_faults() -> None:
    rules: list[dict[str, Any]] = [
        {"key": "a", "when": "total > 1 and old.status == 'new'", "require": ["name"]},
        {"key": "b", "rows": "lines", "check": "item.price >= 0 and status != None", "fields": ["price"]},
    ]
    views = [{"key": "mine", "columns": ["name", "created_at"], "filter": "owner == user", "sort": ["-created_at"]}]
    actions = [{"key": "finish", "set": {"status": "'done'", "name": "None"}, "when": "status == 'new'"}]
    layout = [{"key": "main", "fields": ["name", "lines"]}]
    section = {"rules": rules, "views": views, "actions": actions, "layout": layout, "record_title": "{name} {total}"}
    assert _faults(_orders(**section)) == []


def test_all_faults_are_named_at_once_and_each_cause_once() -> None:
    form = _orders(
        rules=[{"key": "a", "check": "wrong > 1"}, {"key": "b", "check": "missing > 1"}],
        layout=[{"key": "main", "fields": ["wrong", "missing"]}],
    )
    form["properties"]["wrong"] = _field("number")
    form["required"] = ["absent"]
    assert _faults(form) == [
        ("#/required/0", "field_unknown"),
        ("#/properties/wrong/x-field/type", "field_type_unknown"),
        ("#/x-form/rules/1/check", "expression_unknown_name"),
        ("#/x-form/layout/0/fields/1", "field_unknown"),
    ]


def test_formulas_in_a_circle_are_named() -> None:
    lines = _table({"share": _field("decimal", formula="total / 2")})
    form = _form({"lines": lines, "total": _field("decimal", formula="SUM(lines.share)")})
    found = check_documents(_CATALOG, {"crm.thing": form})["crm.thing"]
    assert [spot.code for spot in found] == ["formula_circle"]
    assert set(found[0].params["circle"].split(" → ")) == {"total", "lines.share"}


def test_formulas_are_typed() -> None:
    properties = {
        "name": _field("text"),
        "a": _field("date", formula="name"),
        "b": _field("text", formula="nobody"),
        "c": _field("integer", formula="1 +"),
        "d": _field("member", default="TODAY()"),
    }
    assert [pointer for pointer, _ in _faults(_form(properties))] == [
        "#/properties/a/x-field/formula",
        "#/properties/b/x-field/formula",
        "#/properties/c/x-field/formula",
        "#/properties/d/x-field/default",
    ]


def test_forms_of_one_batch_refer_to_each_other() -> None:
    customer = _form({"name": _field("text"), "last": _field("relation", form="crm.order")}, name="crm.customer")
    order = _form(
        {
            "customer": _field("relation", form="crm.customer", filter="name != None", fill={"label": "name"}),
            "label": _field("text", formula="customer.last.label"),
        },
        name="crm.order",
        record_title="{customer.name}",
    )
    assert _faults(customer, order) == []
    assert _faults(order) == [("#/properties/customer/x-field/form", "form_unknown")]


def test_a_fill_names_fields_of_both_forms() -> None:
    customer = _form({"name": _field("text")}, name="crm.customer")
    order = _form(
        {"customer": _field("relation", form="crm.customer", fill={"label": "name", "customer": "nobody"})},
        name="crm.order",
    )
    assert _faults(customer, order) == [
        ("#/properties/customer/x-field/fill/label", "field_unknown"),
        ("#/properties/customer/x-field/fill/customer", "field_unknown"),
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("thing", "form_name"),
        ("crm.Thing", "form_name"),
        ("meta.thing", "app_key_reserved"),
        ("pg_x.thing", "app_key_reserved"),
        ("crm.a__b", "form_key_underscores"),
    ],
)
def test_a_form_needs_a_name_of_its_own(name: str, code: str) -> None:
    assert ("#/$id", code) in _faults(_form({"x": {}}, name=name))


@pytest.mark.parametrize("document", [[], "x", {"$id": "crm.x"}, {"$id": "crm.x", "properties": []}])
def test_what_is_no_form_at_all_is_refused(document: Any) -> None:
    assert check_documents(_CATALOG, {"crm.x": document})["crm.x"]


def test_a_form_has_at_most_200_columns() -> None:
    assert _faults(_form({f"f{number}": {} for number in range(200)})) == []
    assert _faults(_form({f"f{number}": {} for number in range(201)})) == [("#/properties", "too_many_fields")]


_JUNK: list[Any] = [
    *(None, True, -1, 10**40, "", "{", "1 +", [], [[]], {}, {"x-field": 3}, {"type": [[]]}, {"$ref": "#"}),
    *([{"key": "a"}], {"enum": [1]}, {"items": 3}, {"properties": 3}, "\x00"),
]


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in pairs for place in _places(inner, (*path, key)))]


@pytest.mark.parametrize("seed", range(60))
def test_whatever_stands_in_a_document_is_refused_and_never_breaks(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same junk at every run
    form = _orders(
        rules=[{"key": "a", "when": "total > 1", "require": ["name"]}],
        views=[{"key": "a", "columns": ["name"], "sort": ["-name"], "filter": "total > 1"}],
        actions=[{"key": "a", "set": {"name": "'x'"}}],
        layout=[{"key": "a", "fields": ["name"]}],
    )
    broken = deepcopy(form)
    place = chance.choice(_places(form)[1:])
    spot = broken
    for key in place[:-1]:
        spot = spot[key]
    spot[place[-1]] = junk = chance.choice(_JUNK)
    faults = check_documents(_CATALOG, {"crm.thing": broken})["crm.thing"]
    assert all(fault.pointer.startswith("#") and fault.detail("en-US") != fault.code for fault in faults), (place, junk)

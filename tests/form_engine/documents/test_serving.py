"""The served schema: in the reader's language, without what is hidden, complete and still standard."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.permissions import FormGrant
from engine.texts import LocalizedText
from form_engine.definition import Form
from form_engine.documents.reading import read_form
from form_engine.documents.record_types import FormRecord
from form_engine.documents.serving import schema_for

_ENGLISH = {
    "title": "Order",
    "properties/status/title": "Status",
    "properties/status/x-field/options/new/title": "New",
    "properties/lines/items/properties/price/title": "Price",
    "x-form/rules/paid/message": "Not paid",
    "x-form/actions/finish/title": "Finish",
    "x-form/actions/finish/confirm": "Sure?",
    "x-form/views/open/title": "Open",
}


def _texts(path: str, text: str) -> LocalizedText:
    return {"zh-CN": text, "en-US": _ENGLISH[path]} if path in _ENGLISH else text


def _resolve(name: str) -> FormRecord:
    return FormRecord(name=name, fields={}, resolve=_resolve)


def _field(kind: str, /, **options: Any) -> dict[str, Any]:
    return {"x-field": {"type": kind, **options}}


@pytest.fixture
def form() -> Form:
    price, cost = _field("money") | {"title": "单价"}, _field("money") | {"title": "成本"}
    lines = {
        "title": "明细",
        "x-field": {"type": "table"},
        "items": {"properties": {"price": price, "cost": cost}, "required": ["price", "cost"]},
    }
    document = {
        "$id": "crm.order",
        "format": 1,
        "title": "订单",
        "required": ["status", "margin"],
        "properties": {
            "status": _field("select", options=[{"value": "new", "title": "新"}]) | {"title": "状态"},
            "margin": _field("money") | {"title": "毛利"},
            "note": _field("text") | {"title": "备注"},
            "lines": lines,
        },
        "x-form": {
            "rules": [{"key": "paid", "check": "margin > 0", "message": "未付", "require": ["margin", "note"]}],
            "views": [
                {"key": "open", "title": "未完成", "columns": ["status", "margin"], "sort": ["-margin", "status"]}
            ],
            "actions": [
                {"key": "finish", "title": "完成", "confirm": "确定？", "set": {"note": "'x'"}, "primary": True}
            ],
        },
    }
    return read_form("crm.order", document, version=1, definition_id=1, resolve=_resolve, texts=_texts)


def _grant(**fields: Any) -> FormGrant:
    return FormGrant(form="crm.order", actions=frozenset({"view", "update"}), fields=fields)


def test_titles_are_in_the_readers_language(form: Form) -> None:
    served = schema_for(form, "en-US", _grant())
    assert served["title"] == "Order"
    assert served["properties"]["status"]["title"] == "Status"
    assert served["properties"]["status"]["x-field"]["options"] == [{"value": "new", "title": "New"}]
    assert served["properties"]["status"]["x-field"]["label"] == "Select"
    assert served["properties"]["lines"]["items"]["properties"]["price"]["title"] == "Price"
    assert served["properties"]["note"]["title"] == "备注"
    assert served["x-form"]["rules"][0]["message"] == "Not paid"
    assert served["x-form"]["views"][0]["title"] == "Open"
    assert served["x-form"]["actions"][0] == {
        "key": "finish",
        "title": "Finish",
        "confirm": "Sure?",
        "set": {"note": "'x'"},
        "primary": True,
    }


def test_layout_is_made_where_there_is_none(form: Form) -> None:
    assert schema_for(form, "en-US", _grant())["x-form"]["layout"] == [
        {"key": "main", "title": "General", "columns": 2, "fields": ["status", "margin", "note"]},
        {"key": "table_lines", "title": "明细", "columns": 1, "fields": ["lines"]},
    ]


def test_hidden_fields_are_nowhere(form: Form) -> None:
    grant = FormGrant(
        form="crm.order",
        actions=frozenset({"view"}),
        fields={"margin": "hidden", "lines.cost": "hidden", "note": "masked"},
    )
    served = schema_for(form, "zh-CN", grant)
    assert list(served["properties"]) == ["status", "note", "lines"]
    assert served["required"] == ["status"]
    assert list(served["properties"]["lines"]["items"]["properties"]) == ["id", "price"]
    assert served["properties"]["lines"]["items"]["required"] == ["price"]
    assert served["x-form"]["views"][0]["columns"] == ["status"]
    assert served["x-form"]["views"][0]["sort"] == ["status"]
    assert served["x-form"]["rules"][0]["require"] == ["note"]
    assert served["x-form"]["layout"][0]["fields"] == ["status", "note"]
    assert served["properties"]["note"]["readOnly"] is True
    assert served["x-grant"] == {"actions": ["view"], "fields": {"note": "masked"}}


def test_it_is_a_standard_schema_and_leaves_the_form_as_it_was(form: Form) -> None:
    served = schema_for(form, "en-US", _grant(note="read_only"))
    Draft202012Validator.check_schema(served)
    assert Draft202012Validator(served).is_valid({"status": "new", "margin": "1", "lines": [{"price": 1, "cost": 2}]})
    assert "readOnly" not in form.schema["properties"]["note"]
    assert form.schema["title"] == "订单"

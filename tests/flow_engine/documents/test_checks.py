"""What is checked before publication beyond the graph: expressions, targets, people, what may wait."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engine import definitions
from engine.errors import InvalidDefinition
from engine.texts import LANGUAGES
from flow_engine import flows
from tests.factories import works as factory
from tests.factories.works import ADMIN, Works, flow


def faults_of(works: Works, document: Any) -> list[tuple[str, str]]:
    """Return (pointer, code) of every fault; each has a sentence in both languages."""
    faults = flows.check(works.session, "works", document)
    for fault in faults:
        for language in LANGUAGES:
            text = fault.detail(language)
            assert text != fault.code
            assert not re.search(r"\{[a-z_]+\}", text), text
    return [(fault.pointer, fault.code) for fault in faults]


def one(node: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a flow of one node."""
    return flow("probe", {"n": node}, **more)


def creates(**values: Any) -> dict[str, Any]:
    return one({"type": "create_record", "form": "works.work_order", "values": values})


FAULTS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "no such form": (
        one({"type": "create_record", "form": "works.nothing", "values": {}}),
        [("#/nodes/n/form", "flow_form_unknown")],
    ),
    "no such field": (
        creates(product="record.lines.product", quantity="1", colour="'red'"),
        [("#/nodes/n/values/product", "expression_type"), ("#/nodes/n/values/colour", "flow_field_unknown")],
    ),
    "a required field gets nothing": (
        creates(quantity="1"),
        [("#/nodes/n/values", "flow_required_field_empty")],
    ),
    "a wrong type": (
        one({"type": "update_record", "record": "record", "values": {"count": "record.number"}}),
        [("#/nodes/n/values/count", "expression_type")],
    ),
    "an unknown name": (
        one({"type": "compute", "values": {"x": "nobody.level"}}),
        [("#/nodes/n/values/x", "expression_unknown_name")],
    ),
    "an update of no record": (
        one({"type": "update_record", "record": "record.number", "values": {"count": "1"}}),
        [("#/nodes/n/record", "flow_no_record_type")],
    ),
    "another form than the record's": (
        one({"type": "update_record", "form": "works.move", "record": "record", "values": {"count": "1"}}),
        [("#/nodes/n/form", "flow_form_differs")],
    ),
    "a loop over no list": (
        flow("probe", {"n": {"type": "for_each", "items": "record.number", "next": {"item": "m"}}, "m": {"type": "compute", "values": {"x": "1"}}}),
        [("#/nodes/n/items", "flow_no_list")],
    ),
    "a value of a later node": (
        flow("probe", {"a": {"type": "compute", "values": {"x": "b.y"}, "next": "b"}, "b": {"type": "compute", "values": {"y": "1"}}}),
        [("#/nodes/a/values/x", "expression_unknown_name")],
    ),
    "an item outside its loop": (
        flow(
            "probe",
            {
                "l": {"type": "for_each", "items": "record.lines", "next": {"item": "a", "done": "b"}},
                "a": {"type": "compute", "values": {"x": "item.quantity"}},
                "b": {"type": "compute", "values": {"x": "item.quantity"}},
            },
        ),
        [("#/nodes/b/values/x", "expression_unknown_name")],
    ),
    "people in a field that holds none": (
        one({"type": "approval", "assignees": [{"type": "field", "value": "number"}]}, runs="in_background"),
        [("#/nodes/n/assignees/0/value", "flow_field_holds_nobody")],
    ),
    "waiting in a transaction": (
        one({"type": "approval", "assignees": [{"type": "starter"}]}),
        [("#/nodes/n/type", "flow_waits_in_transaction")],
    ),
    "a total that is none": (
        one({"type": "query_records", "form": "works.move", "aggregates": {"x": "quantity + 1"}}),
        [("#/nodes/n/aggregates/x", "flow_aggregate_unknown")],
    ),
    "an order by nothing": (
        one({"type": "query_records", "form": "works.move", "sort": "-colour"}),
        [("#/nodes/n/sort", "flow_sort_unknown")],
    ),
    "a name with two meanings": (
        flow(
            "probe",
            {
                "kind": {"type": "compute", "values": {"x": "'in'"}, "next": "n"},
                "n": {"type": "query_records", "form": "works.move", "filter": "kind == 'in'"},
            },
        ),
        [("#/nodes/n/filter", "flow_name_ambiguous")],
    ),
    "a node with a name that means something": (
        flow("probe", {"record": {"type": "compute", "values": {"x": "1"}}}),
        [("#/nodes/record", "flow_name_reserved")],
    ),
    "a text with a lonely brace": (
        one({"type": "notification", "to": [{"type": "starter"}], "text": "订单 {record.number"}),
        [("#/nodes/n/text", "flow_template_brace")],
    ),
    "a text with an unknown name": (
        one({"type": "notification", "to": [{"type": "starter"}], "text": "订单 {record.colour}"}),
        [("#/nodes/n/text", "expression_unknown_member")],
    ),
    "a trigger on no form": (
        one({"type": "end"}, trigger={"type": "record", "form": "works.nothing", "on": ["create"]}),
        [("#/trigger/form", "flow_form_unknown")],
    ),
    "a trigger whose condition is wrong": (
        one({"type": "end"}, trigger={"type": "record", "form": "works.order", "on": ["create"], "when": "colour == 1"}),
        [("#/trigger/when", "expression_unknown_name")],
    ),
    "a button that is not there": (
        one({"type": "end"}, trigger={"type": "button", "form": "works.order", "action": "launch"}),
        [("#/trigger/action", "flow_action_unknown")],
    ),
    "into a node that computes nothing": (
        one({"type": "compute", "into": "sums", "values": {"x": "1"}}),
        [("#/nodes/n/into", "flow_into_unknown")],
    ),
    "rows for a field that is no table": (
        creates(product={"items": "record.lines", "values": {"n": "1"}}, quantity="1"),
        [("#/nodes/n/values/product", "flow_field_is_no_table")],
    ),
    "no rows for a table": (
        creates(product="record.lines.product", quantity="1", parts="record.lines"),
        [("#/nodes/n/values/product", "expression_type"), ("#/nodes/n/values/parts", "flow_table_needs_rows")],
    ),
    "an option nobody knows": (
        one({"type": "end", "colour": "red"}),
        [("#/nodes/n/colour", "additionalProperties")],
    ),
    "a kind nobody knows": (
        one({"type": "teleport"}),
        [("#/nodes/n/type", "enum")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_refuses(works: Works, name: str) -> None:
    document, expected = FAULTS[name]
    assert faults_of(works, document) == expected


@pytest.mark.parametrize("document", [None, [], "flow", {}, {"nodes": {}}, {"key": "x", "nodes": []}])
def test_refuses_what_is_no_flow_at_all(works: Works, document: Any) -> None:
    assert faults_of(works, document)


def test_publishes_nothing_when_one_of_several_is_faulty(works: Works) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        works.publish(factory.MAKE, creates(quantity="1"))
    assert [spot.pointer for spot in refused.value.violations] == ["works.probe#/nodes/n/values"]
    assert definitions.catalog(works.session).list("flows") == []


def test_publication_notes_what_the_flow_points_at(works: Works) -> None:
    works.publish(factory.MAKE)
    uses = definitions.impact(works.session, "forms", "works.work_order", "quantity")
    assert [(use.kind, use.name, use.pointer) for use in uses] == [
        ("flows", "works.order_to_work_orders", "#/nodes/make/values/quantity")
    ]
    read = definitions.impact(works.session, "forms", "works.product", "name")
    assert [use.pointer for use in read] == ["#/nodes/make/values/label"]
    assert definitions.impact(works.session, "balances", "works.availability")


def test_titles_are_in_the_languages_of_the_app(works: Works) -> None:
    definitions.set_translations(
        works.session,
        ADMIN,
        "works",
        {
            "en-US": {
                "flows/order_approval/title": "Order approval",
                "flows/order_approval/nodes/manager/title": "Manager",
                "flows/order_approval/nodes/tell/text": "Order {record.number} is through",
            }
        },
    )
    works.publish(factory.APPROVAL)
    found = flows.get(works.session, "works.order_approval")
    assert found.title == {"zh-CN": "订单审批", "en-US": "Order approval"}
    assert found.node("manager").title == {"zh-CN": "经理审批", "en-US": "Manager"}


def test_reads_of_items_are_fetched_with_the_record(works: Works) -> None:
    works.publish(factory.MAKE)
    assert flows.get(works.session, "works.order_to_work_orders").trees["record"]["lines"]["product"] == {"name": {}}

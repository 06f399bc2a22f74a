"""A small factory for tests of flows: products, orders with lines, reservations, work orders, an availability balance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine import events, identity, permissions
from engine.actor import Actor
from engine.db import Session
from flow_engine import flows
from form_engine import balances, forms, records
from form_engine.record import Query, Record
from tests.factories.shop import choice, field, form

ADMIN = Actor(user_id=UUID(int=1), username="admin", name="管理员", is_administrator=True)
SUBSCRIBERS = (events.audit_subscriber, flows.subscriber)

PRODUCT = form("works.product", {"name": field("text"), "rank": field("integer")}, ["name"], record_title="{name}")
ORDER = form(
    "works.order",
    {
        "number": field("text"),
        "status": {**choice("draft", "submitted", "approved", "rejected", "closed"), "default": "draft"},
        "rep": field("member", default="user"),
        "department": field("department"),
        "opinion": field("text"),
        "lines": {
            "type": "array",
            **field("table"),
            "items": {
                "type": "object",
                "required": ["product", "quantity"],
                "properties": {
                    "product": field("relation", form="works.product"),
                    "quantity": {**field("decimal", scale=3), "exclusiveMinimum": 0},
                },
            },
        },
        "amount": field("money"),
        "count": field("integer"),
    },
    ["number"],
    record_title="{number}",
    actions=[
        {"key": "submit", "title": "提交", "when": "status == 'draft'", "set": {"status": "'submitted'"}},
        {"key": "close", "title": "关闭", "set": {"opinion": "'closed by button'"}},
    ],
)
MOVE = form(
    "works.move",
    {
        "product": field("relation", form="works.product"),
        "quantity": field("decimal", scale=3),
        "kind": choice("in", "reserve"),
        "order": field("relation", form="works.order"),
    },
    ["product", "quantity", "kind"],
)
WORK_ORDER = form(
    "works.work_order",
    {
        "order": field("relation", form="works.order"),
        "product": field("relation", form="works.product"),
        "quantity": {**field("decimal", scale=3), "exclusiveMinimum": 0, "maximum": 1000},
        "status": {**choice("planned", "done"), "default": "planned"},
        "label": field("text"),
        "parts": {
            "type": "array",
            **field("table"),
            "items": {
                "type": "object",
                "properties": {"product": field("relation", form="works.product"), "n": field("integer")},
            },
        },
    },
    ["product", "quantity"],
    record_title="{label}",
)
AVAILABILITY = {
    "key": "availability",
    "format": 1,
    "title": "可用库存",
    "by": ["product"],
    "measures": {"on_hand": {"scale": 3}, "reserved": {"scale": 3}},
    "sources": [
        {"form": "works.move", "when": "kind == 'in'", "by": {"product": "product"}, "add": {"on_hand": "quantity"}},
        {
            "form": "works.move",
            "when": "kind == 'reserve'",
            "by": {"product": "product"},
            "add": {"reserved": "quantity"},
        },
    ],
    "checks": [{"key": "enough", "check": "on_hand >= reserved", "message": "库存不足"}],
}


def flow(key: str, nodes: Mapping[str, Any], *, runs: str = "in_transaction", **more: Any) -> dict[str, Any]:
    """Return a flow's document; without a trigger of its own it hears of approved orders."""
    trigger = {
        "type": "record",
        "form": "works.order",
        "on": ["create", "update"],
        "when": "status == 'approved' and (old == None or old.status != 'approved')",
    }
    return {
        "key": key,
        "format": 1,
        "title": key.replace("_", " "),
        "trigger": trigger,
        "runs": runs,
        "nodes": nodes,
        **more,
    }


#: As the ERP app does it: reserve what is there, make the rest.
MAKE = flow(
    "order_to_work_orders",
    {
        "start": {"type": "start", "next": "each"},
        "each": {"type": "for_each", "items": "record.lines", "next": {"item": "stock", "done": "end"}},
        "stock": {
            "type": "query_records",
            "form": "works.availability",
            "filter": "product == item.product",
            "aggregates": {"on_hand": "SUM(on_hand)", "reserved": "SUM(reserved)"},
            "lock": True,
            "next": "split",
        },
        "split": {
            "type": "compute",
            "values": {"covered": "MIN(item.quantity, MAX(0, stock.on_hand - stock.reserved))"},
            "next": "has_stock",
        },
        "has_stock": {
            "type": "condition",
            "branches": [{"key": "yes", "when": "split.covered > 0", "next": "reserve"}],
            "next": {"otherwise": "is_short"},
        },
        "reserve": {
            "type": "create_record",
            "form": "works.move",
            "values": {"product": "item.product", "quantity": "split.covered", "kind": "'reserve'", "order": "record"},
            "next": "is_short",
        },
        "is_short": {
            "type": "condition",
            "branches": [{"key": "short", "when": "item.quantity > split.covered", "next": "make"}],
            "next": "each",
        },
        "make": {
            "type": "create_record",
            "form": "works.work_order",
            "values": {
                "order": "record",
                "product": "item.product",
                "quantity": "item.quantity - split.covered",
                "label": "record.number + '/' + item.product.name",
            },
            "next": "each",
        },
        "end": {"type": "end"},
    },
    title="订单生成工单",
)

APPROVAL = flow(
    "order_approval",
    {
        "start": {"type": "start", "next": "manager"},
        "manager": {
            "type": "approval",
            "title": "经理审批",
            "assignees": [{"type": "user", "value": "boss"}],
            "next": {"approve": "approve", "reject": "refuse", "return": "back"},
        },
        "approve": {"type": "update_record", "record": "record", "values": {"status": "'approved'"}, "next": "tell"},
        "tell": {
            "type": "notification",
            "to": [{"type": "field", "value": "rep"}],
            "text": "订单 {record.number} 已通过",
            "next": "end",
        },
        "refuse": {
            "type": "update_record",
            "record": "record",
            "values": {"status": "'rejected'", "opinion": "decision.opinion"},
            "next": "end",
        },
        "back": {
            "type": "update_record",
            "record": "record",
            "values": {"status": "'draft'", "opinion": "decision.opinion"},
            "next": "end",
        },
        "end": {"type": "end"},
    },
    runs="in_background",
    title="订单审批",
    trigger={
        "type": "record",
        "form": "works.order",
        "on": ["create", "update"],
        "when": "status == 'submitted' and (old == None or old.status != 'submitted')",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """The factory in one session, with its people and products."""

    session: Session
    people: Mapping[str, Actor]
    products: Mapping[str, Record]

    def publish(self, *documents: Mapping[str, Any]) -> None:
        """Put flows into force."""
        flows.publish_many(self.session, ADMIN, [("works", document) for document in documents])

    def order(self, number: str, lines: Mapping[str, Any], *, actor: Actor = ADMIN, **values: Any) -> Record:
        """Create an order with a line a product."""
        rows = [{"product": str(self.products[name].id), "quantity": amount} for name, amount in lines.items()]
        return records.create(self.session, actor, "works.order", {"number": number, "lines": rows, **values})

    def update(self, record: Record, *, actor: Actor = ADMIN, **values: Any) -> Record:
        """Change a record over whatever is there."""
        return records.update(self.session, actor, record.form, record.id, values, version=None)

    def stock(self, product: str, quantity: Any) -> None:
        """Receive stock."""
        values = {"product": str(self.products[product].id), "quantity": quantity, "kind": "in"}
        records.create(self.session, ADMIN, "works.move", values)

    def all(self, form_name: str) -> list[Record]:
        """Return every record of a form, first made first."""
        return list(records.list_page(self.session, ADMIN, form_name, Query(sort="created_at,id", limit=200)).items)


def build(session: Session) -> Works:
    """Publish the forms, the balance and the roles; make people and products."""
    session.subscribers = SUBSCRIBERS
    forms.publish_many(session, ADMIN, [PRODUCT, ORDER, MOVE, WORK_ORDER])
    balances.publish(session, ADMIN, "works", [AVAILABILITY])
    role = {
        "key": "sales",
        "title": "销售",
        "format": 1,
        "forms": {
            "works.order": {"actions": ["view", "create", "update"], "scope": "rep == user"},
            "works.product": {"actions": ["view"]},
        },
    }
    permissions.publish(session, ADMIN, "works", [role])
    people = {name: _person(session, name) for name in ("admin", "boss", "deputy", "clerk")}
    identity.set_roles(session, ADMIN, people["clerk"].user_id, ["works.sales"])
    people["clerk"] = identity.actor_for_user(session, people["clerk"].user_id)
    products = {
        name: records.create(session, ADMIN, "works.product", {"name": name, "rank": rank})
        for rank, name in enumerate(("bolt", "nut", "gear"), 1)
    }
    return Works(session=session, people=people, products=products)


def _person(session: Session, name: str) -> Actor:
    user = identity.create_user(session, ADMIN, username=name, name=name.title(), is_administrator=name == "admin")
    return identity.actor_for_user(session, user.id)

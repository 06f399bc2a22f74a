"""A small shop for tests of records and balances: customers, products, orders with lines, stock moves, a stock balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine import events, identity, permissions
from engine.actor import Actor
from engine.db import Session
from form_engine import balances, forms, records
from form_engine.record import Record

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def form(name: str, properties: dict[str, Any], required: list[str] | None = None, **section: Any) -> dict[str, Any]:
    """Return a form's document."""
    return {
        "$schema": DIALECT,
        "$id": name,
        "format": 1,
        "title": name.split(".")[1],
        "type": "object",
        "required": required or [],
        "properties": properties,
        "x-form": section,
    }


def field(kind: str, **options: Any) -> dict[str, Any]:
    """Return a property of the field type `kind`."""
    return {"x-field": {"type": kind, **options}}


def choice(*values: str) -> dict[str, Any]:
    """Return a select of these values."""
    return field("select", options=[{"value": value, "title": value.title()} for value in values])


CUSTOMER = form(
    "shop.customer",
    {
        "name": {**field("text", unique=True), "title": "客户名称", "maxLength": 100},
        "level": choice("A", "B"),
        "phone": field("text"),
        "credit": field("money"),
    },
    ["name"],
    record_title="{name}",
)
PRODUCT = form(
    "shop.product",
    {"code": field("text", unique=True), "name": field("text"), "price": field("money")},
    ["name"],
    record_title="{code} {name}",
)
ORDER = form(
    "shop.order",
    {
        "number": field("serial", pattern="SO{yyyy}{mm}-{seq:4}"),
        "customer": field("relation", form="shop.customer"),
        "order_date": field("date", default="TODAY()"),
        "delivery_date": field("date"),
        "status": {**choice("draft", "submitted", "approved"), "default": "draft"},
        "rep": field("member", default="user"),
        "note": field("long_text"),
        "contract": field("text"),
        "lines": {
            "type": "array",
            "minItems": 1,
            **field("table"),
            "items": {
                "type": "object",
                "required": ["product", "quantity"],
                "properties": {
                    "product": field("relation", form="shop.product"),
                    "quantity": {**field("decimal", scale=3), "exclusiveMinimum": 0},
                    "price": field("money", default="product.price"),
                    "amount": field("money", formula="quantity * price"),
                    "discount": field("decimal"),
                },
            },
        },
        "total": field("money", formula="SUM(lines.amount)"),
        "mean": field("decimal", formula="total / (COUNT(lines.amount) - 1)"),
        "customer_level": field("text", formula="customer.level"),
    },
    ["customer", "lines"],
    record_title="{number} {customer.name}",
    rules=[
        {
            "key": "dates",
            "check": "delivery_date == None or delivery_date >= order_date",
            "message": "交期早于下单日期",
            "fields": ["delivery_date"],
        },
        {"key": "contract", "when": "total > 1000", "require": ["contract"]},
        {"key": "closed", "when": "status == 'approved'", "read_only": ["customer", "lines"]},
        {"key": "note", "when": "status != 'draft'", "visible": ["note"]},
        {
            "key": "discount",
            "rows": "lines",
            "when": "item.discount != None",
            "check": "item.discount < item.amount",
            "message": "折扣过高",
            "fields": ["discount"],
        },
    ],
    actions=[
        {"key": "submit", "title": "提交", "when": "status == 'draft'", "set": {"status": "'submitted'"}},
        {"key": "approve", "title": "审批", "when": "status == 'submitted'", "set": {"status": "'approved'"}},
    ],
)
MOVE = form(
    "shop.move",
    {
        "product": field("relation", form="shop.product"),
        "lot": field("text"),
        "quantity": field("decimal", scale=3),
        "status": {**choice("draft", "done"), "default": "draft"},
        "boxes": {
            "type": "array",
            **field("table"),
            "items": {
                "type": "object",
                "properties": {
                    "product": field("relation", form="shop.product"),
                    "quantity": field("decimal", scale=3),
                },
            },
        },
    },
    ["product", "quantity"],
    record_title="{product.name}",
)
STOCK = {
    "key": "stock",
    "format": 1,
    "title": "库存",
    "by": ["product", "lot"],
    "measures": {"quantity": {"title": "数量", "scale": 3}},
    "sources": [
        {
            "form": "shop.move",
            "when": "status == 'done'",
            "by": {"product": "product", "lot": "lot"},
            "add": {"quantity": "quantity"},
        },
        {
            "form": "shop.move",
            "rows": "boxes",
            "when": "status == 'done' and item.product != None",
            "by": {"product": "item.product", "lot": "lot"},
            "add": {"quantity": "item.quantity"},
        },
    ],
    "checks": [{"key": "no_negative", "check": "quantity >= 0", "message": "库存不足"}],
}
ROLES = [
    {
        "key": "sales",
        "title": "销售",
        "format": 1,
        "forms": {
            "shop.customer": {"actions": ["view"], "fields": {"credit": "hidden", "phone": "masked"}},
            "shop.product": {"actions": ["view"], "fields": {"price": "read_only"}},
            "shop.order": {
                "actions": ["view", "create", "update"],
                "scope": {
                    "view": "rep == user or status == 'approved'",
                    "update": "rep == user",
                    "create": "rep == user",
                },
                "fields": {"status": "read_only"},
            },
            "shop.stock": {"actions": ["view"]},
        },
    },
    {"key": "nobody", "title": "无", "format": 1, "forms": {}},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The published shop with its people and a few records."""

    admin: Actor
    sales: Actor
    other: Actor
    customer: Record
    bolt: Record
    nut: Record


def person(session: Session, admin: Actor, username: str, *roles: str) -> Actor:
    """Create a user of these roles; return the actor that the user is."""
    made = identity.create_user(session, admin, username=username, name=username.title(), roles=roles)
    return Actor(user_id=made.id, username=username, name=username.title(), roles=frozenset(roles))


def publish(session: Session) -> Actor:
    """Publish the shop's forms, balance and roles; return the administrator who did."""
    admin = Actor(user_id=UUID(int=1), username="admin", name="Admin", is_administrator=True)
    forms.publish_many(session, admin, [CUSTOMER, PRODUCT, ORDER, MOVE])
    balances.publish(session, admin, "shop", [STOCK])
    permissions.publish(session, admin, "shop", ROLES)
    return admin


def build(session: Session) -> Shop:
    """Publish the shop and put a customer and two products into it; the audit trail listens."""
    session.subscribers = (events.audit_subscriber,)
    admin = publish(session)
    return Shop(
        admin=admin,
        sales=person(session, admin, "sales", "shop.sales"),
        other=person(session, admin, "other", "shop.sales"),
        customer=records.create(
            session,
            admin,
            "shop.customer",
            {"name": "东方机械", "level": "A", "phone": "13812341234", "credit": "900.00"},
        ),
        bolt=records.create(session, admin, "shop.product", {"code": "B1", "name": "螺栓", "price": "2.50"}),
        nut=records.create(session, admin, "shop.product", {"code": "N1", "name": "螺母", "price": 1}),
    )


def line(product: Record, quantity: Any, **cells: Any) -> dict[str, Any]:
    """Return the input of one order line."""
    return {"product": str(product.id), "quantity": quantity, **cells}


def order(session: Session, shop: Shop, by: Actor | None = None, **values: Any) -> Record:
    """Create an order of two bolts for the shop's customer, with `values` on top."""
    sent = {"customer": str(shop.customer.id), "lines": [line(shop.bolt, 2)], **values}
    return records.create(session, by or shop.admin, "shop.order", sent)


def move(session: Session, shop: Shop, quantity: Any, **values: Any) -> Record:
    """Create a stock move of bolts that is done."""
    sent = {"product": str(shop.bolt.id), "quantity": quantity, "status": "done", **values}
    return records.create(session, shop.admin, "shop.move", sent)

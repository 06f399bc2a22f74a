"""Tables, mapped. They stand in the schema that the environment names, with the platform's columns and indexes."""

from __future__ import annotations

import os
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, ForeignKey, LargeBinary, MetaData, Numeric, Text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

SCHEMA = os.environ.get("BENCH_SCHEMA", "reference")


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(schema=SCHEMA)
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True), Decimal: Numeric, str: Text, bytes: LargeBinary}


class Row:
    """Columns of every row that people write."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID]
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID]
    owner: Mapped[UUID | None]
    deleted_at: Mapped[datetime | None]


class Customer(Row, Base):
    """Who buys."""

    __tablename__ = "customer"
    name: Mapped[str]


class Product(Row, Base):
    """What is sold."""

    __tablename__ = "product"
    name: Mapped[str]


class Warehouse(Row, Base):
    """Where it lies."""

    __tablename__ = "warehouse"
    name: Mapped[str]


class Order(Row, Base):
    """A sales order."""

    __tablename__ = "sales_order"
    number: Mapped[str]
    customer_id: Mapped[UUID | None] = mapped_column("customer", ForeignKey(Customer.id))
    payer_id: Mapped[UUID | None] = mapped_column("payer", ForeignKey(Customer.id))
    product_id: Mapped[UUID | None] = mapped_column("product", ForeignKey(Product.id))
    substitute_id: Mapped[UUID | None] = mapped_column("substitute", ForeignKey(Product.id))
    warehouse_id: Mapped[UUID | None] = mapped_column("warehouse", ForeignKey(Warehouse.id))
    order_date: Mapped[date | None]
    delivery_date: Mapped[date | None]
    status: Mapped[str]
    note: Mapped[str | None]
    total: Mapped[Decimal | None]
    customer: Mapped[Customer | None] = relationship(foreign_keys=customer_id, lazy="raise")
    payer: Mapped[Customer | None] = relationship(foreign_keys=payer_id, lazy="raise")
    product: Mapped[Product | None] = relationship(foreign_keys=product_id, lazy="raise")
    substitute: Mapped[Product | None] = relationship(foreign_keys=substitute_id, lazy="raise")
    warehouse: Mapped[Warehouse | None] = relationship(foreign_keys=warehouse_id, lazy="raise")
    lines: Mapped[list[Line]] = relationship(lazy="raise", order_by="Line.position")


class Line(Base):
    """A line of an order."""

    __tablename__ = "sales_order__lines"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    order_id: Mapped[UUID] = mapped_column("record_id", ForeignKey(Order.id))
    position: Mapped[int]
    product_id: Mapped[UUID] = mapped_column("product", ForeignKey(Product.id))
    quantity: Mapped[Decimal]
    price: Mapped[Decimal]
    amount: Mapped[Decimal]
    is_reserved: Mapped[bool | None]
    product: Mapped[Product] = relationship(lazy="raise")


class WorkOrder(Row, Base):
    """What production is to make."""

    __tablename__ = "work_order"
    order_id: Mapped[UUID] = mapped_column("sales_order", ForeignKey(Order.id))
    product_id: Mapped[UUID] = mapped_column("product", ForeignKey(Product.id))
    quantity: Mapped[Decimal]
    status: Mapped[str]


class Reservation(Row, Base):
    """Stock that is promised to an order."""

    __tablename__ = "reservation"
    order_id: Mapped[UUID] = mapped_column("sales_order", ForeignKey(Order.id))
    product_id: Mapped[UUID] = mapped_column("product", ForeignKey(Product.id))
    quantity: Mapped[Decimal]


class Stock(Base):
    """How much there is of a product, and how much of it is promised."""

    __tablename__ = "stock"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    updated_at: Mapped[datetime | None]
    product_id: Mapped[UUID] = mapped_column("product")
    on_hand: Mapped[Decimal]
    reserved: Mapped[Decimal]


class Audit(Base):
    """Who changed what: one row a changed record, with the changed fields."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[UUID]
    by_platform: Mapped[bool]
    form: Mapped[str]
    record_id: Mapped[UUID]
    action: Mapped[str]
    version: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class User(Base):
    """An account."""

    __tablename__ = "user"
    __table_args__ = ({"schema": "meta"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    is_active: Mapped[bool]


class UserRole(Base):
    """A role of an account."""

    __tablename__ = "user_role"
    __table_args__ = ({"schema": "meta"},)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class Token(Base):
    """An API token, by its hash."""

    __tablename__ = "api_token"
    __table_args__ = ({"schema": "meta"},)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    token_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_at: Mapped[datetime]

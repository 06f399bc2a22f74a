"""Import of orders from a sheet, written by hand: streamed, checked row by row, written in batches, all or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO, Final
from uuid import UUID

from fastapi import HTTPException
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from bench.reference.models import Audit, Customer, Order
from bench.reference.shapes import ImportedOrder

#: Header of the sheet -> field.
COLUMNS: Final = {
    "订单号": "number",
    "客户": "customer",
    "下单日期": "order_date",
    "交货日期": "delivery_date",
    "状态": "status",
    "备注": "note",
}
_BATCH: Final = 1000
_MOST_ERRORS: Final = 100
_ROWS: Final = TypeAdapter(ImportedOrder)


def import_orders(session: Session, user: UUID, file: BinaryIO) -> int:
    """Create an order for each row and return their number; raises 422 with the first wrong rows, and writes nothing."""
    created, errors = 0, list[str]()
    for rows in _batches(csv.DictReader(io.TextIOWrapper(file, "utf-8-sig", newline=""))):
        orders = list(_checked(rows, errors))
        customers = _customers(session, orders, errors)
        if not errors:
            _write(session, user, orders, customers)
        if len(errors) >= _MOST_ERRORS:
            break
        created += len(orders)
    if errors:
        raise HTTPException(422, errors[:_MOST_ERRORS])
    return created


def _batches(reader: Iterable[dict[str, str]]) -> Iterator[list[tuple[int, dict[str, str]]]]:
    numbered = enumerate(reader, start=2)
    while batch := list(islice(numbered, _BATCH)):
        yield batch


def _checked(rows: list[tuple[int, dict[str, str]]], errors: list[str]) -> Iterator[tuple[int, ImportedOrder]]:
    for line, row in rows:
        try:
            yield line, _ROWS.validate_python({key: row[title] for title, key in COLUMNS.items() if row.get(title)})
        except ValidationError as error:
            errors.append(f"line {line}: {error.errors(include_url=False)[0]['msg']}")


def _customers(session: Session, orders: list[tuple[int, ImportedOrder]], errors: list[str]) -> dict[str, UUID]:
    names = {order.customer for _, order in orders}
    query = select(Customer.name, Customer.id).where(Customer.name.in_(names), Customer.deleted_at.is_(None))
    found: dict[str, UUID] = {}
    for name, key in session.execute(query):
        if name in found:
            errors.append(f"two customers are called {name}")
        found[name] = key
    errors += [f"line {line}: no customer {order.customer}" for line, order in orders if order.customer not in found]
    return found


def _write(session: Session, user: UUID, orders: list[tuple[int, ImportedOrder]], customers: dict[str, UUID]) -> None:
    now = datetime.now(UTC)
    stamps = {"version": 1, "created_at": now, "created_by": user, "updated_at": now, "updated_by": user, "owner": user}
    made: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for _, order in orders:
        values = order.model_dump()
        key = uuid7()
        made.append({**stamps, **values, "id": key, "total": Decimal(0), "customer_id": customers[order.customer]})
        del made[-1]["customer"]
        notes.append(
            {
                "at": now,
                "user_id": user,
                "by_platform": False,
                "form": "sales_order",
                "record_id": key,
                "action": "create",
                "version": 1,
                "after": {name: str(value) for name, value in values.items() if value is not None},
            }
        )
    try:
        session.execute(insert(Order), made)
    except IntegrityError as error:
        lines = f"lines {orders[0][0]} to {orders[-1][0]}"
        raise HTTPException(422, [f"{lines}: a number is taken: {error.orig}"]) from error
    session.execute(insert(Audit), notes)

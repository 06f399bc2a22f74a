"""The application: `uvicorn bench.reference.application:create --factory`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request, Response, UploadFile
from sqlalchemy import ColumnElement, create_engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload, sessionmaker
from uuid_utils.compat import uuid7

from bench.reference.importing import import_orders
from bench.reference.models import (
    Audit,
    Customer,
    Line,
    Order,
    Product,
    Reservation,
    Stock,
    Token,
    User,
    UserRole,
    Warehouse,
    WorkOrder,
)
from bench.reference.shapes import MonthSum, NewOrder, OrderChange, OrderOut, OrderPage, Related

T = TypeVar("T", Customer, Product, Warehouse)

_CENT = Decimal("0.01")
_WHOLE = (
    joinedload(Order.customer),
    joinedload(Order.payer),
    joinedload(Order.product),
    joinedload(Order.substitute),
    joinedload(Order.warehouse),
    selectinload(Order.lines).joinedload(Line.product),
)


def _session(request: Request) -> Iterator[Session]:
    with request.app.state.sessions.begin() as session:
        yield session


Database = Annotated[Session, Depends(_session, scope="function")]


def _user(session: Database, authorization: Annotated[str, Header()] = "") -> UUID:
    hashed = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).digest()
    found = session.execute(
        select(User.id, func.array_agg(UserRole.role))
        .join(Token, Token.user_id == User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(Token.token_hash == hashed, Token.expires_at > datetime.now(UTC), User.is_active)
        .group_by(User.id)
    ).one_or_none()
    if found is None:
        raise HTTPException(401)
    if "bench.clerk" not in found[1]:
        raise HTTPException(403)
    user_id: UUID = found[0]
    return user_id


Clerk = Annotated[UUID, Depends(_user, scope="function")]


def create() -> FastAPI:
    """Return the application on the database that the environment names."""
    engine = create_engine(os.environ["BENCH_DATABASE_URL"], pool_size=10, max_overflow=10)
    app = FastAPI(title="Orders")
    app.state.sessions = sessionmaker(engine, expire_on_commit=False)
    app.post("/orders", status_code=201)(create_order)
    app.get("/orders")(list_orders)
    app.get("/orders/with-relations")(list_with_relations)
    app.post("/orders/import", status_code=201)(import_sheet)
    app.get("/orders/{order_id}")(read_order)
    app.patch("/orders/{order_id}")(update_order)
    app.post("/orders/{order_id}/approve")(approve_order)
    app.get("/reports/by-month")(report)
    app.get("/healthz")(lambda: {"ok": True})
    return app


def create_order(session: Database, user: Clerk, sent: NewOrder) -> OrderOut:
    """Create an order; everything it points at must be there."""
    customers = _found(session, Customer, (sent.customer, sent.payer))
    products = _found(session, Product, (sent.product, sent.substitute, *(line.product for line in sent.lines)))
    warehouses = _found(session, Warehouse, (sent.warehouse,))
    lines = [
        Line(
            id=uuid7(),
            position=index,
            quantity=line.quantity,
            price=line.price,
            amount=(line.quantity * line.price).quantize(_CENT, ROUND_HALF_UP),
            is_reserved=line.is_reserved,
            product=products[line.product],
        )
        for index, line in enumerate(sent.lines)
    ]
    order = Order(
        **_stamps(user),
        number=sent.number,
        order_date=sent.order_date,
        delivery_date=sent.delivery_date,
        status=sent.status,
        note=sent.note,
        total=sum((line.amount for line in lines), Decimal(0)),
        customer=customers.get(sent.customer),
        payer=customers.get(sent.payer),
        product=products.get(sent.product),
        substitute=products.get(sent.substitute),
        warehouse=warehouses.get(sent.warehouse),
        lines=lines,
    )
    session.add(order)
    session.add(_note(order, "sales_order", "create", None, sent.model_dump(mode="json", exclude_none=True)))
    try:
        session.flush()
    except IntegrityError as error:
        raise HTTPException(422, "the number is taken") from error
    return OrderOut.model_validate(order)


def read_order(session: Database, _user: Clerk, order_id: UUID) -> OrderOut:
    """Return one order."""
    order = session.scalars(select(Order).options(*_WHOLE).where(Order.id == order_id, _is_alive())).one_or_none()
    if order is None:
        raise HTTPException(404)
    return OrderOut.model_validate(order)


def list_orders(
    session: Database,
    _user: Clerk,
    status: str,
    from_date: date,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    count: Annotated[bool, Query()] = True,  # noqa: FBT002 - a query parameter has a name
) -> OrderPage:
    """List orders of a status from a day on, newest first, with their number where it is asked for."""
    condition = (Order.status == status, Order.order_date >= from_date, _is_alive())
    listed = (Order.id, Order.version, Order.number, Order.order_date, Order.status, Order.total)
    items = session.execute(
        select(*listed).where(*condition).order_by(Order.order_date.desc(), Order.number, Order.id).limit(limit)
    ).all()
    number = session.scalar(select(func.count()).select_from(Order).where(*condition)) if count else None
    return OrderPage.model_validate({"items": items, "count": number})


def list_with_relations(
    session: Database, _user: Clerk, from_date: date, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[Related]:
    """List orders with the names of everything they point at."""
    found = session.scalars(
        select(Order)
        .options(*_WHOLE[:5])
        .where(Order.order_date >= from_date, _is_alive())
        .order_by(Order.number, Order.id)
        .limit(limit)
    )
    return [Related.model_validate(order) for order in found]


def import_sheet(session: Database, user: Clerk, file: UploadFile) -> dict[str, int]:
    """Create the orders of a sheet."""
    return {"created": import_orders(session, user, file.file)}


def update_order(
    session: Database,
    user: Clerk,
    order_id: UUID,
    sent: OrderChange,
    response: Response,
    if_match: Annotated[str, Header()],
) -> OrderOut:
    """Change what is sent; refused when somebody else changed the order in between."""
    order = _locked(session, order_id)
    if if_match not in ("*", f'"{order.version}"'):
        raise HTTPException(412)
    changes = sent.model_dump(exclude_unset=True)
    before = {key: getattr(order, key) for key in changes}
    for key, value in changes.items():
        setattr(order, key, value)
    if order.delivery_date and order.order_date and order.delivery_date < order.order_date:
        raise HTTPException(422, "delivery before order")
    _touch(order, user)
    session.add(_note(order, "sales_order", "update", before, changes))
    session.flush()
    response.headers["ETag"] = f'"{order.version}"'
    return OrderOut.model_validate(order)


def approve_order(session: Database, user: Clerk, order_id: UUID) -> OrderOut:
    """Approve: each line becomes a work order, lines to be reserved are taken from stock, all in one transaction."""
    order = _locked(session, order_id)
    if order.status != "submitted":
        raise HTTPException(409)
    order.status = "approved"
    _touch(order, user)
    session.add(_note(order, "sales_order", "update", {"status": "submitted"}, {"status": "approved"}))
    for line in order.lines:
        made = WorkOrder(
            **_stamps(user), order_id=order.id, product_id=line.product_id, quantity=line.quantity, status="planned"
        )
        session.add_all((made, _note(made, "work_order", "create", None, {"quantity": line.quantity})))
    for line in sorted((line for line in order.lines if line.is_reserved), key=lambda line: line.product_id):
        reserved = Reservation(**_stamps(user), order_id=order.id, product_id=line.product_id, quantity=line.quantity)
        session.add_all((reserved, _note(reserved, "reservation", "create", None, {"quantity": line.quantity})))
        _reserve(session, line)
    session.flush()
    return OrderOut.model_validate(order)


def report(session: Database, _user: Clerk) -> list[MonthSum]:
    """Return totals and numbers of orders by status and month."""
    month = func.date_trunc("month", Order.order_date)
    rows = session.execute(
        select(Order.status, month.label("month"), func.sum(Order.total).label("total"), func.count().label("orders"))
        .where(_is_alive())
        .group_by(Order.status, month)
        .order_by(Order.status, month)
    )
    return [MonthSum(status=row.status, month=row.month.date(), total=row.total, count=row.orders) for row in rows]


def _is_alive() -> ColumnElement[bool]:
    return Order.deleted_at.is_(None)


def _found(session: Session, model: type[T], ids: Iterable[UUID | None]) -> dict[UUID | None, T]:
    wanted = {key for key in ids if key is not None}
    if not wanted:
        return {}
    column: InstrumentedAttribute[UUID] = model.id
    query = select(model).where(column.in_(wanted), model.deleted_at.is_(None))
    found: dict[UUID | None, T] = {each.id: each for each in session.scalars(query)}
    if missing := wanted - found.keys():
        raise HTTPException(422, f"not there: {sorted(map(str, missing))}")
    return found


def _locked(session: Session, order_id: UUID) -> Order:
    query = select(Order).options(*_WHOLE).where(Order.id == order_id, _is_alive()).with_for_update(of=Order)
    order = session.scalars(query).one_or_none()
    if order is None:
        raise HTTPException(404)
    return order


def _reserve(session: Session, line: Line) -> None:
    stock = session.scalars(select(Stock).where(Stock.product_id == line.product_id).with_for_update()).one_or_none()
    if stock is None or stock.on_hand - stock.reserved < line.quantity:
        raise HTTPException(409, "not enough stock")
    stock.reserved += line.quantity
    stock.updated_at = datetime.now(UTC)


def _stamps(user: UUID) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": uuid7(),
        "version": 1,
        "created_at": now,
        "created_by": user,
        "updated_at": now,
        "updated_by": user,
        "owner": user,
    }


def _touch(order: Order, user: UUID) -> None:
    order.version += 1
    order.updated_at, order.updated_by = datetime.now(UTC), user


def _note(
    row: Order | WorkOrder | Reservation,
    form: str,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> Audit:
    return Audit(
        at=row.updated_at,
        user_id=row.updated_by,
        by_platform=False,
        form=form,
        record_id=row.id,
        action=action,
        version=row.version,
        before=_plain(before),
        after=_plain(after),
    )


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {key: value if isinstance(value, (list, bool)) else str(value) for key, value in values.items()}

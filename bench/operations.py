"""What is measured, as requests: the same question to the platform and to the application written by hand.

Every operation is a function of a number: the same number asks every contender the same, and no number asks twice for
the same new row. Seeded rows have ids that follow from their number, so that no list of ids need travel.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlencode
from uuid import UUID

Contender = Literal["dougong", "reference", "raw"]
CONTENDERS: Final[tuple[Contender, ...]] = ("dougong", "reference", "raw")

CUSTOMERS: Final = 1000
PRODUCTS: Final = 500
WAREHOUSES: Final = 20
#: What begins the ids of each kind of seeded row.
KINDS: Final = {"customer": 1, "product": 2, "warehouse": 3, "order": 4, "line": 5, "approval": 6, "approval_line": 7}
#: A step that shares no factor with the sizes measured: consecutive numbers meet rows that lie far apart.
_STRIDE: Final = 7919
LINES: Final = 20

_LISTED = ("number", "order_date", "status", "total")
_RELATIONS = ("number", "customer", "payer", "product", "substitute", "warehouse")
_ORDERS = "/api/records/bench/sales_order"


def seeded(kind: str, number: int) -> UUID:
    """Return the id of a seeded row."""
    return UUID(f"0190{KINDS[kind]:04x}-0000-7000-8000-{number:012x}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self, token: str) -> bytes:
        """Return the request as it goes over a connection that stays open."""
        body = b"" if self.body is None else json.dumps(self.body).encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: bench", f"Authorization: Bearer {token}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.method != "GET":
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One line of the table.

    title     -- what it does.
    target    -- the least ratio to the application written by hand that the project wants.
    is_unique -- each number may be asked once in the life of a database.
    """

    key: str
    title: str
    target: float
    dougong: Callable[[int, int], Call]
    reference: Callable[[int, int], Call]
    is_unique: bool = False


def new_order(number: int, lines: int) -> dict[str, Any]:
    """Return the values of the order that creating `number` makes."""
    values: dict[str, Any] = {
        "number": f"Z-{number}",
        "customer": str(seeded("customer", number % CUSTOMERS)),
        "order_date": "2026-03-01",
        "delivery_date": "2026-04-01",
        "note": f"order {number}",
    }
    if lines:
        values["lines"] = [
            {
                "product": str(seeded("product", (number + line) % PRODUCTS)),
                "quantity": f"{line + 1}.500",
                "price": "12.40",
                "is_reserved": False,
            }
            for line in range(lines)
        ]
    return values


def changed(number: int) -> dict[str, Any]:
    """Return the values that updating with `number` sets."""
    return {"note": f"changed {number}", "delivery_date": f"2027-01-{number % 28 + 1:02d}"}


def from_date(number: int) -> str:
    """Return the day from which the list is asked."""
    return f"2026-{number % 6 + 1:02d}-01"


def row(number: int, size: int) -> int:
    """Return which of `size` seeded rows an operation meets."""
    return number * _STRIDE % size


def _order(number: int, size: int) -> str:
    return str(seeded("order", row(number, size)))


def _list(number: int, *, is_counted: bool) -> Call:
    query = {
        "filter": f"status == 'submitted' and order_date >= '{from_date(number)}'",
        "sort": "-order_date,number",
        "limit": 20,
        "count": "exact" if is_counted else "none",
        "fields": ",".join(_LISTED),
    }
    return Call(method="GET", path=f"{_ORDERS}?{urlencode(query)}")


def _list_by_hand(number: int, *, is_counted: bool) -> Call:
    query = {"status": "submitted", "from_date": from_date(number), "limit": 20, "count": str(is_counted).lower()}
    return Call(method="GET", path=f"/orders?{urlencode(query)}")


def _list_relations(number: int, _size: int) -> Call:
    query = {
        "filter": f"order_date >= '{from_date(number)}'",
        "sort": "number",
        "limit": 20,
        "fields": ",".join(_RELATIONS),
    }
    return Call(method="GET", path=f"{_ORDERS}?{urlencode(query)}")


def _list_relations_by_hand(number: int, _size: int) -> Call:
    query = {"from_date": from_date(number), "limit": 20}
    return Call(method="GET", path=f"/orders/with-relations?{urlencode(query)}")


def _approval(number: int) -> str:
    return str(seeded("approval", number))


_ANY_VERSION = {"If-Match": "*"}

OPERATIONS: Final[Mapping[str, Operation]] = {
    one.key: one
    for one in (
        Operation(
            key="create",
            title="create",
            target=0.8,
            is_unique=True,
            dougong=lambda n, _: Call(method="POST", path=_ORDERS, body={"values": new_order(n, 0)}),
            reference=lambda n, _: Call(method="POST", path="/orders", body=new_order(n, 0)),
        ),
        Operation(
            key="create_lines",
            title=f"create with {LINES} lines",
            target=0.8,
            is_unique=True,
            dougong=lambda n, _: Call(method="POST", path=_ORDERS, body={"values": new_order(n, LINES)}),
            reference=lambda n, _: Call(method="POST", path="/orders", body=new_order(n, LINES)),
        ),
        Operation(
            key="read",
            title="read",
            target=1.0,
            dougong=lambda n, size: Call(method="GET", path=f"{_ORDERS}/{_order(n, size)}?surroundings=false"),
            reference=lambda n, size: Call(method="GET", path=f"/orders/{_order(n, size)}"),
        ),
        Operation(
            key="list",
            title="list of 20, filtered, sorted, counted",
            target=1.2,
            dougong=lambda n, _: _list(n, is_counted=True),
            reference=lambda n, _: _list_by_hand(n, is_counted=True),
        ),
        Operation(
            key="list_relations",
            title="list of 20 with five relations",
            target=1.2,
            dougong=_list_relations,
            reference=_list_relations_by_hand,
        ),
        Operation(
            key="update",
            title="update",
            target=0.8,
            dougong=lambda n, size: Call(
                method="PATCH",
                path=f"{_ORDERS}/{_order(n, size)}",
                body={"values": changed(n)},
                headers=_ANY_VERSION,
            ),
            reference=lambda n, size: Call(
                method="PATCH", path=f"/orders/{_order(n, size)}", body=changed(n), headers=_ANY_VERSION
            ),
        ),
        Operation(
            key="approve",
            title="approve → 2 work orders, 1 reservation",
            target=0.5,
            is_unique=True,
            dougong=lambda n, _: Call(method="POST", path=f"{_ORDERS}/{_approval(n)}/actions/approve", body={}),
            reference=lambda n, _: Call(method="POST", path=f"/orders/{_approval(n)}/approve", body={}),
        ),
        Operation(
            key="report",
            title="sum by status and month",
            target=1.2,
            dougong=lambda _, __: Call(method="POST", path="/api/reports/bench/by_month/run", body={}),
            reference=lambda _, __: Call(method="GET", path="/reports/by-month"),
        ),
    )
}
#: The list as a page asks for it, without counting: what must not grow with the number of records.
LIST_PAGE: Final = Operation(
    key="list_page",
    title="list of 20, filtered, sorted",
    target=1.2,
    dougong=lambda n, _: _list(n, is_counted=False),
    reference=lambda n, _: _list_by_hand(n, is_counted=False),
)

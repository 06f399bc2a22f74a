"""The floor: the statements that an operation cannot do without, over psycopg2, with nothing around them.

No authentication, no checks, no audit trail, no JSON: what the database alone costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import psycopg2
import psycopg2.extensions
import psycopg2.extras
from uuid_utils.compat import uuid7

from bench import operations
from bench.operations import seeded

Connection = psycopg2.extensions.connection
#: Who the rows are of; nobody's account.
_USER: Final = "00000000-0000-0000-0000-000000000001"
_STAMPS: Final = "id, version, created_at, created_by, updated_at, updated_by, owner"


def connect(url: str, schema: str) -> Connection:
    """Return a connection that finds the tables of `schema`; each operation is one transaction."""
    psycopg2.extras.register_uuid()  # type: ignore[no-untyped-call]  # so in its stubs
    connection = psycopg2.connect(url.replace("postgresql+psycopg2", "postgresql"), options=f"-c search_path={schema}")
    connection.autocommit = False
    return connection


def run(connection: Connection, key: str, number: int, size: int) -> Any:
    """Run one operation and commit; return what was read."""
    with connection.cursor() as cursor:
        result = OPERATIONS[key](cursor, number, size)
    connection.commit()
    return result


def _stamps() -> tuple[Any, ...]:
    now = datetime.now(UTC)
    return (uuid7(), 1, now, _USER, now, _USER, _USER)


def _create(lines: int) -> Callable[[Any, int, int], Any]:
    def create(cursor: Any, number: int, _size: int) -> Any:
        order = operations.new_order(number, lines)
        rows = [
            (uuid7(), index, line["product"], Decimal(line["quantity"]), Decimal(line["price"]), line["is_reserved"])
            for index, line in enumerate(order.get("lines", ()))
        ]
        amounts = [round(row[3] * row[4], 2) for row in rows]
        stamps = _stamps()
        cursor.execute(
            f"INSERT INTO sales_order ({_STAMPS}, number, customer, order_date, delivery_date, status, note, total)"
            " VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,'draft',%s,%s)",
            (
                *stamps,
                order["number"],
                order["customer"],
                order["order_date"],
                order["delivery_date"],
                order["note"],
                sum(amounts, Decimal(0)),
            ),
        )
        if rows:
            psycopg2.extras.execute_values(
                cursor,
                'INSERT INTO sales_order__lines (record_id, id, "position", product, quantity, price, is_reserved,'
                " amount) VALUES %s",
                [(stamps[0], *row, amount) for row, amount in zip(rows, amounts, strict=True)],
            )
        return stamps[0]

    return create


def _read(cursor: Any, number: int, size: int) -> Any:
    key = seeded("order", operations.row(number, size))
    cursor.execute("SELECT * FROM sales_order WHERE id = %s AND deleted_at IS NULL", (key,))
    order = cursor.fetchone()
    cursor.execute('SELECT * FROM sales_order__lines WHERE record_id = %s ORDER BY "position"', (key,))
    return order, cursor.fetchall()


def _list(cursor: Any, number: int, *, is_counted: bool) -> Any:
    condition = "status = 'submitted' AND order_date >= %s AND deleted_at IS NULL"
    day = (operations.from_date(number),)
    cursor.execute(
        f"SELECT number, order_date, status, total FROM sales_order WHERE {condition}"
        " ORDER BY order_date DESC, number, id LIMIT 20",
        day,
    )
    items = cursor.fetchall()
    if not is_counted:
        return items, None
    cursor.execute(f"SELECT count(*) FROM sales_order WHERE {condition}", day)
    return items, cursor.fetchone()[0]


def _list_relations(cursor: Any, number: int, _size: int) -> Any:
    cursor.execute(
        "SELECT o.number, c.name, y.name, p.name, s.name, w.name FROM sales_order o"
        " LEFT JOIN customer c ON c.id = o.customer LEFT JOIN customer y ON y.id = o.payer"
        " LEFT JOIN product p ON p.id = o.product LEFT JOIN product s ON s.id = o.substitute"
        " LEFT JOIN warehouse w ON w.id = o.warehouse"
        " WHERE o.order_date >= %s AND o.deleted_at IS NULL ORDER BY o.number, o.id LIMIT 20",
        (operations.from_date(number),),
    )
    return cursor.fetchall()


def _update(cursor: Any, number: int, size: int) -> Any:
    changed = operations.changed(number)
    cursor.execute(
        "UPDATE sales_order SET version = version + 1, updated_at = now(), updated_by = %s, note = %s,"
        " delivery_date = %s WHERE id = %s",
        (_USER, changed["note"], changed["delivery_date"], seeded("order", operations.row(number, size))),
    )


def _approve(cursor: Any, number: int, _size: int) -> Any:
    key = seeded("approval", number)
    cursor.execute(
        "UPDATE sales_order SET version = version + 1, updated_at = now(), updated_by = %s, status = 'approved'"
        " WHERE id = %s AND status = 'submitted'",
        (_USER, key),
    )
    cursor.execute(
        'SELECT product, quantity, is_reserved FROM sales_order__lines WHERE record_id = %s ORDER BY "position"', (key,)
    )
    lines = cursor.fetchall()
    psycopg2.extras.execute_values(
        cursor,
        f"INSERT INTO work_order ({_STAMPS}, sales_order, product, quantity, status) VALUES %s",
        [(*_stamps(), key, product, quantity, "planned") for product, quantity, _ in lines],
    )
    for product, quantity in ((product, quantity) for product, quantity, is_reserved in lines if is_reserved):
        cursor.execute(
            f"INSERT INTO reservation ({_STAMPS}, sales_order, product, quantity)"
            " VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
            (*_stamps(), key, product, quantity),
        )
        cursor.execute(
            "UPDATE stock SET reserved = reserved + %s, updated_at = now()"
            " WHERE product = %s AND on_hand >= reserved + %s",
            (quantity, product, quantity),
        )


def _report(cursor: Any, _number: int, _size: int) -> Any:
    cursor.execute(
        "SELECT status, date_trunc('month', order_date), sum(total), count(*) FROM sales_order"
        " WHERE deleted_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return cursor.fetchall()


OPERATIONS: Final[Mapping[str, Callable[[Any, int, int], Any]]] = {
    "create": _create(0),
    "create_lines": _create(operations.LINES),
    "read": _read,
    "list": lambda cursor, number, _: _list(cursor, number, is_counted=True),
    "list_page": lambda cursor, number, _: _list(cursor, number, is_counted=False),
    "list_relations": _list_relations,
    "update": _update,
    "approve": _approve,
    "report": _report,
}

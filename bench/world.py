"""The rows that are asked for: the bench's app installed on the platform, and copies of its tables for the others.

Rows are written by set statements into the platform's tables and copied from there, so that every contender has the
same tables, indexes, foreign keys and rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg2

from app_templates import installer, loader
from bench.operations import CUSTOMERS, KINDS, PRODUCTS, WAREHOUSES
from engine import identity
from engine.actor import SYSTEM
from form_engine.storage.tables import UPKEEP
from web.platform import Platform

APP: Final = Path(__file__).parent / "app" / "bench"
#: Where each contender's tables stand; the platform's schema is its app's key.
SCHEMAS: Final = {"dougong": "bench", "reference": "reference", "raw": "raw"}
#: In the order in which rows may be copied.
TABLES: Final = (
    "customer", "product", "warehouse", "sales_order", "sales_order__lines", "work_order", "reservation", "stock_move",
    "stock",
)  # fmt: skip
_STAMPS: Final = "id, version, created_at, created_by, updated_at, updated_by, owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A filled database.

    token -- an API token of a clerk, who is no administrator: rights are computed as for everybody.
    """

    url: str
    token: str
    user_id: str

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """Give a cursor on a connection of its own; each statement is a transaction."""
        with closing(psycopg2.connect(self.url.replace("postgresql+psycopg2", "postgresql"))) as connection:
            connection.autocommit = True
            yield connection.cursor()


def install(platform: Platform, url: str) -> World:
    """Install the app and its clerk; make the other contenders' tables."""
    with platform.database.unit_of_work() as session:
        installer.install(session, SYSTEM, loader.load(APP))
        clerk = identity.create_user(session, SYSTEM, username="clerk", name="Clerk", roles=["bench.clerk"])
        actor = identity.actor_for_user(session, clerk.id)
        token, _ = identity.create_api_token(session, actor, title="bench", scopes=["*:write", "*:read"])
    world = World(url=url, token=token, user_id=str(clerk.id))
    with world.cursor() as cursor:
        for schema in SCHEMAS.values():
            if schema != SCHEMAS["dougong"]:
                _copy_tables(cursor, schema)
    return world


def _copy_tables(cursor: Any, schema: str) -> None:
    cursor.execute(f"CREATE SCHEMA {schema}")
    for table in TABLES:
        cursor.execute(f"CREATE TABLE {schema}.{table} (LIKE bench.{table} INCLUDING ALL) WITH ({UPKEEP})")
    cursor.execute(f"CREATE TABLE {schema}.audit (LIKE meta.audit INCLUDING ALL)")
    cursor.execute(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = 'bench'::regnamespace"
    )
    for table, definition in cursor.fetchall():
        own = definition.replace("REFERENCES bench.", f"REFERENCES {schema}.")
        cursor.execute(f"ALTER TABLE {schema}.{table.partition('.')[2]} ADD {own}")


def fill(world: World, *, orders: int, approvals: int) -> None:
    """Write masters, stock, `orders` orders of two lines and `approvals` more that wait to be approved."""
    stamps = f"1, now(), '{world.user_id}', now(), '{world.user_id}', '{world.user_id}'"
    with world.cursor() as cursor:
        for kind, count in (("customer", CUSTOMERS), ("product", PRODUCTS), ("warehouse", WAREHOUSES)):
            cursor.execute(
                f"INSERT INTO bench.{kind} ({_STAMPS}, name)"
                f" SELECT {_id(kind, 'n')}, {stamps}, '{kind} ' || n FROM generate_series(0, {count - 1}) n"
            )
        cursor.execute(
            f"INSERT INTO bench.stock_move ({_STAMPS}, product, quantity)"
            f" SELECT gen_random_uuid(), {stamps}, id, 1000000000 FROM bench.product"
        )
        cursor.execute(
            "INSERT INTO bench.stock (id, updated_at, product, on_hand, reserved)"
            " SELECT gen_random_uuid(), now(), id, 1000000000, 0 FROM bench.product"
        )
        _orders(cursor, stamps, "order", range(orders))
        _orders(cursor, stamps, "approval", range(approvals))
        _lines(cursor, "order", "line", range(orders))
        _lines(cursor, "approval", "approval_line", range(approvals))
        for schema in ("reference", "raw"):
            for table in TABLES:
                cursor.execute(f"INSERT INTO {schema}.{table} SELECT * FROM bench.{table}")
    _settle(world)


def grow(world: World, *, first: int, orders: int, has_lines: bool) -> None:
    """Add orders, numbered from `first`, until there are `orders`."""
    stamps = f"1, now(), '{world.user_id}', now(), '{world.user_id}', '{world.user_id}'"
    with world.cursor() as cursor:
        for schema in SCHEMAS.values():
            _orders(cursor, stamps, "order", range(first, orders), schema)
            if has_lines:
                _lines(cursor, "order", "line", range(first, orders), schema)
    _settle(world)


def _settle(world: World) -> None:
    """Let statistics and visibility be what they are in a database that has run for a while."""
    with world.cursor() as cursor:
        for schema in SCHEMAS.values():
            for table in TABLES:
                cursor.execute(f"VACUUM ANALYZE {schema}.{table}")
        cursor.execute("CHECKPOINT")


def _id(kind: str, number: str) -> str:
    return f"('0190{KINDS[kind]:04x}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


def _orders(cursor: Any, stamps: str, kind: str, numbers: range, schema: str = "bench") -> None:
    """Write orders; three quarters of those of kind `order` have another status than `submitted`."""
    statuses = "(ARRAY['draft', 'submitted', 'approved', 'closed'])[n % 4 + 1]" if kind == "order" else "'submitted'"
    day = "date '2025-01-01' + (n::bigint * 7919 % 700)::int" if kind == "order" else "date '2025-01-01'"
    cursor.execute(
        f"INSERT INTO {schema}.sales_order ({_STAMPS}, number, customer, payer, product, substitute, warehouse,"
        f" order_date, delivery_date, status, note, total)"
        f" SELECT {_id(kind, 'n')}, {stamps}, '{kind[0].upper()}-' || n,"
        f" {_id('customer', f'n % {CUSTOMERS}')}, {_id('customer', f'(n + 1) % {CUSTOMERS}')},"
        f" {_id('product', f'n % {PRODUCTS}')}, {_id('product', f'(n + 1) % {PRODUCTS}')},"
        f" {_id('warehouse', f'n % {WAREHOUSES}')}, {day}, date '2026-12-01',"
        f" {statuses}, 'order ' || n, (n % 1000) * 5.00"
        f" FROM generate_series({numbers.start}, {numbers.stop - 1}) n"
    )


def _lines(cursor: Any, kind: str, line: str, numbers: range, schema: str = "bench") -> None:
    cursor.execute(
        f'INSERT INTO {schema}.sales_order__lines (id, record_id, "position", product, quantity, price, amount,'
        " is_reserved)"
        f" SELECT {_id(line, 'n * 2 + p')}, {_id(kind, 'n')}, p, {_id('product', f'(n + p) % {PRODUCTS}')}, 2,"
        f" (n % 1000) * 1.25, (n % 1000) * 2.5, p = 0 FROM generate_series({numbers.start}, {numbers.stop - 1}) n, generate_series(0, 1) p"
    )

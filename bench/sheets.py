"""The import that is measured: one sheet of orders, and what each contender does with it.

The platform takes the sheet over HTTP and imports it in a job; the application written by hand takes it over HTTP and
answers when it is done; psycopg2 looks the customers up and copies the rows. Time runs from the first byte sent until
every row is committed.
"""

from __future__ import annotations

import csv
import http.client
import io
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from statistics import median
from typing import Any, Final
from uuid import uuid4

from uuid_utils.compat import uuid7

from bench import raw
from bench.operations import CONTENDERS, CUSTOMERS, Contender
from bench.world import SCHEMAS, World

HEADERS: Final = ("订单号", "客户", "下单日期", "交货日期", "状态", "备注")
_IMPORT: Final = "/api/records/bench/sales_order/import"
_TIMEOUT_SECONDS: Final = 600.0


def sheet(name: str, rows: int) -> bytes:
    """Return a sheet of `rows` new orders, their numbers beginning with `name`; titles stand for customers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADERS)
    for n in range(rows):
        customer = f"customer {n * 7 % CUSTOMERS}"
        writer.writerow((f"{name}-{n}", customer, "2026-03-01", f"2026-04-{n % 28 + 1:02d}", "draft", f"imported {n}"))
    return out.getvalue().encode()


def compare(
    world: World, addresses: Mapping[str, str], *, rows: int, rounds: int, report: Callable[[str], None]
) -> dict[str, Any]:
    """Import `rows` rows with every contender, in turn; return rows a second by contender and the ratio."""
    took: dict[Contender, list[float]] = {contender: [] for contender in CONTENDERS}
    for number in range(rounds):
        for contender in CONTENDERS:
            content = sheet(f"I{number}", rows)
            began = time.perf_counter()
            run(world, contender, addresses[contender], content, rows)
            took[contender].append(time.perf_counter() - began)
    found: dict[str, Any] = {contender: {"per_second": rows / median(times)} for contender, times in took.items()}
    found |= {"rows": rows, "ratio": found["dougong"]["per_second"] / found["reference"]["per_second"]}
    report(f"import: {found['dougong']['per_second']:.0f} rows/s, {found['ratio']:.2f}")
    return found


def run(world: World, contender: Contender, address: str, content: bytes, rows: int) -> None:
    """Import one sheet; raises when a row is missing afterwards."""
    done = {"dougong": _platform, "reference": _by_hand, "raw": _copied}[contender](world, address, content)
    if done != rows:
        raise RuntimeError(f"{contender} imported {done} of {rows} rows")


def _platform(world: World, address: str, content: bytes) -> int:
    started = _post(address, _IMPORT, world.token, content, {"commit": "true"})
    connection = _connected(address)
    while True:
        connection.request("GET", f"/api/imports/{started['id']}", headers={"Authorization": f"Bearer {world.token}"})
        told = json.loads(connection.getresponse().read())
        if told["status"] not in ("queued", "running"):
            connection.close()
            if told["status"] != "completed":
                raise RuntimeError(f"the import failed: {told['errors'][:3]}")
            return int(told["created"])
        time.sleep(0.05)


def _by_hand(world: World, address: str, content: bytes) -> int:
    return int(_post(address, "/orders/import", world.token, content, {})["created"])


def _copied(world: World, address: str, content: bytes) -> int:
    connection = raw.connect(address, SCHEMAS["raw"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, id FROM customer")
            customers = dict(cursor.fetchall())
            now, out, count = datetime.now(UTC).isoformat(), io.StringIO(), 0
            writer = csv.writer(out)
            for row in csv.DictReader(io.StringIO(content.decode())):
                number, customer, day, delivery, status, note = (row[one] for one in HEADERS)
                who = world.user_id
                writer.writerow(
                    (uuid7(), 1, now, who, now, who, who, number, customers[customer], day, delivery, status, note, 0)
                )
                count += 1
            out.seek(0)
            cursor.copy_expert(
                "COPY sales_order (id, version, created_at, created_by, updated_at, updated_by, owner, number, customer,"
                " order_date, delivery_date, status, note, total) FROM STDIN WITH (FORMAT csv)",
                out,
            )
        connection.commit()
    finally:
        connection.close()
    return count


def _post(address: str, path: str, token: str, content: bytes, fields: Mapping[str, str]) -> Any:
    mark = uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="orders.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = b"".join((*parts, head.encode(), content, f"\r\n--{mark}--\r\n".encode()))
    connection = _connected(address)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={mark}"}
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status not in (200, 201, 202):
            raise RuntimeError(f"POST {path}: {answer.status} {said[:300].decode(errors='replace')}")
        return json.loads(said)
    finally:
        connection.close()


def _connected(address: str) -> http.client.HTTPConnection:
    host, _, port = address.rpartition(":")
    return http.client.HTTPConnection(host, int(port), timeout=_TIMEOUT_SECONDS)

"""A client that goes away in the middle of what it says has said nothing: no half of it is done, nothing is left lying."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
import sqlalchemy as sa

from tests.web.conftest import _served, as_user
from web.platform import Platform

__all__ = ["_served", "as_user"]

AsUser = Callable[[str], httpx.Client]
ORDERS = "/api/records/crm/sales_order"
CUSTOMERS = "/api/records/crm/customer"
MARK = "one-mark"


def hang_up(client: httpx.Client, path: str, kind: str, said: bytes, announced: int) -> None:
    """Send a request's head and the beginning of its body, then close the connection."""
    where = urlsplit(str(client.base_url))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {where.netloc}\r\nX-Requested-With: dougong\r\n"
        f"Cookie: dougong_session={client.cookies['dougong_session']}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {announced}\r\n\r\n"
    )
    with socket.create_connection((where.hostname or "", where.port or 80), timeout=10) as connection:
        connection.sendall(head.encode() + said)
        time.sleep(0.1)


def counts(platform: Platform) -> dict[str, int]:
    tables = ("meta.file", "meta.import_run", "meta.job", "meta.audit", "crm.customer", "meta.flow_instance")
    with platform.database.unit_of_work() as session:
        return {name: session.execute(sa.text(f"select count(*) from {name}")).scalar_one() for name in tables}


def test_half_an_import_is_none(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("admin")
    before = counts(demo_platform)
    head = (
        f'--{MARK}\r\nContent-Disposition: form-data; name="commit"\r\n\r\ntrue\r\n--{MARK}\r\n'
        'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n客户名称\r\n'
    )
    rows = "".join(f"天工第{number}厂\r\n" for number in range(100_000))
    said = (head + rows).encode()
    hang_up(client, f"{CUSTOMERS}/import", f"multipart/form-data; boundary={MARK}", said, len(said) * 2)
    assert client.get(CUSTOMERS, params={"limit": "1"}).status_code == 200
    assert counts(demo_platform) == before
    folder = demo_platform.settings.data_dir / "files"
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("said", [b"", b"{", b"{}"])
def test_half_a_click_is_none(as_user: AsUser, demo_platform: Platform, said: bytes) -> None:
    client = as_user("sales")
    customer = client.get(CUSTOMERS, params={"limit": "1"}).json()["items"][0]["id"]
    product = client.get("/api/records/erp/product", params={"limit": "1"}).json()["items"][0]["id"]
    lines = [{"product": product, "quantity": "1", "price": "1"}]
    made = client.post(ORDERS, json={"values": {"customer": customer, "lines": lines}})
    assert made.status_code == 201, made.text
    order = f"{ORDERS}/{made.json()['id']}"
    before = counts(demo_platform)
    hang_up(client, f"{order}/actions/submit", "application/json", said, 40)
    assert client.get(order).json()["values"]["status"] == "draft"
    assert counts(demo_platform) == before
    assert client.post(f"{order}/actions/submit", json={}).status_code == 200

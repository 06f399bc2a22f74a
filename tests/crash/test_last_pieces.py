"""Many hands reach for the last pieces over HTTP: never below zero, nothing lost, and who goes without is told why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bench.crash import run
from engine.db import Database
from engine.settings import Settings
from form_engine import balances
from tests.web.conftest import serve
from web.app import create_app
from web.platform import Platform

CLIENTS = 16
TRIES = 3
API = "/api/records/fire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A served app with its stock, and a client for each clerk."""

    database: Database
    clients: list[httpx.Client]
    products: dict[str, str]
    order: str

    def all_at_once(self, act: Any) -> list[Any]:
        """Return what `act(client)` returned to each client, all at the same time."""
        with ThreadPoolExecutor(len(self.clients)) as threads:
            return list(threads.map(act, self.clients))


@pytest.fixture
def shop(fresh_database: Database, tmp_path: Path) -> Iterator[Shop]:
    """The bench's app, served over a database where commits are real."""
    url = fresh_database.engine.url.render_as_string(hide_password=False)
    tokens, products = run.install(url, tmp_path, 9, CLIENTS)
    platform = Platform.connect(Settings(data_dir=tmp_path, pool_size=CLIENTS), url)
    with serve(create_app(platform)) as served:
        clients = [
            httpx.Client(base_url=served.url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
            for token in tokens
        ]
        order = clients[0].post(f"{API}/sales_order", json={"values": {"number": "SO1"}}).json()["id"]
        yield Shop(database=platform.database, clients=clients, products=products, order=order)
        for client in clients:
            client.close()
    platform.database.dispose()


def test_the_last_pieces_go_to_as_many_as_there_are(shop: Shop) -> None:
    scarce = shop.products[run.SCARCE]
    values = {"sales_order": shop.order, "product": scarce, "quantity": "1"}

    def reserve(client: httpx.Client) -> list[httpx.Response]:
        return [client.post(f"{API}/reservation", json={"values": values}) for _ in range(TRIES)]

    answers = [answer for mine in shop.all_at_once(reserve) for answer in mine]
    refused = [answer.json() for answer in answers if answer.status_code != 201]
    assert Counter(answer.status_code for answer in answers) == {
        201: run.SCARCE_PIECES,
        409: CLIENTS * TRIES - run.SCARCE_PIECES,
    }
    assert {one["code"] for one in refused} == {"balance_refuses"}
    for one in refused:
        assert "库存不足" in one["detail"]
        assert run.SCARCE in one["detail"]
    with shop.database.unit_of_work() as session:
        rows = session.execute(sa.text(f"select on_hand, reserved from fire.stock where product = '{scarce}'")).all()
        made = session.execute(sa.text("select count(*), sum(quantity) from fire.reservation")).one()
        assert [tuple(row) for row in rows] == [(Decimal(run.SCARCE_PIECES), Decimal(run.SCARCE_PIECES))]
        assert tuple(made) == (run.SCARCE_PIECES, Decimal(run.SCARCE_PIECES))
        assert balances.verify(session, "fire.stock") == []


def test_no_change_is_written_over_another_that_it_did_not_see(shop: Shop) -> None:
    address = f"{API}/sales_order/{shop.order}"

    def add_a_letter(client: httpx.Client) -> int:
        for attempt in range(1, 200):
            seen = client.get(address)
            told = (seen.json()["values"]["told"] or "") + "x"
            answer = client.patch(address, json={"values": {"told": told}}, headers={"If-Match": seen.headers["etag"]})
            if answer.status_code == 200:
                return attempt
            assert (answer.status_code, answer.json()["code"]) == (412, "stale")
        raise AssertionError("never had a turn")

    shop.all_at_once(add_a_letter)
    found = shop.clients[0].get(address).json()
    assert (found["values"]["told"], found["version"]) == ("x" * CLIENTS, 1 + CLIENTS)

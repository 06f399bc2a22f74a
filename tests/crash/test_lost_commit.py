"""The connection is lost at COMMIT: nobody knows what became of it, so nobody says that nothing was saved."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import sqlalchemy as sa

from tests.web.conftest import _served, as_user
from web.platform import Platform

__all__ = ["_served", "as_user"]

CUSTOMERS = "/api/records/crm/customer"


def test_says_that_it_does_not_know_and_takes_the_same_request_again(
    as_user: Callable[[str], httpx.Client], demo_platform: Platform
) -> None:
    client = as_user("sales")
    dies = (
        "create function crm.dies() returns trigger language plpgsql as"
        " $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;"
        " create constraint trigger dies after insert on crm.customer deferrable initially deferred"
        " for each row execute function crm.dies()"
    )
    with demo_platform.database.unit_of_work() as session:
        session.execute(sa.text(dies))
    body, key = {"values": {"name": "天工机械"}}, {"Idempotency-Key": "once"}
    lost = client.post(CUSTOMERS, json=body, headers=key)
    assert (lost.status_code, lost.json()["code"]) == (503, "outcome_unknown")
    with demo_platform.database.unit_of_work() as session:
        session.execute(sa.text("drop trigger dies on crm.customer"))
    assert client.post(CUSTOMERS, json=body, headers=key).status_code == 201
    params = {"filter": "name == '天工机械'", "count": "exact"}
    assert client.get(CUSTOMERS, params=params).json()["count"] == 1

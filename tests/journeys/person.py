"""One of the demo's people, who works over HTTP: prepares what a journey needs, and looks whether it came true."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeVar

import httpx

#: JSON of the API, as it comes.
Json = dict[str, Any]

T = TypeVar("T")

_PATIENCE_SECONDS = 60
_PAUSE_SECONDS = 0.1


class Person:
    """A signed-in client of the API."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(self, path: str, **params: str | int) -> Json:
        """Read `path` under `/api`; raises `httpx.HTTPStatusError` when it is refused."""
        return self._answer(self._client.get(f"/api/{path}", params=params))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Json:
        """Send `body` to `path` under `/api`."""
        return self._answer(self._client.post(f"/api/{path}", json=body or {}))

    def patch(self, path: str, body: Mapping[str, Any], *, version: int | None = None) -> Json:
        """Change what stands at `path`; `version` is the one that was read."""
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return self._answer(self._client.patch(f"/api/{path}", json=body, headers=headers))

    def put(self, path: str, body: Mapping[str, Any]) -> Json:
        """Put `body` to `path` under `/api`."""
        return self._answer(self._client.put(f"/api/{path}", json=body))

    def send(self, path: str, content: bytes, **fields: str) -> Json:
        """Send a file to `path` under `/api`, with the fields of its form."""
        return self._answer(self._client.post(f"/api/{path}", files={"file": ("file", content)}, data=fields))

    def delete(self, path: str, **params: str) -> None:
        """Delete what stands at `path`."""
        self._answer(self._client.delete(f"/api/{path}", params=params))

    def find(self, form: str, title: str) -> Json:
        """Return the one record of `form` with this title."""
        found = self.get(f"relations/{form.replace('.', '/')}", search=title)["items"]
        return next(one for one in found if one["title"] == title)

    def records(self, form: str, condition: str, sort: str = "created_at") -> list[Json]:
        """Return the records of `form` that meet `condition`."""
        return list(self.get(f"records/{form.replace('.', '/')}", filter=condition, sort=sort, limit=200)["items"])

    def free_stock(self) -> dict[str, Decimal]:
        """Return what is on hand and not reserved, by the product's title."""
        rows = self.get("balances/erp/availability", limit=200)["items"]
        return {
            row["values"]["product"]["title"]: Decimal(row["values"]["on_hand"]) - Decimal(row["values"]["reserved"])
            for row in rows
        }

    def order(self, quantities: Mapping[str, str | int], **values: Any) -> Json:
        """Create a draft order of products, by their titles."""
        customer = self.get("relations/crm/customer", limit=1)["items"][0]["id"]
        lines = [self._line(product, quantity) for product, quantity in quantities.items()]
        return self.post("records/crm/sales_order", {"values": {"customer": customer, "lines": lines, **values}})

    def press(self, form: str, record: Json, action: str) -> Json:
        """Press a button of a record."""
        return self._answer(
            self._client.post(
                f"/api/records/{form.replace('.', '/')}/{record['id']}/actions/{action}",
                headers={"If-Match": f'"{record["version"]}"'},
            )
        )

    def open_task(self, record: Json) -> Json:
        """Wait for the open task of mine about `record`."""
        return wait_for(lambda: next((one for one in self._open_tasks() if one["record"]["id"] == record["id"]), None))

    def finished_runs(self, record: Json, flow: str) -> list[Json]:
        """Wait until no run about `record` goes on; return those of `flow`, as their pages show them."""

        def settled() -> list[Json] | None:
            runs = [
                one
                for one in self.get("instances", limit=100)["items"]
                if (one["record"] or {}).get("id") == record["id"]
            ]
            mine = [one for one in runs if one["flow"]["key"] == flow]
            return mine if mine and all(one["status"] == "completed" for one in runs) else None

        return wait_for(settled)

    def _open_tasks(self) -> list[Json]:
        return list(self.get("tasks", limit=100)["items"])

    def _line(self, title: str, quantity: str | int) -> Json:
        found = self.get("relations/erp/product", search=title, fill="price,unit")["items"]
        product = next(one for one in found if one["title"] == title)
        return {"product": product["id"], "quantity": str(quantity), **product["fill"]}

    @staticmethod
    def _answer(response: httpx.Response) -> Json:
        assert response.is_success, response.text
        found: Json = response.json() if response.content else {}
        return found


@contextmanager
def signed_in(address: str, username: str, *, language: str = "zh-CN") -> Iterator[Person]:
    """Give `username` of the demo, signed in at `address`."""
    with httpx.Client(base_url=address, headers={"X-Requested-With": "dougong"}, timeout=_PATIENCE_SECONDS) as client:
        client.post("/api/session", json={"username": username, "password": "demo"}).raise_for_status()
        client.patch("/api/session", json={"language": language}).raise_for_status()
        yield Person(client)


def wait_for(find: Callable[[], T | None]) -> T:
    """Ask until there is an answer: what a worker does comes a moment later."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        found = find()
        if found:
            return found
        time.sleep(_PAUSE_SECONDS)
    message = "it did not come true"
    raise AssertionError(message)

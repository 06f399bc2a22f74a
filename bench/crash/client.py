"""One client: makes orders, submits and decides them, posts stock moves; repeats what was not acknowledged.

A thread with connections of its own. Every repetition is the same request under the same key, perhaps to another
server. Some requests are left alone after their first failure: they may have happened or not, but not half.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from uuid import uuid4

from bench.crash.ledger import Ledger, Move, Order, Status

_API: Final = "/api/records/fire"
_TIMEOUT_SECONDS: Final = 15.0
_PENDING: Final = 6
_ABANDONS: Final = 0.15
_CLICKS_TWICE: Final = 0.2
_PATIENCE_SECONDS: Final = 120.0

Answer = tuple[int, Any]


@dataclass(slots=True, kw_only=True)
class Client:
    """A person at work.

    products -- ids by name; `scarce` is one of which there is little.
    stop     -- no more new orders; what is begun is finished until `leave` is set.
    """

    number: str
    addresses: list[str]
    token: str
    products: dict[str, str]
    scarce: str
    ledger: Ledger
    random: Random
    stop: threading.Event
    leave: threading.Event
    pending: dict[str, Order] = field(default_factory=dict)
    made: int = 0
    _connections: dict[str, http.client.HTTPConnection] = field(default_factory=dict)

    def run(self) -> None:
        """Work until told to stop, then finish what is begun."""
        try:
            while not self.stop.is_set():
                if len(self.pending) < _PENDING:
                    self._order()
                if self.random.random() < 0.4:
                    self._move()
                self._decide()
            while self.pending and not self.leave.is_set():
                self._decide()
                self.leave.wait(0.2)
        except Exception as error:
            self._fault(f"client {self.number}: {type(error).__name__}: {error}")
            raise
        finally:
            self._close()

    def _close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    def _order(self) -> None:
        self.made += 1
        names = self.random.sample(sorted(self.products), self.random.randint(1, 3))
        order = Order(
            number=f"C{self.number}-{self.made}", lines={self.products[one]: self.random.randint(1, 5) for one in names}
        )
        with self.ledger.lock:
            self.ledger.orders.append(order)
        lines = [{"product": product, "quantity": str(quantity)} for product, quantity in order.lines.items()]
        body = {"values": {"number": order.number, "lines": lines}}
        made = self._ask("POST", f"{_API}/sales_order", body, may_abandon=True)
        if not self._is_right(made, order, f"create {order.number}", 201):
            return
        order.id, order.status = str(made[1]["id"]), "draft"
        pressed = self._ask("POST", f"{_API}/sales_order/{order.id}/actions/submit", {}, may_abandon=True)
        if self._is_right(pressed, order, f"submit {order.number}", 200):
            order.status = "submitted"
            self.pending[order.id] = order

    def _move(self) -> None:
        self.made += 1
        product = self.random.choice([one for name, one in self.products.items() if name != self.scarce])
        move = Move(number=f"M{self.number}-{self.made}", product=product, quantity=self.random.randint(1, 9))
        with self.ledger.lock:
            self.ledger.moves.append(move)
        body = {"values": {"number": move.number, "product": product, "quantity": str(move.quantity)}}
        made = self._ask("POST", f"{_API}/stock_move", body, may_abandon=True)
        if made[0] == 201:
            move.id = str(made[1]["id"])
        elif made[0]:
            self._fault(f"move {move.number}: {made}")

    def _decide(self) -> None:
        status, page = self._ask("GET", "/api/tasks?limit=20", None)
        if status != 200:
            self._fault(f"tasks: {status} {page}")
            return
        for task in page["items"]:
            order = self.pending.get(task["record"]["id"])
            if order is not None:
                self._approve(task["id"], order)

    def _approve(self, task: str, order: Order) -> None:
        address = f"/api/tasks/{task}"
        second = None
        if self.random.random() < _CLICKS_TWICE:
            second = threading.Thread(target=self._click_again, args=(f"{address}/approve", order))
            second.start()
        status, said = self._ask("POST", f"{address}/approve", {})
        if second is not None:
            second.join()
        if status == 409 and said.get("code") in ("balance_refuses", "flow_refused") and _names_stock(said):
            with self.ledger.lock:
                self.ledger.refused += 1
            status, said = self._ask("POST", f"{address}/reject", {})
            decided: Status = "rejected"
        else:
            decided = "approved"
        if self._is_right((status, said), order, f"decide {order.number}", 200):
            order.status = decided
        self.pending.pop(order.id or "")

    def _click_again(self, path: str, order: Order) -> None:
        """Do the other half of a double click: the same decision at the same time, on a connection of its own."""
        other = Client(
            number=self.number,
            addresses=self.addresses[::-1],
            token=self.token,
            products={},
            scarce="",
            ledger=self.ledger,
            random=Random(self.made),  # noqa: S311 - chooses servers
            stop=self.stop,
            leave=self.leave,
        )
        with self.ledger.lock:
            self.ledger.double_clicks += 1
        status, said = other._ask("POST", path, {})
        other._close()
        is_refused = status == 409 and (_names_stock(said) or said.get("code") == "task_decided")
        if status not in (0, 200) and not is_refused:
            self._fault(f"second click on {order.number}: {status} {said}")

    def _is_right(self, answer: Answer, order: Order, what: str, expected: int) -> bool:
        if answer[0] == expected:
            return True
        order.is_abandoned = True
        if answer[0]:
            self._fault(f"{what}: {answer}")
        return False

    def _ask(self, method: str, path: str, body: Any, *, may_abandon: bool = False) -> Answer:
        """Ask until somebody answers; status 0 where this request was left alone without an answer."""
        key = str(uuid4())
        is_keyed = method == "POST" and path.startswith("/api/records")
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if is_keyed:
            headers["Idempotency-Key"] = key
        sent = None if body is None else json.dumps(body).encode()
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            address = self.random.choice(self.addresses)
            status, said, is_replayed = self._once(address, method, path, sent, headers)
            with self.ledger.lock:
                self.ledger.answers[status] += 1
                self.ledger.replayed += is_replayed
                if is_keyed and 200 <= status < 300:
                    self.ledger.keys.add(key)
            if status not in (0, 503):
                return status, said
            if may_abandon and self.random.random() < _ABANDONS:
                return 0, None
            time.sleep(self.random.uniform(0.02, 0.2))
        self._fault(f"nobody answered for {_PATIENCE_SECONDS:.0f} s: {method} {path}")
        return 0, None

    def _once(
        self, address: str, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, Any, bool]:
        host, _, port = address.partition(":")
        connection = self._connections.get(address)
        if connection is None:
            connection = http.client.HTTPConnection(host, int(port), timeout=_TIMEOUT_SECONDS)
            self._connections[address] = connection
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            said = answer.read()
            is_replayed = answer.getheader("Idempotency-Replayed") == "true"
            return answer.status, json.loads(said) if said else None, is_replayed
        except (OSError, http.client.HTTPException):
            connection.close()
            self._connections.pop(address, None)
            return 0, None, False

    def _fault(self, text: str) -> None:
        with self.ledger.lock:
            self.ledger.faults.append(text[:500])


def _names_stock(said: Any) -> bool:
    """Whether a refusal says that the stock does not suffice."""
    return "库存不足" in json.dumps(said, ensure_ascii=False)

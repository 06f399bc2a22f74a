"""The contenders of the bench do the same: otherwise its ratios would compare nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bench import background, operations, raw, run, servers, sheets, table
from bench.load import Http
from bench.measuring import Bench, Sizes, load_process
from bench.operations import CONTENDERS, OPERATIONS, Contender
from bench.world import SCHEMAS, World
from tests import databases

SIZE = 60
TINY = Sizes(
    orders=SIZE,
    approvals=4,
    rounds=1,
    seconds=5,
    requests=2,
    growth=(SIZE,),
    import_rows=30,
    runs=10,
    samples=3,
    waiting=20,
    connections=2,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """A small world with both servers."""

    world: World
    addresses: dict[str, str]

    def ask(self, contender: Contender, key: str, number: int) -> Any:
        """Return what one operation answers."""
        if contender == "raw":
            connection = raw.connect(self.world.url, SCHEMAS["raw"])
            try:
                return raw.run(connection, key, number, SIZE)
            finally:
                connection.close()
        http = Http(self.addresses[contender])
        try:
            request = getattr(OPERATIONS[key], contender)(number, SIZE).encoded(self.world.token)
            status, body = http.ask(request)
        finally:
            http.close()
        assert status in (200, 201), body
        return json.loads(body)

    def rows(self, contender: Contender, query: str) -> list[tuple[Any, ...]]:
        """Return rows of a contender's tables; `{s}` is their schema."""
        with self.world.cursor() as cursor:
            cursor.execute(query.replace("{s}", SCHEMAS[contender]))
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@pytest.fixture(scope="module")
def contest(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contest]:
    """Both servers over a small world."""
    folder = tmp_path_factory.mktemp("bench")
    with ExitStack() as stack:
        url = stack.enter_context(databases.clone(server_url))
        world = stack.enter_context(run.prepared(url, folder, orders=SIZE, approvals=TINY.approvals))
        ours = stack.enter_context(servers.dougong(world, folder))
        by_hand = stack.enter_context(servers.reference(world))
        yield Contest(world=world, addresses={"dougong": ours.address, "reference": by_hand.address, "raw": url})


_WRITTEN = """SELECT o.number, c.name, o.order_date, o.delivery_date, o.status, o.note, o.total, o.version,
    array_agg(p.name || ' ' || l.quantity || ' ' || l.price || ' ' || l.amount ORDER BY l.position)
    FROM {s}.sales_order o JOIN {s}.customer c ON c.id = o.customer
    LEFT JOIN {s}.sales_order__lines l ON l.record_id = o.id LEFT JOIN {s}.product p ON p.id = l.product
    GROUP BY o.id, c.id ORDER BY o.number"""
_MADE = """SELECT o.number, p.name, w.quantity, w.status FROM {s}.work_order w
    JOIN {s}.sales_order o ON o.id = w.sales_order JOIN {s}.product p ON p.id = w.product ORDER BY 1, 2"""
_RESERVED = "SELECT p.name, r.quantity FROM {s}.reservation r JOIN {s}.product p ON p.id = r.product ORDER BY 1"
_STOCK = "SELECT p.name, s.on_hand, s.reserved FROM {s}.stock s JOIN {s}.product p ON p.id = s.product ORDER BY 1"


def test_writes_leave_the_same_rows(contest: Contest) -> None:
    for contender in CONTENDERS:
        for key, number in (("create", 1), ("create_lines", 2), ("update", 3), ("approve", 0), ("approve", 1)):
            contest.ask(contender, key, number)
    for query, count in ((_WRITTEN, SIZE + TINY.approvals + 2), (_MADE, 4), (_RESERVED, 2), (_STOCK, 500)):
        ours, by_hand, floor = (contest.rows(contender, query) for contender in CONTENDERS)
        assert len(ours) == count
        assert ours == by_hand == floor
    audit = "SELECT form, action FROM {a}.audit WHERE form <> 'meta.user' AND record_id IS NOT NULL ORDER BY 1, 2"
    noted = contest.rows("dougong", audit.replace("{a}", "meta"))
    ours = [(form.removeprefix("bench."), action) for form, action in noted if form.startswith("bench.")]
    assert ours == contest.rows("reference", audit.replace("{a}", "reference"))


_IMPORTED = """SELECT o.number, c.name, o.order_date, o.delivery_date, o.status, o.note, o.total, o.version
    FROM {s}.sales_order o JOIN {s}.customer c ON c.id = o.customer WHERE o.number LIKE 'I%' ORDER BY o.number"""


def test_imports_leave_the_same_rows_and_a_wrong_one_leaves_none(contest: Contest) -> None:
    content = sheets.sheet("I0", TINY.import_rows)
    for contender in CONTENDERS:
        sheets.run(contest.world, contender, contest.addresses[contender], content, TINY.import_rows)
    wrong = sheets.sheet("I1", 3).replace(b"2026-04-02", b"2026-01-02")
    for contender in ("dougong", "reference"):
        with pytest.raises(RuntimeError):
            sheets.run(contest.world, contender, contest.addresses[contender], wrong, 3)
    ours, by_hand, floor = (contest.rows(contender, _IMPORTED) for contender in CONTENDERS)
    assert len(ours) == TINY.import_rows
    assert ours == by_hand == floor
    noted = "SELECT count(*) FROM {a}.audit a JOIN {s}.sales_order o ON o.id = a.record_id WHERE o.number LIKE 'I%'"
    for contender, schema in (("dougong", "meta"), ("reference", "reference")):
        assert contest.rows(contender, noted.replace("{a}", schema)) == [(TINY.import_rows,)]


def test_background_runs_are_counted_alone_and_beside_those_that_wait(contest: Contest, tmp_path: Path) -> None:
    found = background.compare(
        contest.world, tmp_path, runs=10, samples=3, waiting=20, workers=1, report=lambda _text: None
    )
    for one in (found["alone"], found["beside"]):
        assert one["per_second"] > 0
        assert one["median_ms"] > 0
    statuses = (
        "SELECT flow, status, count(*) FROM meta.flow_instance WHERE flow LIKE 'bench.sig%' GROUP BY 1, 2 ORDER BY 1"
    )
    done = 10 + 2 * (10 + 3)
    assert contest.rows("dougong", statuses) == [
        ("bench.signal_seen", "completed", done),
        ("bench.signal_waits", "waiting", 20),
    ]
    answers = "SELECT count(*) FROM {s}.signal WHERE kind = 'run' AND answer = number * 2"
    assert contest.rows("dougong", answers) == [(done,)]


def test_a_read_shows_the_same_order(contest: Contest) -> None:
    ours, by_hand = contest.ask("dougong", "read", 7), contest.ask("reference", "read", 7)
    order, lines = contest.ask("raw", "read", 7)
    values = ours["values"]
    assert values["number"] == by_hand["number"] == order[9]
    assert values["customer"]["title"] == by_hand["customer"]["name"]
    assert Decimal(values["total"]) == Decimal(by_hand["total"])
    shown = [(line["product"]["id"], Decimal(line["amount"])) for line in values["lines"]]
    assert shown == [(line["product"]["id"], Decimal(line["amount"])) for line in by_hand["lines"]]
    assert len(shown) == len(lines) == 2


def test_lists_hold_the_same_rows(contest: Contest) -> None:
    ours, by_hand = contest.ask("dougong", "list", 0), contest.ask("reference", "list", 0)
    items, count = contest.ask("raw", "list", 0)
    numbers = [item["values"]["number"] for item in ours["items"]]
    assert numbers == [item["number"] for item in by_hand["items"]] == [item[0] for item in items]
    assert ours["count"] == by_hand["count"] == count > 0


def test_lists_with_relations_show_the_same_names(contest: Contest) -> None:
    keys = ("customer", "payer", "product", "substitute", "warehouse")
    ours = [
        (item["values"]["number"], *((item["values"][key] or {}).get("title") for key in keys))
        for item in contest.ask("dougong", "list_relations", 0)["items"]
    ]
    by_hand = [
        (item["number"], *((item[key] or {}).get("name") for key in keys))
        for item in contest.ask("reference", "list_relations", 0)
    ]
    assert len(ours) == 20
    assert ours == by_hand == contest.ask("raw", "list_relations", 0)


def test_reports_come_to_the_same_sums(contest: Contest) -> None:
    ours = [
        (row["status"]["value"], row["month"]["value"][:7], Decimal(row["total"]), int(row["count"]))
        for row in contest.ask("dougong", "report", 0)["rows"]
    ]
    by_hand = [
        (row["status"], row["month"][:7], Decimal(row["total"]), row["count"])
        for row in contest.ask("reference", "report", 0)
    ]
    floor = [(row[0], f"{row[1]:%Y-%m}", row[2], row[3]) for row in contest.ask("raw", "report", 0)]
    assert sorted(ours) == sorted(by_hand) == sorted(floor)


def test_a_run_measures_every_operation_of_every_contender(contest: Contest, tmp_path: Path) -> None:
    with load_process() as load:
        bench = Bench(world=contest.world, load=load, addresses=contest.addresses, sizes=TINY)
        bench.asked = {(contender, key): 2 for contender in CONTENDERS for key in OPERATIONS}
        times = {"60": bench.list_times(SIZE)}
        found = {key: bench.measure(contender, key, SIZE) for contender in CONTENDERS for key in ("read", "list")}
    assert all(outcome.done == 2 and outcome.per_second > 0 for outcome in found.values())
    assert set(times["60"]) == set(CONTENDERS)


def test_tables_go_between_the_marks_of_a_document(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text("before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n")
    table.put_into(document, "new")
    assert document.read_text() == "before\n<!-- bench -->\nnew\n<!-- /bench -->\nafter\n"


def test_no_number_makes_two_orders_of_one_number() -> None:
    made = [operations.new_order(number, 0)["number"] for number in range(100)]
    assert len(set(made)) == 100

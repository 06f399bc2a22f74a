"""Whether everything is as it was promised: the database against the ledger and the receivers.

Each check counts what must be and what is, and names the first rows that differ.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg2

from bench.crash.ledger import Ledger, Order
from bench.crash.receivers import Arrivals

_EXAMPLES: Final = 5
_LONGEST_ERROR: Final = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise: `found` is what speaks against it, `counted` what was looked at."""

    title: str
    counted: int
    found: Sequence[str] = ()

    @property
    def is_kept(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.found


@dataclass(slots=True)
class Rows:
    """What stands in the database."""

    url: str

    def all(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with closing(psycopg2.connect(self.url.replace("postgresql+psycopg2", "postgresql"))) as connection:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall()


def run(url: str, ledger: Ledger, web: Arrivals, post: Arrivals) -> list[Check]:
    """Check everything; the processes are stopped, or idle."""
    rows = Rows(url)
    return [
        _orders(rows, ledger),
        _moves(rows, ledger),
        _keys(rows, ledger),
        _made(rows, "work_order", "each approved order has one set of work orders, no other has any"),
        _made(rows, "reservation", "each approved order has one set of reservations, no other has any"),
        _runs(rows),
        _ended(rows),
        _jobs(rows),
        _effects(rows, web, post),
        _told_once(web, post),
        _audit(rows),
        _orphans(rows),
        Check(title="every answer is one that the API promises", counted=ledger.answers.total(), found=ledger.faults),
    ]


def _orders(rows: Rows, ledger: Ledger) -> Check:
    there = {
        number: (key, status) for key, number, status in rows.all("SELECT id, number, status FROM fire.sales_order")
    }
    found = []
    for order in ledger.orders:
        key, status = there.pop(order.number, (None, None))
        if order.id is not None and key is None:
            found.append(f"{order.number} was acknowledged and is not there")
        elif order.id is not None and (str(key) != order.id or status not in _possible(order)):
            found.append(f"{order.number} was acknowledged as {order.status} and is {status}")
    found += [f"{number} was never asked for" for number in there]
    return Check(
        title="every acknowledged order is there once, as acknowledged", counted=len(ledger.orders), found=found
    )


def _possible(order: Order) -> tuple[str, ...]:
    following = {"draft": "submitted", "submitted": "approved"}
    if order.is_abandoned and order.status in following:
        return (order.status, following[order.status])
    return (order.status,)


def _moves(rows: Rows, ledger: Ledger) -> Check:
    there = {
        number: (str(key), str(product), quantity)
        for key, number, product, quantity in rows.all(
            "SELECT id, number, product, quantity FROM fire.stock_move WHERE number LIKE 'M%'"
        )
    }
    found = []
    for move in ledger.moves:
        row = there.pop(move.number, None)
        if move.id is not None and row != (move.id, move.product, move.quantity):
            found.append(f"{move.number} was acknowledged; there is {row}")
    found += [f"{number} was never asked for" for number in there]
    return Check(title="every acknowledged stock move is there once", counted=len(ledger.moves), found=found)


def _keys(rows: Rows, ledger: Ledger) -> Check:
    there = dict(rows.all("SELECT key, status FROM meta.answered_request"))
    found = [f"{key}: {there.get(key)}" for key in ledger.keys if there.get(key) is None]
    found += [f"{key}: no answer kept" for key, status in there.items() if status is None]
    return Check(title="every acknowledged request has its answer kept", counted=len(ledger.keys), found=found)


def _made(rows: Rows, form: str, title: str) -> Check:
    wanted = rows.all(
        "SELECT o.number, l.product, l.quantity FROM fire.sales_order o JOIN fire.sales_order__lines l"
        " ON l.record_id = o.id WHERE o.status = 'approved'"
    )
    made = rows.all(
        f"SELECT o.number, m.product, m.quantity FROM fire.{form} m LEFT JOIN fire.sales_order o ON o.id = m.sales_order"
    )
    missing, surplus = Counter(wanted) - Counter(made), Counter(made) - Counter(wanted)
    found = [f"missing: {one}" for one in missing.elements()] + [f"too many: {one}" for one in surplus.elements()]
    return Check(title=title, counted=len(wanted), found=found)


def _runs(rows: Rows) -> Check:
    orders = rows.all("SELECT id FROM fire.sales_order WHERE status <> 'draft'")
    moves = rows.all("SELECT id FROM fire.stock_move")
    wanted = Counter(
        [("fire.order_approval", one) for (one,) in orders] + [("fire.stock_moved", one) for (one,) in moves]
    )
    there = Counter(rows.all("SELECT flow, record_id FROM meta.flow_instance"))
    found = [f"no run: {flow} of {record}" for flow, record in (wanted - there).elements()]
    found += [f"one run too many: {flow} of {record}" for flow, record in (there - wanted).elements()]
    return Check(title="one run for each order submitted and each stock move", counted=wanted.total(), found=found)


def _ended(rows: Rows) -> Check:
    waits = (
        "EXISTS (SELECT FROM meta.flow_task t WHERE t.instance_id = i.id AND t.status = 'open') OR EXISTS (SELECT FROM"
        " meta.flow_effect e WHERE e.instance_id = i.id AND e.status IN ('waiting', 'sending', 'dead'))"
    )
    stuck = rows.all(
        f"SELECT i.id, i.flow, i.status FROM meta.flow_instance i WHERE i.status NOT IN ('completed', 'cancelled')"
        f" AND NOT (i.status = 'waiting' AND ({waits}))"
    )
    (counted,) = rows.all("SELECT count(*) FROM meta.flow_instance")[0]
    found = [f"{flow} {key}: {status}" for key, flow, status in stuck]
    return Check(title="every run has ended, or waits where one can see it", counted=counted, found=found)


def _jobs(rows: Rows) -> Check:
    left = rows.all(
        "SELECT id, task, status, attempts, error FROM meta.job WHERE status <> 'dead' AND coalesce(key, '') NOT LIKE 'every:%'"
    )
    (counted,) = rows.all("SELECT last_value FROM meta.job_id_seq")[0]
    return Check(title="every job is gone, or dead and seen", counted=counted, found=[str(one) for one in left])


def _effects(rows: Rows, web: Arrivals, post: Arrivals) -> Check:
    """Check that what is to be told arrived, and that nothing did which the database knows nothing of."""
    wanted = set()
    found = []
    for number, status, told, lines in rows.all(
        "SELECT o.number, o.status, o.told, count(l.id) FROM fire.sales_order o LEFT JOIN fire.sales_order__lines l"
        " ON l.record_id = o.id GROUP BY o.id"
    ):
        if status == "approved":
            wanted |= {
                ("http", f'POST /orders/{number} {{"lines": {lines}, "number": "{number}"}}'),
                ("mail", f"{number} 订单 {number} 已通过审批"),
            }
            found += [] if told == "yes" else [f"{number} does not know that it was told"]
    for number, told in rows.all("SELECT number, told FROM fire.stock_move"):
        wanted.add(("http", f'PUT /moves/{number} {{"number": "{number}"}}'))
        found += [] if told == "yes" else [f"{number} does not know that it was told"]
    arrived = {("http", one.strip()) for one in web.counts} | {("mail", one.strip()) for one in post.counts}
    found += [f"never arrived: {one}" for one in sorted(wanted - arrived)]
    found += [f"arrived for nothing: {one}" for one in sorted(arrived - wanted)]
    unsent = rows.all("SELECT idempotency_key, status, error FROM meta.flow_effect WHERE status <> 'sent'")
    found += [f"{key} is {status}: {error}" for key, status, error in unsent]
    return Check(title="every outside effect arrived at least once, and no other", counted=len(wanted), found=found)


def _told_once(web: Arrivals, post: Arrivals) -> Check:
    found = []
    for arrivals in (web, post):
        found += [f"{key}: {sorted(contents)}" for key, contents in arrivals.contents.items() if len(contents) > 1]
        found += [f"{content}: {sorted(keys)}" for content, keys in arrivals.keys.items() if len(keys) > 1]
        found += ["a message without a key"] if arrivals.contents.keys() & {"", "None"} else []
    counted = len(web.contents) + len(post.contents)
    return Check(title="no key with two contents, no content under two keys", counted=counted, found=found)


def _audit(rows: Rows) -> Check:
    """Check that version n of a record has n lines in the audit trail, numbered from 1."""
    counted, found = 0, []
    for form in ("product", "sales_order", "stock_move", "work_order", "reservation"):
        for key, version, noted in rows.all(
            f"SELECT r.id, r.version, array_agg(a.version ORDER BY a.version) FROM fire.{form} r LEFT JOIN meta.audit a"
            f" ON a.form = 'fire.{form}' AND a.record_id = r.id GROUP BY r.id"
        ):
            counted += 1
            if noted != list(range(1, version + 1)):
                found.append(f"{form} {key}: version {version}, audit {noted}")
    (strangers,) = rows.all(
        "SELECT count(*) FROM meta.audit a WHERE a.form LIKE 'fire.%' AND a.record_id IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM fire.product WHERE id = a.record_id UNION ALL SELECT FROM fire.sales_order WHERE id = a.record_id"
        " UNION ALL SELECT FROM fire.stock_move WHERE id = a.record_id UNION ALL SELECT FROM fire.work_order"
        " WHERE id = a.record_id UNION ALL SELECT FROM fire.reservation WHERE id = a.record_id)"
    )[0]
    found += [f"{strangers} lines about records that are not there"] if strangers else []
    return Check(title="the audit trail has each version of each record once", counted=counted, found=found)


#: What points at nothing, by what it is.
_ORPHANS: Final = {
    "run of no record": "SELECT i.id FROM meta.flow_instance i WHERE NOT EXISTS (SELECT FROM fire.sales_order"
    " WHERE id = i.record_id UNION ALL SELECT FROM fire.stock_move WHERE id = i.record_id)",
    "journal of no record": "SELECT j.record_id FROM meta.flow_journal j WHERE NOT EXISTS (SELECT FROM fire.sales_order"
    " WHERE id = j.record_id UNION ALL SELECT FROM fire.stock_move WHERE id = j.record_id UNION ALL SELECT FROM"
    " fire.work_order WHERE id = j.record_id UNION ALL SELECT FROM fire.reservation WHERE id = j.record_id)",
    "open task of a run that does not wait": "SELECT t.id FROM meta.flow_task t JOIN meta.flow_instance i"
    " ON i.id = t.instance_id WHERE t.status IN ('open', 'pending') AND i.status <> 'waiting'",
    "waiting token of a run that has ended": "SELECT t.instance_id FROM meta.flow_token t JOIN meta.flow_instance i"
    " ON i.id = t.instance_id WHERE t.status IN ('ready', 'waiting') AND i.status IN ('completed', 'cancelled')",
    "line of no order": "SELECT l.id FROM fire.sales_order__lines l WHERE NOT EXISTS"
    " (SELECT FROM fire.sales_order WHERE id = l.record_id)",
}


def _orphans(rows: Rows) -> Check:
    found = [f"{what}: {key}" for what, query in _ORPHANS.items() for (key,) in rows.all(query)]
    return Check(title="nothing points at what is not there", counted=len(_ORPHANS), found=found)


def balance(differences: Sequence[object], rows_below_zero: Iterable[object], counted: int) -> Check:
    """Return the check of a balance against its sources."""
    found = [str(one) for one in differences] + [f"below zero: {one}" for one in rows_below_zero]
    return Check(title="the balance equals the sum of its sources, never below zero", counted=counted, found=found)


def deadlocks(home: Path) -> Check:
    """Return the check of what PostgreSQL's log says: its counters do not outlive a crash."""
    lines = [
        line for log in sorted(home.glob("server.log*")) for line in log.read_text("utf-8", "replace").splitlines()
    ]
    found = [line for line in lines if "ERROR:  deadlock detected" in line]
    return Check(title="nobody waited for each other in a circle", counted=len(lines), found=found)


def errors(folder: Path) -> list[str]:
    """Return what the servers logged of answers that they could not explain, each with the end of its traceback."""
    lines = [line for log in sorted(folder.glob("server-*.log")) for line in log.read_text("utf-8").splitlines()]
    logged = [json.loads(line) for line in lines if line.startswith("{") and '"event": "unexpected error' in line]
    return [f"{one['event']}: {one.get('error', '')[-_LONGEST_ERROR:]}" for one in logged]


def told(checks: Iterable[Check]) -> Iterator[str]:
    """Yield the checks for people, as Markdown."""
    yield "| promise | looked at | |"
    yield "|---|---:|---|"
    broken = []
    for check in checks:
        yield f"| {check.title} | {check.counted:,} | {'kept' if check.is_kept else f'**{len(check.found)} broken**'} |"
        broken += [f"* {check.title}: {one}" for one in check.found[:_EXAMPLES]]
    if broken:
        yield ""
        yield from broken

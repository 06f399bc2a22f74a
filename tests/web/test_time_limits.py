"""What a request may take of the database: a slow statement ends, says so, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
import sqlalchemy as sa

from engine import time_limits
from engine.db import Database
from tests.web.conftest import Served, _served
from web.platform import Platform, most_connections, work_connections

AsUser = Callable[[str], httpx.Client]
CUSTOMERS = "/api/records/crm/customer"

__all__ = ["_served"]


@pytest.fixture
def hurried(_served: Served, demo_platform: Platform, as_user: AsUser) -> Iterator[Platform]:
    """The demo, whose requests have a second for a statement and half of it for a lock."""
    settings = demo_platform.settings.model_copy(update={"request_seconds": 1})
    _served.app.state.platform = made = Platform(settings=settings, database=demo_platform.database)
    yield made
    _served.app.state.platform = demo_platform


def run(platform: Platform, statement: str) -> None:
    with platform.database.unit_of_work() as session:
        session.execute(sa.text(statement))


def slow_table(platform: Platform, seconds: float = 5) -> None:
    """Put a view in the place of the customers' table, each reading of which takes its time."""
    run(platform, "ALTER TABLE crm.customer RENAME TO customer_rows")
    slow = f"WITH slow AS MATERIALIZED (SELECT pg_sleep({seconds}))"
    run(platform, f"CREATE VIEW crm.customer AS {slow} SELECT c.* FROM crm.customer_rows c, slow")


@pytest.mark.parametrize("path", [CUSTOMERS, f"{CUSTOMERS}?search=a&count=exact"])
def test_a_list_that_takes_too_long_is_stopped_and_says_so(as_user: AsUser, hurried: Platform, path: str) -> None:
    slow_table(hurried)
    client = as_user("admin")
    asked: list[str] = []
    sa.event.listen(
        hurried.requests.engine, "before_cursor_execute", lambda *call: asked.append(call[2])  # the statement
    )  # fmt: skip
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_too_slow")
    assert answer.headers["retry-after"] == "2"
    assert len([one for one in asked if "crm.customer" in one]) == 1  # once, not twice
    # The connection is whole, and there for the next one.
    pool = hurried.requests.engine.pool
    assert client.get("/api/session").status_code == 200
    assert isinstance(pool, sa.QueuePool)
    assert (pool.checkedout(), pool.checkedin()) == (0, 1)


def test_the_answer_is_in_the_readers_language(as_user: AsUser, hurried: Platform) -> None:
    slow_table(hurried)
    assert as_user("admin").get(CUSTOMERS).json()["detail"] == "处理时间过长，已停止。请缩小范围后再试。"


def test_a_write_that_takes_too_long_leaves_nothing_behind(as_user: AsUser, hurried: Platform) -> None:
    client = as_user("sales")
    before = client.get(CUSTOMERS, params={"count": "exact"}).json()["count"]
    run(hurried, "CREATE FUNCTION crm.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(5); END $$")
    run(hurried, "CREATE TRIGGER slow AFTER INSERT ON crm.customer EXECUTE FUNCTION crm.slow()")
    refused = client.post(CUSTOMERS, json={"values": {"name": "慢公司"}})
    assert (refused.status_code, refused.json()["code"]) == (503, "database_too_slow")
    run(hurried, "DROP TRIGGER slow ON crm.customer")
    assert client.get(CUSTOMERS, params={"count": "exact"}).json()["count"] == before
    assert client.post(CUSTOMERS, json={"values": {"name": "快公司"}}).status_code == 201


def test_who_waits_for_a_lock_hears_that_and_not_that_it_was_too_much(as_user: AsUser, hurried: Platform) -> None:
    client = as_user("sales")
    with hurried.database.unit_of_work() as session:
        session.execute(sa.text("LOCK TABLE crm.customer IN ACCESS EXCLUSIVE MODE"))
        refused = client.get(CUSTOMERS)
        assert (refused.status_code, refused.json()["code"]) == (503, "database_contended")
    assert client.get(CUSTOMERS).status_code == 200


def test_a_sheet_of_everything_may_take_its_time(as_user: AsUser, hurried: Platform) -> None:
    slow_table(hurried, 1.3)
    client = as_user("admin")
    assert client.get(f"{CUSTOMERS}/export", params={"format": "csv"}).status_code == 200
    assert client.get(CUSTOMERS).json()["code"] == "database_too_slow"  # the next transaction has its limit again


def test_a_request_whose_thread_hangs_gives_its_locks_back(hurried: Platform) -> None:
    """A transaction may do nothing for two seconds here."""
    with pytest.raises(sa.exc.DBAPIError) as lost, hurried.requests.unit_of_work() as session:
        session.execute(sa.text("LOCK TABLE crm.customer IN ACCESS EXCLUSIVE MODE"))
        with hurried.database.unit_of_work() as other:  # gets the lock only once it was taken away
            other.execute(sa.text("SET LOCAL lock_timeout = '10s'"))
            other.execute(sa.text("LOCK TABLE crm.customer IN ACCESS EXCLUSIVE MODE"))
        session.execute(sa.text("SELECT 1"))
    assert lost.value.connection_invalidated
    with hurried.requests.unit_of_work() as session:
        assert session.execute(sa.text("SELECT 1")).scalar_one() == 1


def limits_of(database: Database) -> tuple[str, ...]:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with database.unit_of_work() as session:
        return tuple(session.execute(sa.select(*(sa.func.current_setting(name) for name in names))).one())


def test_requests_have_limits_and_workers_and_commands_have_none(demo_platform: Platform) -> None:
    assert limits_of(demo_platform.requests) == ("30s", "15s", "1min")
    assert limits_of(demo_platform.database) == ("0", "0", "0")
    with demo_platform.requests.unit_of_work() as session:
        time_limits.lift(session)
        found = session.execute(sa.text("SHOW statement_timeout")).scalar_one()
        assert (found, session.execute(sa.text("SHOW lock_timeout")).scalar_one()) == ("0", "15s")
    assert limits_of(demo_platform.requests) == ("30s", "15s", "1min")


def test_the_connections_of_a_process_add_up(demo_platform: Platform) -> None:
    settings = demo_platform.settings
    assert (work_connections(settings), most_connections(settings)) == (13, 10 + 10 + 4 + 13)

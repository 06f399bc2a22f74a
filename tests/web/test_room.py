"""A disk that is nearly full: changes are refused before the database would stop, and reading goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from engine import jobs
from engine.db import Database, Session
from engine.errors import StorageFull
from engine.jobs import Payload, Task, Worker
from tests.web.conftest import Served, _served
from web.platform import Platform
from web.room import Room

AsUser = Callable[[str], httpx.Client]
CUSTOMERS = "/api/records/crm/customer"
#: More than any disk has.
TOO_MUCH_MB = 10**9

__all__ = ["_served"]


@pytest.fixture
def show(_served: Served) -> Callable[[Platform], None]:
    """Let the server serve a platform."""

    def serve(platform: Platform) -> None:
        _served.app.state.platform = platform

    return serve


def test_keeps_a_reserve(tmp_path: Path) -> None:
    assert Room(folder=tmp_path, reserve_bytes=1).is_enough()
    full = Room(folder=tmp_path, reserve_bytes=TOO_MUCH_MB * 1024**2)
    assert not full.is_enough()
    with pytest.raises(StorageFull):
        full.require()
    assert Room(folder=tmp_path, reserve_bytes=0).is_enough()
    assert Room(folder=tmp_path / "nothing", reserve_bytes=TOO_MUCH_MB).is_enough()


def test_nobody_looks_where_the_database_is_elsewhere(platform: Platform) -> None:
    assert platform.room.reserve_bytes == 64 * 1024**2
    url = "postgresql://somebody@elsewhere/dougong"
    away = platform.settings.model_copy(update={"database_url": url})
    assert Platform(settings=away, database=platform.database).room.reserve_bytes == 0


def test_without_room_changes_are_refused_and_reading_goes_on(
    show: Callable[[Platform], None], as_user: AsUser, demo_platform: Platform
) -> None:
    client = as_user("sales")
    before = client.get(CUSTOMERS, params={"count": "exact"}).json()["count"]
    settings = demo_platform.settings.model_copy(update={"reserve_mb": TOO_MUCH_MB})
    show(Platform(settings=settings, database=demo_platform.database))

    values = {"values": {"name": "满盘公司"}}
    refused = client.post(CUSTOMERS, json=values)
    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")
    assert refused.json()["detail"] == "服务器的磁盘已满，没有保存任何更改。请联系管理员腾出空间。"
    one = client.get(CUSTOMERS).json()["items"][0]
    assert client.delete(f"{CUSTOMERS}/{one['id']}").status_code == 507
    assert client.post("/api/files", files={"file": ("a.txt", b"a")}).status_code == 507

    assert client.get(CUSTOMERS, params={"count": "exact"}).json()["count"] == before
    assert client.post("/api/reports/crm/sales_funnel/run", json={}).status_code == 200
    credentials = {"username": "sales", "password": "demo"}
    assert client.post("/api/session", json=credentials).status_code == 200

    show(demo_platform)
    assert client.post(CUSTOMERS, json=values).status_code == 201
    assert client.get(CUSTOMERS, params={"count": "exact"}).json()["count"] == before + 1


def test_without_room_jobs_wait(fresh_database: Database) -> None:
    ran: list[str] = []
    is_room = threading.Event()
    asked = threading.Event()

    def has_room() -> bool:
        asked.set()
        return is_room.is_set()

    def note(_session: Session, payload: Payload) -> None:
        ran.append(payload["name"])

    with fresh_database.unit_of_work() as session:
        jobs.enqueue(session, "tests.note", {"name": "a"})
    worker = Worker(fresh_database, [Task(name="tests.note", run=note)], threads=1, has_room=has_room)
    stop = threading.Event()
    running = threading.Thread(target=worker.run, args=(stop,))
    running.start()
    assert asked.wait(30)
    assert ran == []
    is_room.set()
    while not ran and running.is_alive():
        stop.wait(0.01)
    stop.set()
    running.join()
    assert ran == ["a"]

"""Exports where something goes wrong outside them: workers killed, people who think again, jobs that come twice."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from typing import Any

import httpx
import sqlalchemy as sa

from form_engine.exchange import export_runs
from tests.conftest import SettableClock
from tests.web.test_imports_under_fire import contents, counted, until, worker
from web.platform import Platform

AsUser = Callable[[str], httpx.Client]
CUSTOMERS = "/api/records/crm/customer"
ROWS = 20_000


def fill(platform: Platform) -> int:
    """Add customers straight into their table; return how many there are."""
    with platform.database.unit_of_work() as session:
        session.execute(sa.text(
            "INSERT INTO crm.customer (id, version, name, created_at, updated_at, created_by, updated_by) "
            "SELECT gen_random_uuid(), 1, '批量' || n, now(), now(), u.id, u.id "
            "FROM generate_series(1, :rows) n, (SELECT id FROM meta.user WHERE username = 'admin') u"
        ), {"rows": ROWS})  # fmt: skip
    return counted(platform, "crm.customer", "deleted_at IS NULL")


def started(client: httpx.Client) -> str:
    answer = client.post(f"{CUSTOMERS}/export", json={"format": "csv"})
    assert answer.status_code == 202, answer.text
    return answer.headers["Location"]


def names(content: bytes) -> list[str]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    at = rows[0].index("客户名称")
    return [row[at] for row in rows[1:]]


def test_a_worker_killed_in_the_middle_leaves_no_half_file_and_the_next_writes_it_whole(
    as_user: AsUser, demo_platform: Platform, clock: SettableClock
) -> None:
    client, many = as_user("admin"), fill(demo_platform)
    location = started(client)
    with worker(demo_platform, clock.now) as process:
        until(lambda: bool(client.get(location).json()["rows_written"]))
        process.kill()
        process.wait()
    seen = client.get(location).json()
    assert (seen["status"], seen["rows_total"], seen["has_file"]) == ("running", many, False)
    assert 500 <= seen["rows_written"] < many
    assert client.get(f"{location}/file").status_code == 404
    assert counted(demo_platform, "meta.file") == 0
    assert counted(demo_platform, "meta.audit", "action = 'export'") == 0
    clock.advance(minutes=1)  # what the dead one had claimed is free again
    demo_platform.worker().run_due()
    ended = client.get(location).json()
    assert (ended["status"], ended["rows_written"], ended["rows_total"]) == ("completed", many, many)
    found = names(client.get(f"{location}/file").content)
    assert (len(found), len(set(found))) == (many, many)
    assert counted(demo_platform, "meta.audit", "action = 'export'") == 1


def test_a_running_export_tells_how_far_it_is_and_can_be_cancelled(as_user: AsUser, demo_platform: Platform) -> None:
    client, many = as_user("admin"), fill(demo_platform)
    location = started(client)
    thread = threading.Thread(target=demo_platform.worker().run_due)
    thread.start()
    seen: dict[str, Any] = {}

    def is_under_way() -> bool:
        seen.update(client.get(location).json())
        return bool(seen["rows_written"])

    until(is_under_way)
    asked = client.post(f"{location}/cancel")
    thread.join()
    assert (seen["status"], seen["rows_total"]) == ("running", many)
    assert (asked.status_code, asked.json()["is_cancelled"]) == (200, True)
    ended = client.get(location).json()
    assert (ended["status"], ended["has_file"]) == ("cancelled", False)
    assert ended["rows_written"] < many
    assert contents(demo_platform.settings.data_dir) == []


def test_what_is_changed_meanwhile_is_not_in_the_file(as_user: AsUser, demo_platform: Platform) -> None:
    client, many = as_user("admin"), fill(demo_platform)
    location = started(client)
    thread = threading.Thread(target=demo_platform.worker().run_due)
    thread.start()
    until(lambda: bool(client.get(location).json()["rows_written"]))
    with demo_platform.database.unit_of_work() as session:
        session.execute(sa.text("UPDATE crm.customer SET name = '后来' || id"))
    thread.join()
    found = names(client.get(f"{location}/file").content)
    assert (len(found), [name for name in found if name.startswith("后来")]) == (many, [])


def test_a_job_that_comes_twice_exports_once(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("admin")
    location = started(client)
    with demo_platform.database.unit_of_work() as session:
        session.execute(sa.text(
            "INSERT INTO meta.job (task, payload, run_at, created_at) "
            "SELECT task, payload, run_at, created_at FROM meta.job WHERE task = 'records.export'"
        ))  # fmt: skip
    demo_platform.worker().run_due()
    assert client.get(location).json()["status"] == "completed"
    assert counted(demo_platform, "meta.file", "form = 'meta.export_run'") == 1
    assert counted(demo_platform, "meta.audit", "action = 'export'") == 1


def test_an_export_that_breaks_every_time_ends_and_says_so(
    as_user: AsUser, demo_platform: Platform, clock: SettableClock
) -> None:
    client = as_user("admin")
    location = started(client)
    folder = demo_platform.settings.data_dir / "files"
    folder.write_text("in the way")  # where the files should go
    for _ in range(4):
        demo_platform.worker().run_due()
        clock.advance(minutes=1)
    ended = client.get(location).json()
    assert (ended["status"], ended["error"]["code"], ended["has_file"]) == ("failed", "export_broke", False)
    assert counted(demo_platform, "meta.job", "task = 'records.export'") == 0
    assert client.get("/api/notifications").json()["items"][0]["link"].endswith(f"?export={ended['id']}")


def test_an_export_whose_job_is_dead_has_failed(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("admin")
    location = started(client)
    task = next(one for one in export_runs.TASKS if one.given_up is not None)
    with demo_platform.database.unit_of_work() as session:
        assert task.given_up is not None
        task.given_up(session, {"run": location.rpartition("/")[2]}, "it broke")
    ended = client.get(location).json()
    assert (ended["status"], ended["error"]["code"]) == ("failed", "export_broke")

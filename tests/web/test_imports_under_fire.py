"""Imports where something goes wrong outside them: workers killed, clients gone, files too large, people who think again."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from tests.architecture.sources import ROOT
from tests.conftest import SettableClock
from tests.web.conftest import Served
from web.platform import Platform

AsUser = Callable[[str], httpx.Client]
CUSTOMERS = "/api/records/crm/customer"
_WORKER = """
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tests import demo

url, folder, now = sys.argv[1:]
demo.platform(url, data_dir=Path(folder), clock=lambda: datetime.fromisoformat(now)).worker().run_due()
"""


def started(client: httpx.Client, rows: int) -> str:
    """Start an import of so many customers; return where it is."""
    text = "客户名称,信用额度\n" + "".join(f"批量{number},{number}\n" for number in range(rows))
    answer = client.post(f"{CUSTOMERS}/import", files={"file": ("a.csv", text.encode())}, data={"commit": "true"})
    assert answer.status_code == 202, answer.text
    return answer.headers["Location"]


def counted(platform: Platform, table: str, where: str = "true") -> int:
    with platform.database.unit_of_work() as session:
        return int(session.execute(sa.text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one())


def until(is_true: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 60
    while not is_true():
        assert time.monotonic() < ends_at
        time.sleep(0.02)


@contextmanager
def worker(platform: Platform, now: datetime) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own."""
    url = platform.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", _WORKER, url, str(platform.settings.data_dir), now.isoformat()]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_imports_everything_once(
    as_user: AsUser, demo_platform: Platform, clock: SettableClock
) -> None:
    client, before = as_user("admin"), counted(demo_platform, "crm.customer")
    location = started(client, 3000)
    with worker(demo_platform, clock.now) as process:
        until(lambda: bool(client.get(location).json()["rows_read"]))
        process.kill()
        process.wait()
    seen = client.get(location).json()
    assert (seen["status"], seen["rows_total"]) == ("running", 3000)
    assert 1000 <= seen["rows_read"] < 3000
    assert counted(demo_platform, "crm.customer") == before
    assert counted(demo_platform, "meta.audit", "action = 'create' AND after->>'name' LIKE '批量%'") == 0
    clock.advance(minutes=1)  # what the dead one had claimed is free again
    demo_platform.worker().run_due()
    ended = client.get(location).json()
    assert (ended["status"], ended["created"], ended["failed"]) == ("completed", 3000, 0)
    assert counted(demo_platform, "crm.customer") == before + 3000
    assert counted(demo_platform, "meta.audit", "action = 'create' AND after->>'name' LIKE '批量%'") == 3000


def test_a_running_import_tells_how_far_it_is_and_can_be_cancelled(as_user: AsUser, demo_platform: Platform) -> None:
    client, before = as_user("admin"), counted(demo_platform, "crm.customer")
    location = started(client, 20_000)
    thread = threading.Thread(target=demo_platform.worker().run_due)
    thread.start()
    seen: dict[str, Any] = {}

    def is_under_way() -> bool:
        seen.update(client.get(location).json())
        return bool(seen["rows_read"])

    until(is_under_way)
    asked = client.post(f"{location}/cancel")
    thread.join()
    assert (seen["status"], seen["rows_total"]) == ("running", 20_000)
    assert (asked.status_code, asked.json()["is_cancelled"]) == (200, True)
    ended = client.get(location).json()
    assert (ended["status"], ended["created"]) == ("cancelled", 0)
    assert ended["rows_read"] < 20_000
    assert counted(demo_platform, "crm.customer") == before


def test_a_wrong_row_in_the_last_batch_leaves_nothing_of_those_before(as_user: AsUser, demo_platform: Platform) -> None:
    client, before = as_user("admin"), counted(demo_platform, "crm.customer")
    text = (
        "客户名称,信用额度\n" + "".join(f"批量{number},{number}\n" for number in range(3000)) + "批量0,1\n批量,viel\n"
    )
    sent = {"files": {"file": ("a.csv", text.encode())}, "data": {"commit": "true"}}
    location = client.post(f"{CUSTOMERS}/import", **sent).headers["Location"]  # type: ignore[arg-type]
    demo_platform.worker().run_due()
    ended = client.get(location).json()
    assert (ended["status"], ended["rows_read"], ended["created"], ended["failed"]) == ("failed", 3002, 0, 2)
    assert [(one["line"], one["field"], one["code"]) for one in ended["errors"]] == [
        (3002, "name", "value_taken"),
        (3003, "credit_limit", "cell_not_number"),
    ]
    assert counted(demo_platform, "crm.customer") == before
    assert counted(demo_platform, "meta.audit", "action = 'create' AND after->>'name' LIKE '批量%'") == 0


def test_a_client_that_goes_away_while_it_sends_leaves_nothing(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("admin")
    files = counted(demo_platform, "meta.file")
    body = (
        b'--b\r\nContent-Disposition: form-data; name="commit"\r\n\r\ntrue\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nname\r\n' + b"x\r\n" * 1_000_000
    )
    for is_abrupt in (False, True):
        with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as wire:
            if is_abrupt:  # a reset, not an end
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            wire.sendall(
                f"POST {CUSTOMERS}/import HTTP/1.1\r\nHost: x\r\nX-Requested-With: dougong\r\n"
                f"Cookie: dougong_session={client.cookies['dougong_session']}\r\n"
                f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {2 * len(body)}\r\n\r\n".encode()
            )
            wire.sendall(body)
    assert client.get(f"{CUSTOMERS}/import").json() == {"items": []}
    assert counted(demo_platform, "meta.file") == files
    assert counted(demo_platform, "meta.import_run") == 0
    assert counted(demo_platform, "meta.job", "task = 'records.import'") == 0
    assert contents(demo_platform.settings.data_dir) == []


def test_a_file_over_the_limit_leaves_nothing(as_user: AsUser, served: Served, demo_platform: Platform) -> None:
    client = as_user("admin")
    settings = demo_platform.settings.model_copy(update={"max_import_mb": 1})
    served.app.state.platform = replace(demo_platform, settings=settings)
    answer = client.post(
        f"{CUSTOMERS}/import", files={"file": ("a.csv", b"name\n" + b"x\n" * 600_000)}, data={"commit": "true"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert client.get(f"{CUSTOMERS}/import").json() == {"items": []}
    assert contents(demo_platform.settings.data_dir) == []


def contents(data_dir: Path) -> list[str]:
    """The files of uploads, also those that are being written."""
    return [path.name for path in (data_dir / "files").rglob("*") if path.is_file()]

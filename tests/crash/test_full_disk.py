"""A full disk: a clear answer, nothing half-written, and everything as before once there is room."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from tests.web.conftest import _served, as_user
from web.platform import Platform

__all__ = ["_served", "as_user"]

AsUser = Callable[[str], httpx.Client]
CUSTOMERS = "/api/records/crm/customer"
#: Of one file; what the operating system then says is what it says of a full disk, with another number.
SMALL = 64 * 1024


@contextmanager
def no_room(size: int = SMALL) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files_of(platform: Platform) -> list[str]:
    folder = platform.settings.data_dir / "files"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [200_000, 3_000_000])  # kept in memory while it is read; spooled to the disk
def test_an_upload_that_does_not_fit_leaves_nothing(as_user: AsUser, demo_platform: Platform, size: int) -> None:
    client = as_user("sales")
    content = b"x" * size
    with no_room():
        refused = client.post("/api/files", files={"file": ("a.bin", content)})
    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")
    assert files_of(demo_platform) == []
    with demo_platform.database.unit_of_work() as session:
        assert session.execute(sa.text("select count(*) from meta.file")).scalar_one() == 0
    taken = client.post("/api/files", files={"file": ("a.bin", content)})
    assert (taken.status_code, taken.json()["size"]) == (201, size)


def test_an_export_that_does_not_fit_is_refused_and_swept_up(
    as_user: AsUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user("admin")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with no_room(1024):
        refused = client.get(f"{CUSTOMERS}/export", params={"format": "csv"})
        workbook = client.get(f"{CUSTOMERS}/export", params={"format": "xlsx"})
    assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")
    assert (workbook.status_code, workbook.json()["code"]) == (507, "storage_full")
    assert list(tmp_path.glob("tmp*")) == []
    assert client.get(f"{CUSTOMERS}/export", params={"format": "csv"}).status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_in_the_background_says_that_there_is_no_room(
    as_user: AsUser, demo_platform: Platform, kind: str
) -> None:
    client = as_user("admin")
    location = client.post(f"{CUSTOMERS}/export", json={"format": kind}).headers["Location"]
    with no_room(1024):
        demo_platform.worker().run_due()
    ended = client.get(location).json()
    assert (ended["status"], ended["has_file"], ended["error"]["code"]) == ("failed", False, "storage_full")
    assert [name for name in files_of(demo_platform) if not name.startswith("incoming/tmp")] == []
    again = client.post(f"{CUSTOMERS}/export", json={"format": kind}).headers["Location"]
    demo_platform.worker().run_due()
    assert client.get(again).json()["status"] == "completed"


def test_a_database_without_room_says_so_and_keeps_nothing(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    before = client.get(CUSTOMERS, params={"count": "exact"}).json()["count"]
    full = (
        "create function crm.full() returns trigger language plpgsql as"
        " $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$;"
        " create trigger full_disk after insert on crm.customer execute function crm.full()"
    )
    with demo_platform.database.unit_of_work() as session:
        session.execute(sa.text(full))
    values = {"values": {"name": "满盘公司"}}
    refused = client.post(CUSTOMERS, json=values)
    assert (refused.status_code, refused.json()["code"]) == (507, "database_full")
    assert client.get(CUSTOMERS, params={"count": "exact"}).json()["count"] == before
    with demo_platform.database.unit_of_work() as session:
        session.execute(sa.text("drop trigger full_disk on crm.customer"))
    assert client.post(CUSTOMERS, json=values).status_code == 201

"""The whole way: records, files and flows in flight into one file, and back; what is damaged or newer is refused."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import files
from engine.models import file, flow_instance, flow_token, job
from form_engine import balances, records
from form_engine.record import Query
from tests import databases, demo
from tests.conftest import SettableClock
from web import backups
from web.backups import BackupRefused
from web.doctor import examine_platform
from web.doctor.surroundings import LAST_BACKUP
from web.platform import Platform

#: Counted before and after.
_TABLES = (
    "crm.sales_order",
    "crm.sales_order__lines",
    "erp.stock",
    "meta.audit",
    "meta.flow_instance",
    "meta.user_role",
)


def _counts(platform: Platform) -> dict[str, int]:
    with platform.database.read_only() as session:
        return {name: session.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one() for name in _TABLES}


@pytest.fixture
def empty(server_url: str, tmp_path: Path, clock: SettableClock) -> Iterator[Platform]:
    """A platform over an empty database, with a data folder of its own."""
    with ExitStack() as stack:
        url = stack.enter_context(databases.clone(server_url, "template0"))
        platform = demo.platform(url, data_dir=tmp_path / "restored", clock=clock)
        stack.callback(platform.database.dispose)
        yield platform


@pytest.fixture
def saved(demo_platform: Platform, tmp_path: Path) -> Path:
    """A backup of the demo with an uploaded file, a run that waits and a job that is to run."""
    with demo_platform.database.unit_of_work() as session:
        files.upload(session, demo.actor(session, "sales"), "合同.pdf", io.BytesIO(b"%PDF-1.7 contract"))
    target = tmp_path / "backup.tar"
    backups.save(demo_platform, target)
    demo_platform.database.dispose()
    return target


def test_comes_back_whole(demo_platform: Platform, saved: Path, empty: Platform) -> None:
    before = _counts(demo_platform)
    assert saved.stat().st_mode & 0o777 == 0o600
    assert json.loads((demo_platform.settings.data_dir / LAST_BACKUP).read_text())["path"] == str(saved)

    manifest = backups.restore(empty, saved)

    assert _counts(empty) == before
    assert before["crm.sales_order"] > 10
    with empty.database.unit_of_work() as session:
        admin = demo.actor(session, "admin")
        page = records.list_page(session, admin, "crm.sales_order", Query(limit=5))
        assert len(page.items) == 5
        held = session.execute(sa.select(file)).mappings().one()
        path = files.content_path(empty.settings.data_dir / "files", held["sha256"])
        assert (held["name"], path.read_bytes()) == ("合同.pdf", b"%PDF-1.7 contract")
        assert balances.verify(session, "erp.stock") == []
    assert list(manifest.files) == [held["sha256"]]
    wrong = [one.code for one in examine_platform(empty) if one.severity == "error"]
    assert set(wrong) <= {"workers_none", "jobs_late"}


def test_flows_in_flight_go_on_behind_the_restore(demo_platform: Platform, tmp_path: Path, empty: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        queued = session.execute(sa.select(sa.func.count()).where(job.c.task == "flows.continue")).scalar_one()
    assert queued > 0
    backups.save(demo_platform, tmp_path / "backup.tar")
    backups.restore(empty, tmp_path / "backup.tar")

    empty.worker().run_due()
    with empty.database.unit_of_work() as session:
        running = sa.select(sa.func.count()).where(flow_instance.c.status == "running")
        assert session.execute(running).scalar_one() == 0
        waiting = sa.select(sa.func.count()).where(flow_token.c.status == "waiting")
        assert session.execute(waiting).scalar_one() == queued


def test_replaces_only_when_told_to(demo_platform: Platform, saved: Path) -> None:
    with demo_platform.database.unit_of_work() as session:
        session.execute(sa.text("DELETE FROM crm.sales_order__lines"))
    demo_platform.database.dispose()
    with pytest.raises(BackupRefused, match="backup_not_empty"):
        backups.restore(demo_platform, saved)
    assert _counts(demo_platform)["crm.sales_order__lines"] == 0
    demo_platform.database.dispose()

    backups.restore(demo_platform, saved, is_replacing=True)
    assert _counts(demo_platform)["crm.sales_order__lines"] > 0
    with demo_platform.database.engine.connect() as connection:
        names = connection.execute(sa.text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'dougong%'")).all()
    assert names == []


def test_refuses_while_the_platform_works_on_the_database(demo_platform: Platform, saved: Path) -> None:
    with demo_platform.database.engine.connect() as other:
        other.execute(sa.text("SELECT 1"))
        with pytest.raises(BackupRefused, match="backup_platform_runs"):
            backups.restore(demo_platform, saved, is_replacing=True)


def _rewritten(source: Path, target: Path, name: str, content: bytes | None, *, extra: str | None = None) -> Path:
    """Copy an archive with one entry changed, or left out, or one more."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for entry in old:
            stream = old.extractfile(entry)
            body = stream.read() if stream is not None else b""
            if entry.name == name:
                if content is None:
                    continue
                body = content
            entry.size = len(body)
            new.addfile(entry, io.BytesIO(body))
        if extra is not None:
            new.addfile(tarfile.TarInfo(extra), io.BytesIO())
    return target


def test_what_is_damaged_newer_or_no_backup_changes_nothing(saved: Path, empty: Platform, tmp_path: Path) -> None:
    with tarfile.open(saved) as archive:
        stream = archive.extractfile("manifest.json")
        assert stream is not None
        manifest = json.loads(stream.read())
        one = next(name for name in archive.getnames() if name.startswith("files/"))

    def changed(**values: object) -> bytes:
        return json.dumps(manifest | values).encode()

    (tmp_path / "text.tar").write_text("no archive")
    cases = {
        "backup_unreadable": [tmp_path / "text.tar", _rewritten(saved, tmp_path / "a.tar", "manifest.json", b"{}")],
        "backup_newer": [
            _rewritten(saved, tmp_path / "b.tar", "manifest.json", changed(format=2)),
            _rewritten(saved, tmp_path / "c.tar", "manifest.json", changed(migration="9999")),
        ],
        "backup_postgres_older": [_rewritten(saved, tmp_path / "d.tar", "manifest.json", changed(postgres=99))],
        "backup_damaged": [
            _rewritten(saved, tmp_path / "e.tar", "database.dump", b"cut"),
            _rewritten(saved, tmp_path / "f.tar", one, b"another"),
            _rewritten(saved, tmp_path / "g.tar", one, None),
            _rewritten(saved, tmp_path / "h.tar", "", None, extra="../../outside"),
            _rewritten(saved, tmp_path / "i.tar", "", None, extra="files/aa/../../../x"),
        ],
    }
    for code, paths in cases.items():
        for path in paths:
            with pytest.raises(BackupRefused, match=code):
                backups.restore(empty, path)
    with empty.database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT to_regclass('meta.user')")).scalar_one() is None
    assert not (tmp_path / "outside").exists()
    assert list((tmp_path / "restored").iterdir()) == []


def test_a_failing_restore_leaves_what_was_there(demo_platform: Platform, saved: Path, tmp_path: Path) -> None:
    before = _counts(demo_platform)
    demo_platform.database.dispose()
    with tarfile.open(saved) as archive:
        stream, told = archive.extractfile("database.dump"), archive.extractfile("manifest.json")
        assert stream is not None
        assert told is not None
        whole, manifest = stream.read(), json.loads(told.read())
    cut = whole[: len(whole) // 2]
    manifest["database_sha256"] = hashlib.sha256(cut).hexdigest()
    first = _rewritten(saved, tmp_path / "x.tar", "manifest.json", json.dumps(manifest).encode())
    broken = _rewritten(first, tmp_path / "y.tar", "database.dump", cut)

    with pytest.raises(BackupRefused, match="backup_program_failed"):
        backups.restore(demo_platform, broken, is_replacing=True)
    assert _counts(demo_platform) == before


def test_overwrites_no_file(demo_platform: Platform, saved: Path) -> None:
    size = saved.stat().st_size
    with pytest.raises(BackupRefused, match="backup_target_exists"):
        backups.save(demo_platform, saved)
    assert saved.stat().st_size == size

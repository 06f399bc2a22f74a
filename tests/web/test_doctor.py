"""What the doctor finds, says and mends: each fault made by hand, on the demo's records."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import files, migrations
from engine.ids import new_id
from engine.jobs import enqueue
from engine.models import file, flow_instance, job
from engine.settings import Settings
from engine.texts import LANGUAGES, catalogue
from tests import demo
from web.doctor import Finding, examine, examine_platform
from web.doctor.surroundings import LAST_BACKUP, look
from web.platform import Platform


def _wrong(platform: Platform, *, is_repairing: bool = False) -> dict[str, Finding]:
    """Return what is not in order, by code; nobody works here, which is known."""
    found = examine_platform(platform, is_repairing=is_repairing)
    return {one.code: one for one in found if one.severity != "ok" and one.code not in _OF_THE_TESTS}


#: The tests' server does without fsync, and has no worker.
_OF_THE_TESTS = ("workers_none", "database_setting")


@pytest.fixture(autouse=True)
def _calm(request: pytest.FixtureRequest) -> None:
    """Do what the demo's installation has left to do."""
    if "demo_platform" in request.fixturenames:
        request.getfixturevalue("demo_platform").worker().run_due()


def _run(platform: Platform, statement: sa.Executable | str) -> None:
    with platform.database.unit_of_work() as session:
        session.execute(sa.text(statement) if isinstance(statement, str) else statement)


def test_finds_nothing_wrong_with_the_demo_and_looks_at_everything(demo_platform: Platform) -> None:
    found = list(examine_platform(demo_platform))
    assert _wrong(demo_platform) == {}
    topics = {one.topic for one in found}
    assert topics >= {"database", "clock", "connections", "migrations", "queue", "runs", "effects", "files", "tables"}
    assert next(one for one in found if one.code == "tables_fine").params["count"] > 10


def test_a_balance_that_differs_is_told_and_rebuilt(demo_platform: Platform) -> None:
    _run(demo_platform, "UPDATE erp.stock SET quantity = quantity + 1 WHERE quantity > 0")
    finding = _wrong(demo_platform)["balance_differs"]
    assert (finding.severity, finding.command) == ("error", "dougong doctor --repair")
    assert (finding.params["balance"], finding.params["differences"] > 0) == ("erp.stock", True)

    assert _wrong(demo_platform, is_repairing=True)["balance_differs"].is_repaired
    assert _wrong(demo_platform) == {}


def test_a_run_that_nobody_goes_on_with_is_queued_again(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        some = session.execute(sa.select(flow_instance).limit(1)).mappings().one()
        begun = session.now - timedelta(minutes=10)
        row = {**some, "id": new_id(), "status": "running", "started_at": begun, "ended_at": None, "dedup_key": None}
        session.execute(sa.insert(flow_instance).values(**row))
    assert _wrong(demo_platform)["runs_forsaken"].params == {"count": 1}

    assert "runs_forsaken" in _wrong(demo_platform, is_repairing=True)
    assert "runs_forsaken" not in _wrong(demo_platform)
    with demo_platform.database.unit_of_work() as session:
        payloads = session.execute(sa.select(job.c.payload).where(job.c.task == "flows.continue")).scalars().all()
    assert {"instance": str(row["id"])} in payloads


def test_tells_of_dead_late_and_stuck_jobs(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        for _ in range(3):
            enqueue(session, "records.import", {}, at=session.now - timedelta(minutes=9))
        ids = session.execute(sa.select(job.c.id).where(job.c.task == "records.import")).scalars().all()
        session.execute(sa.update(job).where(job.c.id == ids[0]).values(status="dead"))
        session.execute(sa.update(job).where(job.c.id == ids[1]).values(status="running"))
    wrong = _wrong(demo_platform)
    assert wrong["jobs_dead"].params == {"count": 1}
    assert wrong["jobs_late"].params["minutes"] >= 9
    assert (wrong["jobs_stuck"].params, wrong["jobs_stuck"].severity) == ({"count": 1}, "warning")


def test_tells_of_tables_that_are_not_as_published(demo_platform: Platform) -> None:
    _run(demo_platform, "ALTER TABLE crm.customer ALTER COLUMN name TYPE varchar(200)")
    _run(demo_platform, "DROP TABLE erp.stock CASCADE")
    found = _wrong(demo_platform)
    assert found["column_differs"].params["column"] == "crm.customer.name"
    assert found["table_missing"].params["table"] == "erp.stock"


def test_tells_of_files_that_are_missing_and_of_those_nobody_holds(demo_platform: Platform, tmp_path: Path) -> None:
    with demo_platform.database.unit_of_work() as session:
        actor = demo.actor(session, "sales")
        held = files.upload(session, actor, "合同.txt", BytesIO(b"contract"), "text/plain")
        sha256 = session.execute(sa.select(file.c.sha256).where(file.c.id == held.id)).scalar_one()
    path = files.content_path(demo_platform.settings.data_dir / "files", sha256)
    orphan = path.with_name("f" * 64)
    path.rename(orphan)
    os.utime(orphan, (1_600_000_000, 1_600_000_000))

    wrong = _wrong(demo_platform)
    assert (wrong["files_missing"].params["count"], wrong["files_missing"].params["names"]) == (1, ["合同.txt"])
    assert wrong["files_orphaned"].params["count"] == 1


def test_says_so_when_tables_wait_for_a_migration(demo_platform: Platform) -> None:
    _run(demo_platform, "UPDATE meta.alembic_version SET version_num = '0001'")
    finding = _wrong(demo_platform)["migrations_pending"]
    assert finding.command == "dougong migrate"
    assert finding.params == {"at": "0001", "head": migrations.head()}
    _run(demo_platform, "UPDATE meta.alembic_version SET version_num = '9999'")
    assert set(_wrong(demo_platform)) == {"migrations_newer"}


def test_says_so_when_the_database_is_away(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://x:y@127.0.0.1:9/none", min_disk_mb=0)
    found = {one.code: one for one in examine(settings)}
    assert found["database_away"].severity == "error"
    assert {"disk_fine", "backup_none"} <= set(found)
    json.dumps([one.as_json() for one in found.values()])


def test_looks_at_disk_mail_and_the_last_backup(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, min_disk_mb=10**9, smtp_url="smtp://127.0.0.1:9")
    (tmp_path / LAST_BACKUP).write_text('{"made_at": "2020-01-01T00:00:00+00:00", "path": "/x"}')
    found = {one.code: one for one in look(settings)}
    assert (found["disk_full"].severity, found["mail_away"].severity, found["backup_old"].severity) == (
        *("error", "warning"),
        "warning",
    )
    assert "9" in found["mail_away"].params["server"]


def test_every_finding_has_its_sentences_in_every_language() -> None:
    codes = {code for code in catalogue() if code.startswith("doctor_")}
    for code in codes:
        assert set(catalogue()[code]) == set(LANGUAGES)
    findings = {code for code in codes if not code.endswith(("_advice", "_fine"))}
    assert {f"{code}_advice" for code in findings} <= codes

"""Previews of publications run what they tell of, and take it back: whom they keep waiting, and what they leave out."""

from __future__ import annotations

import copy
import io
import json
import threading
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from form_engine import publication
from form_engine.storage import rehearsals
from tests.web.conftest import _served
from web.platform import Platform

AsUser = Callable[[str], httpx.Client]
AT = "/api/apps/crm/forms/customer"
__all__ = ["_served"]


@pytest.fixture
def document(as_user: AsUser) -> dict[str, Any]:
    """The form of customers with a list that wants an index, and addresses of another type."""
    made: dict[str, Any] = copy.deepcopy(as_user("admin").get(AT).json()["document"])
    made["properties"]["address"] = {
        "title": "地址",
        "x-field": {"type": "multi_select", "options": [{"value": "上海"}], "open": True},
    }
    view = {"key": "known", "title": "老客户", "columns": ["name"], "filter": "status == 'active'", "sort": ["code"]}
    made["x-form"]["views"].append(view)
    return made


@pytest.fixture
def ran(demo_platform: Platform) -> list[str]:
    """What requests ask the database."""
    seen: list[str] = []
    sa.event.listen(demo_platform.requests.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    return seen


def table_of(platform: Platform) -> Any:
    """Return what a change of the table would change: its columns, its indexes, its file on the disk."""
    with platform.database.unit_of_work() as session:
        return session.execute(
            sa.text(
                "SELECT pg_relation_filenode('crm.customer'),"
                " (SELECT array_agg(attname::text || atttypid ORDER BY attnum) FROM pg_attribute"
                "  WHERE attrelid = 'crm.customer'::regclass),"
                " (SELECT array_agg(indexrelid::regclass::text ORDER BY 1) FROM pg_index"
                "  WHERE indrelid = 'crm.customer'::regclass)"
            )
        ).one()


def test_a_preview_gives_up_while_somebody_reads_for_long_and_keeps_nobody_waiting(
    as_user: AsUser, demo_platform: Platform, document: dict[str, Any], ran: list[str]
) -> None:
    admin = as_user("admin")
    before = table_of(demo_platform)
    stop = threading.Event()
    stuck: list[str] = []
    rounds = 0

    def read_on() -> None:
        nonlocal rounds
        while not stop.is_set():
            try:
                with demo_platform.database.unit_of_work() as other:
                    # A try takes a quarter of a second; all of them together would be too long.
                    other.execute(sa.text("SET LOCAL lock_timeout = '1500ms'"))
                    other.execute(sa.text("SELECT count(*) FROM crm.customer"))
                rounds += 1
            except sa.exc.OperationalError as error:
                stuck.append(str(error))
            stop.wait(0.01)

    with demo_platform.database.unit_of_work() as reader:
        reader.execute(sa.text("SELECT count(*) FROM crm.customer"))
        others = threading.Thread(target=read_on)
        others.start()
        refused = admin.post(f"{AT}/preview", json=document)
        stop.set()
        others.join()
    assert (refused.status_code, refused.json()["code"]) == (409, "preview_busy")
    assert refused.json()["detail"] == "表单正在被使用，暂时不能试算。请稍后再试。"
    # Two seconds in all, whatever else this machine does.
    assert len([one for one in ran if one.startswith("LOCK TABLE")]) == rehearsals.TRIES
    tries, pauses = rehearsals.TRIES * rehearsals.TRY_MILLISECONDS / 1000, rehearsals.TRIES * rehearsals.PAUSE_SECONDS
    assert tries + pauses < 2.5
    assert stuck == []
    assert rounds > 2
    assert table_of(demo_platform) == before
    assert admin.post(f"{AT}/preview", json=document).status_code == 200


def test_a_preview_leaves_a_large_table_as_it_is_and_tells_the_same(
    as_user: AsUser,
    demo_platform: Platform,
    document: dict[str, Any],
    ran: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admin = as_user("admin")
    before = table_of(demo_platform)
    real = admin.post(f"{AT}/preview", json=document)
    assert real.status_code == 200, real.text
    assert len([one for one in ran if one.startswith("CREATE INDEX")]) == 2  # the list's and the search's
    assert len([one for one in ran if " TYPE " in one]) == 1

    ran.clear()
    monkeypatch.setattr(rehearsals, "LARGE_BYTES", 0)
    abridged = admin.post(f"{AT}/preview", json=document)
    assert abridged.json() == real.json()
    assert [one for one in ran if one.startswith("CREATE INDEX") or " TYPE " in one] == []
    assert any('ADD COLUMN "address"' in one for one in ran)
    assert table_of(demo_platform) == before

    saved = admin.put(AT, json=document)
    assert (saved.status_code, saved.json()["violations"]) == (200, [])
    published = admin.post(f"{AT}/publish")
    assert published.status_code == 200, published.text
    found = admin.get("/api/records/crm/customer", params={"fields": "name,address", "limit": 100}).json()["items"]
    assert any(one["values"]["address"] for one in found)


def test_a_preview_that_would_take_long_is_stopped(
    as_user: AsUser, demo_platform: Platform, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = table_of(demo_platform)
    monkeypatch.setattr(rehearsals, "STATEMENT_TIMEOUT", "1ms")
    with demo_platform.database.unit_of_work() as session:  # so that no machine is fast enough
        session.execute(
            sa.text(
                "CREATE FUNCTION crm.slow() RETURNS event_trigger LANGUAGE plpgsql AS"
                " $$ BEGIN PERFORM pg_sleep(0.2); END $$; "
                "CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION crm.slow()"
            )
        )
    refused = as_user("admin").post(f"{AT}/preview", json=document)
    assert (refused.status_code, refused.json()["code"]) == (409, "preview_too_long")
    assert table_of(demo_platform) == before


def test_a_preview_waits_for_another_publication_for_a_moment_only(
    as_user: AsUser, demo_platform: Platform, document: dict[str, Any]
) -> None:
    with demo_platform.database.unit_of_work() as session:
        publication.lock(session)
        refused = as_user("admin").post(f"{AT}/preview", json=document)
    assert (refused.status_code, refused.json()["code"]) == (409, "preview_busy")


def test_the_preview_of_an_app_waits_as_little(as_user: AsUser, demo_platform: Platform) -> None:
    admin = as_user("admin")
    exported = admin.get("/api/apps/crm/export", params={"with": "erp"}).content
    packed = {"file": ("apps.zip", with_another_field(exported), "application/zip")}
    before = table_of(demo_platform)
    with demo_platform.database.unit_of_work() as reader:
        reader.execute(sa.text("SELECT count(*) FROM crm.customer"))
        refused = admin.post("/api/apps?preview=true", files=packed)
    assert (refused.status_code, refused.json()["code"]) == (409, "preview_busy")
    shown = admin.post("/api/apps?preview=true", files=packed)
    assert shown.status_code == 200, shown.text
    assert any('ADD COLUMN "nickname"' in step["sql"] for step in shown.json()["steps"])
    assert table_of(demo_platform) == before


def with_another_field(archive: bytes) -> bytes:
    """Return a zip of apps whose customers have one field more."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("crm/forms/customer.json"):
                document = json.loads(content)
                document["properties"]["nickname"] = {"title": "昵称", "x-field": {"type": "text"}}
                content = json.dumps(document).encode()
            new.writestr(name, content)
    return made.getvalue()

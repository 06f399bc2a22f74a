"""Lines of the log: one each, the same shape whoever writes them, and nothing that breaks a line."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from engine import logs, traces
from engine.db import Database

log = logging.getLogger("dougong.tests")


@pytest.fixture
def _as_before() -> Iterator[None]:
    """Give the root logger its handlers back."""
    root = logging.getLogger()
    kept, level, hook = list(root.handlers), root.level, threading.excepthook
    yield
    root.handlers[:], threading.excepthook = kept, hook
    root.setLevel(level)
    logging.getLogger("dougong").setLevel(logging.NOTSET)
    logging.captureWarnings(capture=False)


def _lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


@pytest.mark.usefixtures("_as_before")
def test_an_event_is_one_line_of_json_with_what_is_known_of_the_work(capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure("json", "info")
    with traces.begun(request="r-1") as trace:
        traces.note(actor="a", flow=None)
        logs.event(log, logging.INFO, "request", {"status": 200})
        log.warning("two\nlines, %s", "订单")
    log.debug("not wanted")
    logging.getLogger("uvicorn.error").warning("theirs")

    first, second, third = _lines(capfd)
    assert {key: value for key, value in first.items() if key != "at"} == {
        "level": "info",
        "logger": "dougong.tests",
        "event": "request",
        "request": "r-1",
        "actor": "a",
        "status": 200,
    }
    assert (second["event"], second["request"], second["level"]) == ("two\nlines, 订单", "r-1", "warning")
    assert (third["logger"], third["event"], "request" in third) == ("uvicorn.error", "theirs", False)
    assert trace.facts == {"request": "r-1", "actor": "a"}


@pytest.mark.usefixtures("_as_before")
def test_an_error_has_its_traceback_in_one_field(capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure("auto", "info")  # no terminal here: JSON
    try:
        int("broken")
    except ValueError:
        log.exception("a job failed")
    thread = threading.Thread(target=lambda: int("gone"), name="job-1")
    thread.start()
    thread.join()

    failed, ended = _lines(capfd)
    assert failed["error"].startswith("Traceback")
    assert failed["error"].endswith("'broken'")
    assert (ended["event"], "'gone'" in ended["error"]) == ("the thread job-1 ended by an error", True)


@pytest.mark.usefixtures("_as_before")
def test_text_is_one_line_for_people(capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure("text", "info")
    with traces.begun(job=7):
        logs.event(log, logging.INFO, "request", {"ms": 3})
    log.info("forged\nline")
    logs.event(log, logging.INFO, "request", {"path": "/api/records/crm/x\nforged\r\x1b[2J\x85\u2028end"})

    told, forged, path = capfd.readouterr().err.splitlines()
    assert told.endswith("INFO    dougong.tests: request  [job=7 ms=3]")
    assert forged.endswith("dougong.tests: forged\\nline")
    assert path.endswith("[path=/api/records/crm/x\\nforged\\r\\x1b[2J\\x85\\u2028end]")


def test_statements_of_the_work_under_way_are_counted(fresh_database: Database) -> None:
    with traces.begun() as trace, fresh_database.unit_of_work() as session:
        before = trace.statements
        session.connection.exec_driver_sql("SELECT 1")
        session.connection.exec_driver_sql("SELECT pg_sleep(0.01)")
        assert trace.statements - before == 2
        assert trace.database_seconds >= 0.01
    assert traces.current() is None

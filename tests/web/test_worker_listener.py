"""What a worker's process tells of itself: numbers for Prometheus, and whether it is well."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from engine import jobs
from engine.db import Database, Session
from engine.jobs import Payload, Task, Worker, tally
from engine.settings import Settings
from tests.web.conftest import serve
from web.app import create_app
from web.platform import Platform
from web.server import Refusal
from web.worker_listener import listening

TOKEN = "0123456789abcdef"


def fail(_session: Session, _payload: Payload) -> None:
    raise ValueError("no")


def succeed(_session: Session, _payload: Payload) -> None:
    """Do nothing."""


def succeed_all(_session: Session, payloads: object, _go_on: object) -> int:
    assert isinstance(payloads, list)
    return len(payloads)


TASKS = (Task(name="tests.bad", run=fail, attempts=1), Task(name="tests.good", run=succeed, is_quick=True))


@pytest.fixture
def platform(fresh_database: Database, tmp_path: Path) -> Platform:
    """A platform whose commits are real, and whose workers listen on a free port."""
    settings = Settings(data_dir=tmp_path, metrics_port=0, metrics_token=SecretStr(TOKEN))
    return Platform(settings=settings, database=fresh_database)


@pytest.fixture
def worker(platform: Platform) -> Worker:
    """A worker that does not run yet."""
    return Worker(platform.database, TASKS, threads=2)


@pytest.fixture
def client(platform: Platform, worker: Worker) -> Iterator[httpx.Client]:
    """A client of the worker's listener."""
    with listening(platform, worker) as address:
        assert address is not None
        with httpx.Client(base_url=address, timeout=30) as client:
            yield client


def lines(client: httpx.Client) -> list[str]:
    answer = client.get("/metrics")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return answer.text.splitlines()


def test_tells_what_was_run_and_what_failed(platform: Platform, worker: Worker, client: httpx.Client) -> None:
    with platform.database.unit_of_work() as session:
        jobs.enqueue_many(session, "tests.good", [({}, None), ({}, None), ({}, None)])
        jobs.enqueue(session, "tests.bad", {})
    assert worker.run_due() == 4
    told = lines(client)
    assert 'dougong_jobs_ended_total{task="tests.good",outcome="done"} 3' in told
    assert 'dougong_jobs_ended_total{task="tests.good",outcome="failed"} 0' in told
    assert 'dougong_jobs_ended_total{task="tests.bad",outcome="done"} 0' in told
    assert 'dougong_jobs_ended_total{task="tests.bad",outcome="failed"} 1' in told
    assert (
        float(next(one for one in told if one.startswith('dougong_job_seconds_total{task="tests.bad"')).split()[1]) > 0
    )
    # And what any process tells: of the database, its connections, itself.
    assert 'dougong_jobs{state="dead"} 1' in told
    assert "dougong_database_up 1" in told
    assert any(one.startswith('dougong_pool_connections{pool="jobs",state="idle"}') for one in told)
    assert any(one.startswith("process_start_time_seconds ") for one in told)


def test_jobs_that_run_together_count_each(platform: Platform) -> None:
    together = Task(name="tests.good", run=succeed, is_quick=True, together=succeed_all)
    worker = Worker(platform.database, [together], threads=1)
    with platform.database.unit_of_work() as session:
        jobs.enqueue_many(session, "tests.good", [({}, None)] * 5)
    stop = threading.Event()
    running = threading.Thread(target=worker.run, args=(stop,))
    running.start()
    while worker.tally.ran().get("tests.good", tally.Ran()).done < 5:
        assert running.is_alive()
        stop.wait(0.01)
    stop.set()
    running.join()
    assert worker.tally.ran()["tests.good"].done == 5
    assert worker.tally.pulse().busy == 0


def test_is_well_while_its_threads_live_and_ask_the_queue(
    worker: Worker, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    running = threading.Thread(target=worker.run, args=(stop,))
    running.start()
    while worker.tally.pulse().threads == 0:
        stop.wait(0.01)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert {key: answer.json()[key] for key in ("status", "threads", "alive")} == {
        "status": "ok",
        "threads": 5,  # two for each of the pools, and the listener
        "alive": 5,
    }
    assert 'dougong_worker_threads{state="alive"} 5' in lines(client)
    monkeypatch.setattr(tally, "LOST_SECONDS", -1.0)  # nobody was answered for too long
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"], answer.json()["alive"]) == (503, "failing", 5)
    monkeypatch.undo()
    stop.set()
    running.join()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["alive"]) == (503, 0)


def test_tells_its_numbers_to_this_machine_and_to_whoever_has_the_token(client: httpx.Client) -> None:
    assert client.get("/metrics", headers={"Host": "worker.example.com"}).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    away = {"Host": "worker.example.com", "Authorization": f"Bearer {TOKEN}"}
    assert client.get("/metrics", headers=away).status_code == 200
    assert client.get("/healthz", headers={"Host": "worker.example.com"}).status_code == 200
    assert client.get("/api/session").status_code == 404
    assert client.post("/metrics").status_code == 501


def test_nobody_listens_unless_told_to_and_a_taken_port_is_refused(platform: Platform, worker: Worker) -> None:
    closed = Platform(settings=platform.settings.model_copy(update={"metrics_port": None}), database=platform.database)
    with listening(closed, worker) as address:
        assert address is None
    with listening(platform, worker) as address:
        port = int(str(address).rpartition(":")[2])
        taken = platform.settings.model_copy(update={"metrics_port": port})
        with pytest.raises(Refusal) as refused, listening(Platform(settings=taken, database=platform.database), worker):
            pass
    assert refused.value.code == "metrics_address_in_use"
    assert refused.value.params["port"] == port


def test_a_server_that_runs_jobs_itself_tells_of_them_too(platform: Platform, worker: Worker) -> None:
    with platform.database.unit_of_work() as session:
        jobs.enqueue(session, "tests.good", {})
    worker.run_due()
    app = create_app(platform)
    with serve(app) as served:
        assert "dougong_jobs_ended_total" not in httpx.get(f"{served.url}/metrics").text
        app.state.worker = worker
        assert 'dougong_jobs_ended_total{task="tests.good",outcome="done"} 1' in httpx.get(f"{served.url}/metrics").text

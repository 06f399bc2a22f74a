"""`/metrics`: what it says, and to whom."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from engine.models import job
from tests.web.conftest import Served
from web.platform import Platform


def _value(text: str, sample: str) -> float:
    return next(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(f"{sample} "))


def test_counts_requests_by_template_and_tells_of_the_queue(client: httpx.Client) -> None:
    client.get("/api/records/crm/none/0190aaaa-0000-7000-8000-000000000000")
    answer = client.get("/metrics")
    text = answer.text

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    route = 'method="GET",route="/api/records/{app}/{form}/{record_id}"'
    count = _value(text, f'dougong_requests_total{{{route},status="401"}}')
    assert count >= 1
    assert _value(text, f'dougong_request_seconds_bucket{{{route},le="+Inf"}}') >= count
    assert _value(text, "dougong_database_up") == 1
    assert _value(text, 'dougong_jobs{state="dead"}') == 0
    assert _value(text, 'dougong_workers{state="working"}') == 0
    assert _value(text, "process_resident_memory_bytes") > 10_000_000
    assert "0190aaaa" not in text


def test_every_line_is_of_the_format(client: httpx.Client) -> None:
    client.get("/healthz")
    known: set[str] = set()
    for line in client.get("/metrics").text.splitlines():
        if line.startswith("# TYPE "):
            known.add(line.split()[2])
        elif not line.startswith("# HELP "):
            name, _, value = line.replace("{", " ").partition(" ")[0], " ", line.rpartition(" ")[2]
            assert name in known or name.rpartition("_")[0] in known
            float(value)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "erp.example.com"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Host": "erp.example.com", "Authorization": "Bearer guessed-guessed-guessed"},
    ],
)
def test_refuses_whoever_comes_from_elsewhere(client: httpx.Client, headers: dict[str, str]) -> None:
    answer = client.get("/metrics", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "metrics_closed")


def test_the_token_opens_it_from_anywhere(served: Served, platform: Platform, client: httpx.Client) -> None:
    settings = platform.settings.model_copy(update={"metrics_token": SecretStr("0123456789abcdef")})
    served.app.state.platform = Platform(settings=settings, database=platform.database)
    headers = {"Host": "erp.example.com", "Authorization": "Bearer 0123456789abcdef"}

    assert client.get("/metrics", headers=headers).status_code == 200
    headers["Authorization"] += "x"
    assert client.get("/metrics", headers=headers).status_code == 403


def test_an_administrator_sees_the_work_and_nobody_else(signed_in: Callable[[str], httpx.Client]) -> None:
    overview = signed_in("anna").get("/api/jobs/overview").json()
    assert (overview["dead"], overview["kinds"], overview["workers"]) == (0, [], [])
    assert overview["instances"] == {"running": 0, "waiting": 0, "failed": 0}

    client = signed_in("berta")
    for method, path in (("GET", "/api/jobs"), ("GET", "/api/jobs/overview"), ("DELETE", "/api/jobs/1")):
        assert client.request(method, path).status_code == 403


def test_a_dead_job_is_told_in_the_words_of_the_business(
    demo_platform: Platform, as_user: Callable[[str], httpx.Client]
) -> None:
    with demo_platform.database.unit_of_work() as session:
        waiting = session.execute(sa.select(job.c.id).where(job.c.task == "flows.continue").limit(1)).scalar_one()
        dead = {"status": "dead", "attempts": 8, "error": "KeyError: 'amount'"}
        session.execute(sa.update(job).where(job.c.id == waiting).values(dead))
    admin = as_user("admin")

    (told,) = admin.get("/api/jobs").json()["items"]
    assert (told["id"], told["title"], told["error"]) == (waiting, "继续运行流程", "KeyError: 'amount'")
    assert told["flow"]["title"] != told["flow"]["key"]
    record = told["record"]
    assert admin.get(f"/api/records/{record['app']}/{record['form']}/{record['id']}").status_code == 200
    overview = admin.get("/api/jobs/overview").json()
    assert overview["kinds"] == [{"task": "flows.continue", "title": "继续运行流程", "count": 1}]
    assert [check["name"] for check in overview["checks"]][:3] == ["database", "migrations", "workers"]

    assert admin.post(f"/api/jobs/{waiting}/retry").status_code == 204
    assert admin.post(f"/api/jobs/{waiting}/retry").status_code == 404
    assert admin.get("/api/jobs").json() == {"items": [], "next_cursor": None}
    assert as_user("sales").post("/api/jobs/retry", json={"task": "flows.continue"}).status_code == 403

"""`dougong serve` as a process: first start, one-time link, refusals to start, SIGTERM in mid-request."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg2
import pytest
import sqlalchemy as sa

from tests import databases

DOUGONG = Path(sys.executable).with_name("dougong")
READY_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server's process, the address it told, and what it printed up to then."""

    process: subprocess.Popen[str]
    url: str
    output: str


def environment(**settings: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DOUGONG_", "LC_", "LANG"))}
    return kept | settings


@contextmanager
def serving(**settings: str) -> Iterator[Running]:
    """Run `dougong serve` on a free port until it is killed or the block ends."""
    command = [str(DOUGONG), "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment(**settings), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        output = first + (process.stdout.readline() if "DOUGONG_DEMO" not in settings else "")
        url = first.split()[-1]
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{url}/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        yield Running(process=process, url=url, output=output)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def database(server_url: str) -> Iterator[str]:
    """The URL of an empty database of the test's own, as settings take it."""
    with databases.clone(server_url) as url:
        yield url


def test_makes_an_administrator_whose_link_works_once_and_ends_requests_before_it_stops(
    database: str, tmp_path: Path
) -> None:
    with serving(DOUGONG_DATABASE_URL=database, DOUGONG_DATA_DIR=str(tmp_path)) as server:
        found = re.search(r"http\S+/password\?token=\S+", server.output)
        assert found is not None, server.output
        assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
        headers = {"X-Requested-With": "dougong", "Accept-Language": "en"}
        with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
            assert min(_seconds(client) for _ in range(10)) < 0.03, "answers wait for acknowledgements"
            assert "Choose a password" in client.get(found[0]).text
            short = client.post(found[0], data={"password": "short"})
            assert (short.status_code, "dougong_session" in client.cookies) == (422, False)
            assert client.post(found[0], data={"password": "long enough"}).status_code == 303
            assert client.get("/api/session").json()["is_administrator"] is True
            assert client.post(found[0], data={"password": "long enough"}).status_code == 422
            _stop_in_mid_request(server, client, database)


def _seconds(client: httpx.Client) -> float:
    return client.get("/healthz").elapsed.total_seconds()


def _stop_in_mid_request(server: Running, client: httpx.Client, database: str) -> None:
    plain = sa.make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg2.connect(plain) as holder, ThreadPoolExecutor() as pool:
        holder.cursor().execute('SELECT 1 FROM meta."user" FOR UPDATE')
        request = pool.submit(client.patch, "/api/session", json={"language": "en-US"})
        with psycopg2.connect(plain) as watcher:
            watcher.autocommit = True
            cursor = watcher.cursor()
            for _ in range(1000):
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                waiting = cursor.fetchone()
                if waiting is not None and waiting[0]:
                    break
                time.sleep(0.01)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert server.process.poll() is None
        holder.rollback()
        answer = request.result(timeout=30)
        assert (answer.status_code, answer.json()["user"]["language"]) == (200, "en-US")
    assert server.process.wait(timeout=30) in (0, -signal.SIGTERM)
    with psycopg2.connect(plain) as reader:
        cursor = reader.cursor()
        cursor.execute('SELECT language FROM meta."user"')
        assert cursor.fetchall() == [("en-US",)]


def refused(*options: str, **settings: str) -> tuple[int, str]:
    """Run `dougong serve`, which is expected not to start; return its exit code and what it said."""
    done = subprocess.run(
        [str(DOUGONG), "serve", *options],
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr.strip()


def test_says_in_one_sentence_why_it_does_not_start(tmp_path: Path) -> None:
    home = {"DOUGONG_DATA_DIR": str(tmp_path)}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = refused("--port", port, **home)
    assert code == 1
    assert said.startswith(f"Cannot serve on 127.0.0.1:{port}")
    assert "\n" not in said
    code, said = refused("--demo", "--host", "0.0.0.0", **home)  # noqa: S104 - what is to be refused
    assert code == 1
    assert "127.0.0.1" in said
    code, said = refused(DOUGONG_PORT="many", **home)
    assert code == 1
    assert "DOUGONG_PORT" in said
    assert not (tmp_path / "postgres").exists()

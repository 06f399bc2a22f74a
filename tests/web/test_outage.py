"""PostgreSQL goes away and comes back: refusals while it is gone, service as before when it is there."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from engine import identity, migrations
from engine.actor import Actor
from engine.embedded_postgres import EmbeddedPostgres
from engine.settings import Settings
from tests.web.conftest import CHEAP_PASSWORDS, serve
from web.app import create_app
from web.platform import Platform


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any account may enter, as PostgreSQL needs it."""
    with tempfile.TemporaryDirectory(prefix="dougong-outage-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_answers_503_while_the_database_is_away_and_serves_again_after(folder: Path, admin: Actor) -> None:
    server = EmbeddedPostgres(folder / "postgres", die_with_parent=True)
    url = server.start()
    platform = Platform.connect(Settings(data_dir=folder), url)
    migrations.upgrade(platform.database.engine)
    identity.use_policy(platform.database, CHEAP_PASSWORDS)
    with platform.database.unit_of_work() as session:
        identity.create_user(session, admin, username="berta", name="Berta", password="demo")
    with serve(create_app(platform)) as served:
        with httpx.Client(base_url=served.url, headers={"X-Requested-With": "dougong"}, timeout=60) as client:
            assert client.post("/api/session", json={"username": "berta", "password": "demo"}).status_code == 200
            _kill(folder)
            for _ in range(3):
                answer = client.get("/api/session")
                assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
                assert answer.headers["retry-after"] == "2"
            assert client.get("/healthz").status_code == 200
            assert client.get("/readyz").status_code == 503
            server.stop()
            again = EmbeddedPostgres(folder / "postgres", die_with_parent=True)
            assert again.start() == url
            answer = client.get("/api/session")
            assert (answer.status_code, answer.json()["user"]["username"]) == (200, "berta")
            assert client.get("/readyz").status_code == 200
            # Restarted under idle connections of the pool: nobody notices.
            again.stop()
            third = EmbeddedPostgres(folder / "postgres", die_with_parent=True)
            third.start()
            assert client.get("/api/session").status_code == 200
        platform.database.dispose()
        third.stop()


def _kill(folder: Path) -> None:
    pid = int((folder / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[0])
    process = psutil.Process(pid)
    os.kill(pid, signal.SIGQUIT)
    process.wait(timeout=30)

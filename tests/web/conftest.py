"""A real server over the test's database: uvicorn in a thread, spoken to over a socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from engine import identity
from engine.actor import Actor
from engine.identity import PasswordPolicy
from web.app import create_app
from web.platform import Platform

#: Costs next to nothing, so that signing in does not rule the time of the tests.
CHEAP_PASSWORDS = PasswordPolicy(memory_kib=8, passes=1, minimum_length=4)


@dataclass(slots=True, kw_only=True)
class Served:
    """An application that answers at an address; its platform is the present test's."""

    app: FastAPI
    url: str


@contextmanager
def serve(app: FastAPI) -> Iterator[Served]:
    """Run `app` in a thread on a free port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(app=app, url=f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def _served() -> Iterator[Served]:
    with serve(create_app(Platform.unconnected())) as served:
        yield served


@pytest.fixture
def served(_served: Served, platform: Platform) -> Served:
    """The server, over this test's platform."""
    identity.use_policy(platform.database, CHEAP_PASSWORDS)
    _served.app.state.platform = platform
    return _served


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    """A client that nobody signed in with; it speaks English and says whose page it is."""
    headers = {"X-Requested-With": "dougong", "Accept-Language": "en-US"}
    with httpx.Client(base_url=served.url, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def people(platform: Platform, admin: Actor) -> dict[str, identity.User]:
    """Two accounts with the password `demo`: `anna`, an administrator, and `berta`."""
    identity.use_policy(platform.database, CHEAP_PASSWORDS)
    with platform.database.unit_of_work() as session:
        return {
            name: identity.create_user(
                session,
                admin,
                username=name,
                name=name.title(),
                password="demo",
                language="en-US",
                is_administrator=name == "anna",
            )
            for name in ("anna", "berta")
        }


@pytest.fixture
def signed_in(client: httpx.Client, people: dict[str, identity.User]) -> Callable[[str], httpx.Client]:
    """Sign the client in as one of `people`."""

    def sign_in(username: str) -> httpx.Client:
        answer = client.post("/api/session", json={"username": username, "password": "demo"})
        assert answer.status_code == 200, answer.text
        return client

    assert people
    return sign_in


@pytest.fixture
def as_user(_served: Served, demo_platform: Platform) -> Iterator[Callable[[str], httpx.Client]]:
    """Clients of the demo, each signed in as one of its people, over a database of the test's own."""
    _served.app.state.platform = demo_platform
    clients: list[httpx.Client] = []

    def client(username: str) -> httpx.Client:
        with demo_platform.database.unit_of_work() as session:
            user = identity.find_user(session, username)
            assert user is not None, username
            token, _ = identity.open_session(session, user.id)
        made = httpx.Client(
            base_url=_served.url,
            headers={"X-Requested-With": "dougong"},
            cookies={"dougong_session": token},
            timeout=30,
        )
        clients.append(made)
        return made

    yield client
    for each in clients:
        each.close()

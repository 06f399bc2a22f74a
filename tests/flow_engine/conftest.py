"""Fixtures of the flow engine's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.db import Session
from tests.factories import works as factory
from tests.peers import Peer, mail_server, web_server


@pytest.fixture
def web() -> Iterator[Peer]:
    """A web server on this machine."""
    with web_server() as peer:
        yield peer


@pytest.fixture
def post() -> Iterator[Peer]:
    """A mail server on this machine."""
    with mail_server() as peer:
        yield peer


@pytest.fixture
def works(session: Session) -> factory.Works:
    """The factory, published and filled in this test's transaction."""
    return factory.build(session)

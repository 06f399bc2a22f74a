"""Fixtures of the flow engine's tests."""

from __future__ import annotations

import pytest

from engine.db import Session
from tests.factories import works as factory


@pytest.fixture
def works(session: Session) -> factory.Works:
    """The factory, published and filled in this test's transaction."""
    return factory.build(session)

"""Fixtures of the form engine's tests."""

from __future__ import annotations

import pytest

from engine.db import Session
from tests.factories import shop as factory


@pytest.fixture
def shop(session: Session) -> factory.Shop:
    """The shop, published and filled in this test's transaction."""
    return factory.build(session)

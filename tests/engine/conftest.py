"""Fixtures of the engine's tests: cheap passwords, accounts, counted statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from engine import identity
from engine.actor import Actor
from engine.db import Database, Session
from engine.identity import PasswordPolicy, User

Counted = Callable[[], Any]


@pytest.fixture
def cheap(database: Database) -> Database:
    """The database, where a password hash costs next to nothing."""
    identity.use_policy(database, PasswordPolicy(memory_kib=8, passes=1))
    return database


@pytest.fixture
def people(cheap: Database) -> Iterator[Session]:
    """A session in which accounts are cheap to make."""
    with cheap.unit_of_work() as session:
        yield session


@pytest.fixture
def new_user(people: Session, admin: Actor) -> Callable[..., User]:
    """Create an account with the password `open sesame`."""

    def create(username: str, **more: Any) -> User:
        return identity.create_user(
            people, admin, **{"username": username, "name": username.title(), "password": "open sesame", **more}
        )

    return create


@pytest.fixture
def counted(database: Database) -> Callable[[], Any]:
    """A context that gives the statements that run inside it."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            statements.append(statement)

        sa.event.listen(database.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            sa.event.remove(database.engine, "before_cursor_execute", note)

    return count

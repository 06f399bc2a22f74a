"""Shapes of background work."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from web.schemas.health import Check
from web.schemas.shape import Input, Output


class Named(Output):
    """A flow or form by its full name."""

    key: str
    title: str


class JobRecord(Output):
    """The record that a job was about."""

    app: str
    form: str
    id: UUID
    title: str


class DeadJob(Output):
    """A job that failed as often as it may. `flow`, `instance`, `record` or `form` say what it was about."""

    id: int
    task: str
    title: str
    flow: Named | None
    instance: UUID | None
    record: JobRecord | None
    form: Named | None
    attempts: int
    created_at: datetime
    died_at: datetime
    error: str | None


class DeadJobPage(Output):
    """Dead jobs, the youngest first."""

    items: list[DeadJob]
    next_cursor: int | None


class DeadKind(Output):
    """How many jobs of a task are dead."""

    task: str
    title: str
    count: int


class WorkerShown(Output):
    """A worker that is connected; silent where it has said nothing for half a minute."""

    name: str
    threads: int
    since: datetime
    seen_at: datetime
    is_silent: bool


class WorkOverview(Output):
    """The background work at a glance."""

    waiting: int
    running: int
    dead: int
    oldest_due_at: datetime | None
    kinds: list[DeadKind]
    effects: dict[str, int]
    instances: dict[str, int]
    workers: list[WorkerShown]
    checks: list[Check]


class JobsOfTask(Input):
    """All dead jobs of one task."""

    task: Annotated[str, Field(min_length=1, max_length=200)]


class JobsChanged(Output):
    """How many jobs were tried again, or dropped."""

    count: int

"""Shapes of tasks, instances and flows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from web.schemas.shape import Input, Output, Titled, Values


class RecordReference(Output):
    """A record by its address and title."""

    app: str
    form: str
    id: UUID
    title: str


class FlowReference(Output):
    """A flow in the version that a run is pinned to."""

    app: str
    key: str
    title: str
    version: int


class Task(Output):
    """Something a person is to decide, or has decided."""

    id: UUID
    flow: str
    flow_title: str
    node: str
    node_title: str
    instance: UUID
    record: RecordReference | None
    assignee: Titled
    created_at: datetime
    due_at: datetime | None
    status: str
    decision: str | None
    decided_at: datetime | None
    decided_by: Titled | None
    opinion: str | None
    decisions: list[str]


class TaskPage(Output):
    """One page of tasks."""

    items: list[Task]
    next_cursor: str | None
    count: int | None


class TaskCounts(Output):
    """How many tasks there are, for the inbox's tabs."""

    open: int
    done: int


class Decision(Input):
    """What goes with a decision."""

    opinion: Annotated[str, Field(max_length=4000)] = ""


class InstanceSummary(Output):
    """One run of a flow."""

    id: UUID
    flow: FlowReference
    status: str
    record: RecordReference | None
    started_at: datetime
    started_by: Titled | None
    ended_at: datetime | None
    error: Values | None


class InstancePage(Output):
    """One page of runs."""

    items: list[InstanceSummary]
    next_cursor: str | None
    count: int | None


class NodeRun(Output):
    """One turn of one node."""

    node: str
    title: str
    type: str
    status: str
    iteration: list[int]
    started_at: datetime
    ended_at: datetime | None
    input: Values | None
    output: Values | None


class JournalEntry(Output):
    """One row that a run changed."""

    seq: int
    node: str
    form: str
    record_id: UUID
    record_title: str
    action: str
    before: Values | None
    after: Values | None


class Graph(Output):
    """The flow as nodes and edges."""

    nodes: list[Values]
    edges: list[Values]


class Instance(InstanceSummary):
    """One run with everything it did."""

    nodes: list[NodeRun]
    journal: list[JournalEntry]
    graph: Graph
    tasks: list[Task]


class FlowStart(Input):
    """What a flow is started on and with."""

    record: UUID | None = None
    values: Values = Field(default_factory=dict)

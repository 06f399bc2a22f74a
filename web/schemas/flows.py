"""Shapes of tasks, instances and flows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from web.schemas.shape import Input, Output, ProblemSpot, Titled, Values


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
    started_by: Titled | None
    created_at: datetime
    mode: str
    position: int
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


class TaskCounts(Output):
    """How many tasks wait for one's decision."""

    open: int


class Decision(Input):
    """What goes with a decision."""

    opinion: Annotated[str | None, Field(max_length=2000)] = None


class RunError(Output):
    """Why a run stopped, and at which node."""

    code: str
    node: str | None
    node_title: str | None
    detail: str
    errors: list[ProblemSpot]


class Occasion(Output):
    """What set a run off where no change of a record and no person did: the clock, another system."""

    type: str
    title: str
    due_at: datetime | None
    message: str | None
    input: Values | None


class InstanceSummary(Output):
    """One run of a flow."""

    id: UUID
    flow: FlowReference
    status: str
    runs: str
    record: RecordReference | None
    started_at: datetime
    started_by: Titled | None
    ended_at: datetime | None
    error: RunError | None
    parent: UUID | None
    occasion: Occasion | None


class InstancePage(Output):
    """One page of runs."""

    items: list[InstanceSummary]
    next_cursor: str | None


class NodeRun(Output):
    """One turn of one node."""

    node: str
    title: str
    type: str | None
    status: str
    iteration: list[int]
    started_at: datetime
    ended_at: datetime | None
    input: Values | None
    output: Values | None
    error: RunError | None


class JournalEntry(Output):
    """One row that a run changed."""

    seq: int
    node: str
    iteration: list[int]
    form: str
    record_id: UUID
    record_title: str
    action: str
    before: Values | None
    after: Values | None


class GraphNode(Output):
    """One step of a flow; `position` where its author put it."""

    key: str
    title: str
    type: str
    type_title: str
    position: Values | None


class GraphEdge(Output):
    """One way from a port of a node to another node."""

    source: str
    port: str
    title: str
    target: str


class GraphTrigger(Output):
    """What starts a flow."""

    type: str
    title: str


class Graph(Output):
    """A flow to draw; `start` is the first node."""

    start: str
    trigger: GraphTrigger | None
    nodes: list[GraphNode]
    edges: list[GraphEdge]


class RunEffect(Output):
    """What a run sends outside, and how it stands; `target` and `error` are told to administrators."""

    id: UUID
    node: str
    kind: str
    target: str | None
    status: str
    attempts: int
    max_attempts: int
    error: str | None
    next_attempt_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    may: list[str]


class Instance(InstanceSummary):
    """One run with everything it did."""

    effects: list[RunEffect]
    nodes: list[NodeRun]
    journal: list[JournalEntry]
    graph: Graph
    tasks: list[Task]
    may: list[str]


class FlowStart(Input):
    """What a flow is started on; `input` is what a webhook's message would bring."""

    record: UUID | None = None
    input: Values | None = None


class FlowTrigger(Output):
    """What starts a flow, and under which condition."""

    type: str
    title: str
    when: str | None


class FlowSchedule(Output):
    """When the clock starts a flow; `last_*` is of the last firing."""

    cron: str
    time_zone: str
    is_on: bool
    next_due: datetime | None
    last_due: datetime | None
    last_runs: int | None
    last_error: str | None


class FlowWebhook(Output):
    """Where another system starts a flow; `input` is the JSON Schema of what it sends."""

    path: str
    has_secret: bool
    is_on: bool
    rotated_at: datetime | None
    previous_until: datetime | None
    last_received: datetime | None
    input: Values


class LastRun(Output):
    """The run of a flow that began last."""

    id: UUID
    status: str
    started_at: datetime


class FlowEntry(Output):
    """A flow in force with what starts it."""

    app: str
    app_title: str
    key: str
    title: str
    version: int
    runs: str
    form_title: str | None
    trigger: FlowTrigger | None
    schedule: FlowSchedule | None
    webhook: FlowWebhook | None
    last_run: LastRun | None
    is_faulty: bool


class FlowList(Output):
    """Every flow in force."""

    items: list[FlowEntry]


class FlowSwitch(Input):
    """Whether the clock, or another system, may start a flow."""

    is_on: bool


class WebhookSecret(Output):
    """A webhook's secret, shown once."""

    secret: str


class WebhookReceipt(Output):
    """A message that was taken, and the run that it started."""

    message: str
    instance: UUID | None


class Effect(Output):
    """Something that a flow sends outside."""

    id: UUID
    flow: str
    flow_title: str
    instance: UUID
    node: str
    kind: str
    payload: Values
    idempotency_key: str
    status: str
    attempts: int
    max_attempts: int
    error: str | None
    created_at: datetime
    ended_at: datetime | None
    next_attempt_at: datetime | None


class EffectPage(Output):
    """One page of effects."""

    items: list[Effect]
    next_cursor: str | None

"""Shapes of records, balances and files."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from web.schemas.flows import InstanceSummary, Task
from web.schemas.shape import Input, Output, ProblemSpot, Titled, Values


class Record(Output):
    """A record as its reader may see it."""

    id: UUID
    version: int
    title: str
    created_at: datetime
    created_by: Titled | None
    updated_at: datetime
    updated_by: Titled | None
    owner: Titled | None
    deleted_at: datetime | None
    values: Values


class RecordPage(Output):
    """One page of a list; `count` is 10001 for "more than 10000" when it was asked for as `capped`."""

    items: list[Record]
    next_cursor: str | None
    count: int | None


class RelatedRecords(Output):
    """Records of another form that point at this one, through one of their fields."""

    form: str
    field: str
    title: str
    count: int


class RecordAnswer(Record):
    """A record with its buttons, the reader's open tasks on it, the runs around it, and what points at it."""

    actions: list[str] = Field(description="Keys of the buttons that the reader may press now.")
    tasks: list[Task]
    instances: list[InstanceSummary]
    related: list[RelatedRecords]


class RecordInput(Input):
    """Values as the form's schema describes them; problems point into `values`."""

    values: Values


class EvaluationInput(Input):
    """Values that are not saved; `id` is the record they would change."""

    id: UUID | None = None
    values: Values


class FieldState(Output):
    """How a field is to be shown."""

    visible: bool
    required: bool
    read_only: bool


class Evaluation(Output):
    """What a half-filled form comes to."""

    values: Values
    states: dict[str, FieldState]
    violations: list[ProblemSpot]


class ChangeInput(Input):
    """One change of a batch; `version` is the one the writer has seen."""

    action: Literal["create", "update", "delete", "restore"]
    id: UUID | None = None
    version: int | None = None
    values: Values = Field(default_factory=dict)


class BatchInput(Input):
    """Changes that all happen or none."""

    changes: Annotated[list[ChangeInput], Field(min_length=1, max_length=1000)]


class Records(Output):
    """The records that were changed, in the order of the changes."""

    items: list[Record]


class HistoryChange(Output):
    """One field before and after."""

    field: str
    title: str
    before: object
    after: object


class HistoryEntry(Output):
    """One thing that happened to a record."""

    id: int
    at: datetime
    by: Titled | None
    by_platform: bool
    action: str
    version: int | None
    changes: list[HistoryChange]


class History(Output):
    """What happened to a record, newest first."""

    items: list[HistoryEntry]


class BalanceRow(Output):
    """One row of a balance: its dimensions and measures."""

    id: None
    version: None
    title: str
    updated_at: datetime | None
    values: Values


class BalancePage(Output):
    """One page of a balance."""

    items: list[BalanceRow]
    next_cursor: str | None
    count: int | None


class Difference(Output):
    """One row of a balance that is not what its sources add up to."""

    key: Values
    expected: dict[str, str]
    stored: dict[str, str]


class Differences(Output):
    """Rows of a balance that are not what their sources add up to."""

    items: list[Difference]


class File(Output):
    """An uploaded file."""

    id: UUID
    name: str
    title: str
    content_type: str
    size: int

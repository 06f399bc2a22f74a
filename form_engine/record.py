"""What goes into and comes out of the records service: changes, records, queries, pages.

Owns only shapes. Values of a `Record` are *stored* values (Decimal, str, bool, date, aware datetime, UUID, lists of
these; a sub-table is a list of row mappings with an `id`), never JSON; `values` turns them into what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from engine.errors import Violation

Action = Literal["create", "update", "delete", "restore"]
Count = Literal["none", "capped", "exact"]

#: The fields every form has beside its own; they are read, filtered and sorted by, and never written by input.
SYSTEM_FIELDS = ("id", "version", "created_at", "created_by", "updated_at", "updated_by", "owner")

#: Largest number a capped count tells; one more means "more than this".
COUNT_CAP = 10_000
LIMIT_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One intended change of one record.

    id      -- the record; for `create` None, or the id to give (an import's stable id).
    values  -- JSON input: only what is to change; null clears.
    version -- the version the writer has seen; None writes over whatever is there (flows do, people do not).
    pointer -- where `values` stand in what was sent, the prefix of every violation: `#/changes/3/values`.
    """

    action: Action
    id: UUID | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    pointer: str = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as it is stored."""

    form: str
    id: UUID
    version: int
    created_at: datetime | None
    created_by: UUID | None
    updated_at: datetime | None
    updated_by: UUID | None
    owner: UUID | None
    deleted_at: datetime | None = None
    values: Mapping[str, Any]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a list is asked for.

    filter -- an expression over the form's fields, `user` included.
    search -- words looked for in the form's text fields and in the titles of the records it points to.
    sort   -- `-order_date,number`; a minus sorts downwards; empty values come last both ways.
    cursor -- the `next_cursor` of the page before, for the same sort.
    fields -- the fields to read; None is all.
    count  -- `capped` counts up to 10,000 (`COUNT_CAP`), `exact` to the end.
    bin    -- the recycle bin's records in place of the living ones.
    """

    filter: str | None = None
    search: str | None = None
    sort: str | None = None
    limit: int = 50
    cursor: str | None = None
    fields: Sequence[str] | None = None
    count: Count = "none"
    bin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list; `count` is None when it was not asked for, and `COUNT_CAP + 1` for "more than the cap"."""

    items: tuple[Record, ...]
    next_cursor: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a half-filled form comes to: computed values (JSON), the state of each field, what is wrong so far.

    states -- pointer (`#/contract`, `#/lines/0/discount`) -> {"visible", "required", "read_only"}.
    """

    values: Mapping[str, Any]
    states: Mapping[str, Mapping[str, bool]]
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A form whose records point at a given record: through which field, and how many the actor may see."""

    form: str
    field: str
    count: int

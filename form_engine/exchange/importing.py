"""Records out of a sheet: plan, preview, and the import itself, batch by batch.

Owns the order of things for one file: header → columns → rows → what they mean → `records.apply`. Everything happens in
the caller's transaction and through the one path by which records change: same rights, checks, rules, formulas,
balances, events and flows as typing. Leaves files, jobs and progress to `runs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, Violation
from engine.rows import meanwhile
from form_engine import forms
from form_engine.changing import writing
from form_engine.definition import Field, Form
from form_engine.exchange import columns as places
from form_engine.exchange import items as rows
from form_engine.exchange import sheets, trials
from form_engine.exchange.ahead import Ahead
from form_engine.exchange.cells import Raw
from form_engine.exchange.columns import Column, Place
from form_engine.exchange.items import Item, RowError
from form_engine.exchange.lookups import Lookups, is_key
from form_engine.exchange.sheets import Line
from form_engine.querying import filters
from form_engine.record import Record

Mode = Literal["create", "update", "both"]

#: Most records of a batch: what is asked of the database once a batch is asked the less often, the more there are.
BATCH = 2000
#: Records of the first batch, and of every one of very wide rows; each other one holds twice as many as the one before.
_FIRST = 1000
#: So many cells a batch holds at most where that is more than the first one's records.
_CELLS = 24_000
#: Wrong rows after which the rest of the file is not looked at.
MOST_FAILED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person wants done with a file.

    mapping -- header -> field (`customer`, `lines.product`, `id`), None for nowhere; the rest is matched by itself.
    mode    -- new records, changes of records, or whichever a row is.
    key     -- the field that tells records apart, `id` or a unique one; needed unless everything is new.
    partial -- the rows that are right are written even where others are wrong.
    """

    mapping: Mapping[str, str | None] | None = None
    mode: Mode = "create"
    key: str | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A file's columns, settled for one form."""

    form: Form
    header: tuple[Raw, ...]
    columns: tuple[Column, ...]
    key: Place | None
    options: Options
    total: int | None


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What an import came to so far; `read` counts lines, everything else records."""

    read: int = 0
    created: int = 0
    updated: int = 0
    failed: int = 0
    errors: list[RowError] = field(default_factory=list)
    failed_lines: set[int] = field(default_factory=set)
    is_cut_short: bool = False


#: Called after each batch; raises to stop.
Watch = Callable[[Outcome], None]


@contextmanager
def planned(
    session: Session, actor: Actor, form_name: str, path: Path, options: Options
) -> Iterator[tuple[Plan, Iterator[Line]]]:
    """Give the plan for a file and the lines behind its header.

    Raises `NotFound`, `NotAllowed`, and `InvalidInput` at `#/file`, `#/mapping`, `#/key`.
    """
    form = forms.get(session, form_name)
    grant = filters.require(session, actor, form, "import")
    if options.mode in {"create", "both"}:
        filters.require(session, actor, form, "create")
    if options.mode in {"update", "both"}:
        filters.require(session, actor, form, "update")
    with sheets.opened(path) as sheet:
        lines = sheet.lines
        first = next(lines, None)
        if first is None:
            raise sheets.refused("sheet_empty")
        columns = places.mapped(form, grant.fields, first[1], options.mapping, session.time_zone)
        key = _key(form, columns, options)
        plan = Plan(
            form=form, header=tuple(first[1]), columns=tuple(columns), key=key, options=options, total=sheet.total
        )
        yield plan, lines


def _key(form: Form, columns: Sequence[Column], options: Options) -> Place | None:
    if options.mode == "create":
        return None
    key = options.key or places.ID
    found = next((column.place for column in columns if column.place.path == key), None)
    one: Field | None = form.fields.get(key)
    code = None
    if key != places.ID and (one is None or not is_key(one)):
        code = "import_key_not_unique"
    elif found is None:
        code = "import_key_not_mapped"
    if code is not None:
        title = "ID" if key == places.ID else one.title if one is not None else key[:120]
        raise InvalidInput(violations=[Violation(pointer="#/key", code=code, params={"field": title})])
    return found


def run(session: Session, actor: Actor, plan: Plan, lines: Iterator[Line], watch: Watch) -> Outcome:
    """Import the lines; return what came of them. The caller takes back what must not stay.

    Rows that are wrong are left out and noted; the search for them ends at `MOST_FAILED`.
    """
    outcome = Outcome()
    _refuse_useless(plan)
    lookups = Lookups(session=session, actor=actor, form=plan.form)
    most = min(BATCH, max(_FIRST, _CELLS // len(plan.columns)))
    found = rows.read(lines, plan.columns, plan.key.path if plan.key else None)
    items = Ahead(found, most, _preparation(session, actor, plan, lookups))
    seen: dict[str, int] = {}
    with meanwhile(session, items.read_some):
        for size in _sizes(most):
            batch = list(islice(items, size))
            if not batch:
                break
            done = step(session, actor, plan, lookups, batch, seen)
            _count(outcome, batch, done)
            watch(outcome)
            if outcome.failed >= MOST_FAILED:
                outcome.is_cut_short = True
                break
    if outcome.read == 0:
        raise sheets.refused("sheet_without_rows")
    return outcome


def _preparation(session: Session, actor: Actor, plan: Plan, lookups: Lookups) -> Callable[[Sequence[Item]], None]:
    """Return what says of items ahead of their batch what they mean and come to, as far as that is known by then."""
    read = writing.read_plainly(session, actor, plan.form)

    def prepare(items: Sequence[Item]) -> None:
        for item in lookups.resolve_known(items, plan.columns):
            if plan.options.mode == "create" and not item.errors:
                item.reading = read(item.sent())

    return prepare


def _sizes(most: int) -> Iterator[int]:
    """Yield how many records each batch has: few at first, so that one soon sees how it goes."""
    size = min(_FIRST, most)
    while True:
        yield size
        size = min(2 * size, most)


def _count(outcome: Outcome, batch: Sequence[Item], done: Sequence[tuple[Item, Record]]) -> None:
    outcome.created += sum(item.action == "create" for item, _ in done)
    outcome.updated += sum(item.action == "update" for item, _ in done)
    for item in batch:
        outcome.read += len(item.lines)
        if item.errors:
            outcome.failed += 1
            outcome.errors += item.errors
            outcome.failed_lines.update(item.lines)


def _refuse_useless(plan: Plan) -> None:
    if not any(column.place.is_input for column in plan.columns):
        raise InvalidInput(violations=[Violation(pointer="#/mapping", code="import_no_columns")])


def step(
    session: Session, actor: Actor, plan: Plan, lookups: Lookups, batch: Sequence[Item], seen: dict[str, int]
) -> list[tuple[Item, Record]]:
    """Apply one batch; return what was done. `seen` holds the keys of earlier rows with their lines."""
    lookups.resolve(batch, plan.columns)
    if plan.key is not None:
        _refuse_repeated(plan.key, batch, seen)
        lookups.identify(batch, plan.key.field, plan.options.mode)
    return trials.apply(session, actor, plan.form.name, batch)


def _refuse_repeated(key: Place, batch: Sequence[Item], seen: dict[str, int]) -> None:
    for item in batch:
        if item.key is None:
            continue
        earlier = seen.setdefault(str(item.key), item.lines[0])
        if earlier != item.lines[0]:
            title = places.key_title(key)
            item.refuse("import_key_twice", path=key.path, field=title, value=str(item.key)[:100], first=earlier)

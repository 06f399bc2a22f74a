"""The balances service: running totals kept in the same transaction as the records that feed them.

Owns feeding (called by `writing`, once a batch), checks, reading, publication, `verify` and `rebuild`. A check holds
under concurrency because the one statement that adds also locks the row and returns what it became: of two who want the
last piece the second waits, sees nothing left, and is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine import definitions, expressions
from engine.actor import SYSTEM, Actor
from engine.db import Session
from engine.errors import Conflict, Violation
from engine.texts import localized
from form_engine import values
from form_engine.balancing import balance_totals
from form_engine.balancing.balance import Balance, Check, find, get
from form_engine.balancing.balance_publication import BALANCE_KIND, Difference, publish, rebuild, retire, verify
from form_engine.balancing.balance_totals import Total
from form_engine.definition import Field, Form
from form_engine.documents.expand import expand_property
from form_engine.evaluating import loading, rules
from form_engine.querying import filters, pages, record_titles
from form_engine.record import Page, Query, Record

__all__ = [
    "BALANCE_KIND", "Difference", "ensure", "fed_by", "feed", "find", "get", "is_something", "list_page", "publish",
    "rebuild", "retire", "schema", "show", "verify",
]  # fmt: skip

#: (pointer of the change, before, after) in evaluation values.
Fed = tuple[str, Mapping[str, Any] | None, Mapping[str, Any] | None]


# --- feeding ---------------------------------------------------------------------------------------------------------


def feed(session: Session, form: Form, changes: Sequence[Fed]) -> None:
    """Add what changed records of a form take from and give to every balance: one statement a balance.

    Balances are taken in the order of their names, keys in a fixed order inside each.
    Raises `Conflict("balance_refuses")` when a touched row breaks a check.
    """
    for name in fed_by(session, form.name):
        one = get(session, name)
        pairs = [(before, after) for _, before, after in changes]
        amounts = balance_totals.deltas(one, form.name, pairs, expressions.at(session.now, session.time_zone))
        if not amounts:
            continue
        for total in balance_totals.apply(session, one, amounts, session.now):
            for check in one.checks:
                if not _is_met(session, one, check, total):
                    raise _refusal(session, one, check, total, form, changes)


def fed_by(session: Session, form: str) -> tuple[str, ...]:
    """Return the names of the balances that records of the form feed, in the order in which they are fed."""
    catalog = definitions.catalog(session)

    def build() -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for definition in catalog.list("balances"):
            for source in dict.fromkeys(source["form"] for source in definition.document["sources"]):
                found[source].append(definition.name)
        return {source: tuple(sorted(names)) for source, names in found.items()}

    return catalog.compiled("form_engine.balances.sources", "*", build).get(form, ())


def _is_met(session: Session, one: Balance, check: Check, total: Total) -> bool:
    names: dict[str, Any] = dict(zip(one.measures, total.amounts, strict=True))
    names.update(expressions.at(session.now, session.time_zone))
    for name, value in zip(one.by, total.key, strict=True):
        names[name] = loading.value(one.form.fields[name], value)
    return not rules.holds(check.when, names) or rules.holds(check.check, names)


def _refusal(
    session: Session, one: Balance, check: Check, total: Total, form: Form, changes: Sequence[Fed]
) -> Conflict:
    """Return the refusal: the check's message, which row, its numbers, and the changes that touched it."""
    record = _record(one, total)
    title = _titled(session, SYSTEM, one, [record])[0].title
    numbers = ", ".join(
        f"{localized(one.form.fields[name].title, 'zh-CN')} {amount:f}"
        for name, amount in zip(one.measures, total.amounts, strict=True)
    )
    message = check.message or f"{check.key}"
    params = {"balance": one.title, "message": message, "key": title, "numbers": numbers, "check": check.key}
    here = expressions.at(session.now, session.time_zone)
    spots = [
        Violation(pointer=at, code="balance_refuses", params=params)
        for at, before, after in changes
        if total.key in balance_totals.deltas(one, form.name, [(before, after)], here)
    ]
    amounts = {name: f"{amount:f}" for name, amount in zip(one.measures, total.amounts, strict=True)}
    return Conflict("balance_refuses", violations=spots, **params, name=one.name, amounts=amounts)


def ensure(session: Session, name: str, keys: Sequence[Mapping[str, Any]]) -> list[Total]:
    """Make sure there is a row for each key (dimension -> stored value), and lock the rows until the transaction ends.

    Whoever then reads the rows knows that they stay true until commit.
    """
    one = get(session, name)
    wanted = {tuple(key.get(dimension) for dimension in one.by): [Decimal(0)] * len(one.measures) for key in keys}
    return balance_totals.apply(session, one, wanted, session.now) if wanted else []


# --- reading ---------------------------------------------------------------------------------------------------------


def list_page(session: Session, actor: Actor, name: str, query: Query) -> Page:
    """Return one page of a balance's rows, as of a form's list; rows whose measures are all zero are left out."""
    one = get(session, name)
    grant = filters.require(session, actor, one.form, "view")
    found, _ = pages.page(session, actor, one.form, grant, query, is_something(session, name))
    return replace(found, items=tuple(_titled(session, actor, one, found.items)))


def is_something(session: Session, name: str) -> sa.ColumnElement[bool]:
    """Return the condition that a row of the balance has a measure that is not zero."""
    one = get(session, name)
    return sa.or_(*(one.form.table.c[measure] != 0 for measure in one.measures))


def show(session: Session, actor: Actor, name: str, records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return rows as the API gives them: like records, with `id` null."""
    one = get(session, name)
    grant = filters.grant(session, actor, one.form)
    titles = record_titles.titles(session, actor, _targets(one, records))
    return [
        {
            "id": None,
            "version": None,
            "title": row.title,
            "updated_at": values.instant(row.updated_at),
            "values": values.show(
                one.form,
                row.values,
                access=grant.fields,
                titles=titles,
                keys=[key for key in one.form.fields if key in row.values],
            ),
        }
        for row in records
    ]


def schema(session: Session, actor: Actor, name: str) -> dict[str, Any]:
    """Return the balance as a form's expanded schema, without what is hidden from the actor."""
    one = get(session, name)
    grant = filters.require(session, actor, one.form, "view")
    shown = {key: field for key, field in one.form.fields.items() if grant.fields.get(key) != "hidden"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": one.name,
        "title": localized(one.title, actor.language),
        "type": "object",
        "properties": {key: _property(field, actor.language) for key, field in shown.items()},
        "x-form": {"record_title": "", "rules": [], "layout": [], "actions": [], "views": []},
        "x-grant": {
            "actions": ["view"],
            "fields": {key: item for key, item in grant.fields.items() if item != "hidden"},
        },
    }


def _property(field: Field, language: str) -> dict[str, Any]:
    options = dict(field.options)
    if "options" in options:
        options["options"] = [
            {**choice, "title": localized(choice["title"], language)} for choice in options["options"]
        ]
    written = {"title": localized(field.title, language), "x-field": {"type": field.type.name, **options}}
    return expand_property(field.key, written, is_required=False) | {"readOnly": True}


def _record(one: Balance, total: Total) -> Record:
    held = dict(zip((*one.by, *one.measures), (*total.key, *total.amounts), strict=True))
    return Record(
        form=one.name, id=UUID(int=0), version=0, created_at=None, created_by=None, updated_at=None, updated_by=None,
        owner=None, values=held,
    )  # fmt: skip


def _targets(one: Balance, records: Iterable[Record]) -> dict[str, set[UUID]]:
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for record in records:
        for _, to, key, _ in values.ids_in(one.form.fields.values(), record.values):
            wanted[to].add(key)
    return wanted


def _titled(session: Session, actor: Actor, one: Balance, records: Sequence[Record]) -> list[Record]:
    """Return the rows with a title made of their dimensions: `轴承 · 主仓库`."""
    titles = record_titles.titles(session, actor, _targets(one, records))
    result = []
    for record in records:
        shown = values.show(one.form, record.values, access={}, titles=titles, keys=one.by)
        texts = [value["title"] if isinstance(value, dict) else value for value in shown.values() if value is not None]
        result.append(replace(record, title=" · ".join(str(text) for text in texts if text != "")))
    return result

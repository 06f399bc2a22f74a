"""What an import would do, shown before it does it: the first rows, tried and taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from engine.actor import Actor
from engine.db import Session
from engine.files import FileRef
from form_engine.definition import Form
from form_engine.exchange import cells, importing
from form_engine.exchange import items as rows
from form_engine.exchange.cells import Raw
from form_engine.exchange.columns import Place, places
from form_engine.exchange.importing import Options, Plan
from form_engine.exchange.items import Item, RowError
from form_engine.exchange.lookups import Lookups, is_key
from form_engine.exchange.sheets import Line
from form_engine.querying import filters

#: Rows that are tried; the first ones are shown, and of the others those that are wrong.
TRIED = 200
SHOWN = 20
_MOST_SHOWN = 100


def preview(
    session: Session, actor: Actor, form_name: str, ref: FileRef, path: Path, options: Options
) -> dict[str, Any]:
    """Return, as JSON, how the columns are matched and what becomes of the first rows; nothing stays of it."""
    with importing.planned(session, actor, form_name, path, options) as (plan, lines):
        kept: dict[int, list[Raw]] = {}
        items = list(islice(rows.read(_kept(lines, kept), plan.columns, plan.key.path if plan.key else None), TRIED))
        _try(session, actor, plan, items)
    shown = [item for index, item in enumerate(items) if index < SHOWN or item.errors][:_MOST_SHOWN]
    titles = {
        place.path: place.title(actor.language) for place in places(plan.form, _access(session, actor, plan.form))
    }
    return {
        "file": {"id": str(ref.id), "name": ref.name, "size": ref.size},
        "columns": _columns(plan, kept, actor.language),
        "fields": [_offered(place, actor.language) for place in places(plan.form, _access(session, actor, plan.form))],
        "rows": [_row(item, kept, len(plan.header), titles, actor.language) for item in shown],
        "tried": len(items),
        "failed": sum(bool(item.errors) for item in items),
        "rows_total": None if plan.total is None else max(plan.total - 1, len(kept)),
    }


def _access(session: Session, actor: Actor, form: Form) -> Mapping[str, str]:
    return filters.grant(session, actor, form).fields


def _kept(lines: Iterator[Line], kept: dict[int, list[Raw]]) -> Iterator[Line]:
    for number, line in lines:
        kept[number] = line
        yield number, line


def _try(session: Session, actor: Actor, plan: Plan, items: Sequence[Item]) -> None:
    """Apply the rows and take them back; what is wrong stands in their errors."""
    savepoint = session.connection.begin_nested()
    try:
        lookups = Lookups(session=session, actor=actor, form=plan.form)
        importing.step(session, actor, plan, lookups, items, {})
    finally:
        savepoint.rollback()


def _columns(plan: Plan, kept: Mapping[int, Sequence[Raw]], language: str) -> list[dict[str, Any]]:
    found = {column.index: column.place for column in plan.columns}
    return [
        {
            "index": index,
            "header": cells.text(header),
            "field": found[index].path if index in found else None,
            "title": found[index].title(language) if index in found else None,
            "sample": next((cells.text(line[index]) for line in kept.values() if _has(line, index)), ""),
        }
        for index, header in enumerate(plan.header)
        if not cells.is_blank(header)
    ]


def _has(line: Sequence[Raw], index: int) -> bool:
    return index < len(line) and not cells.is_blank(line[index])


def _offered(place: Place, language: str) -> dict[str, Any]:
    one = place.field
    return {
        "path": place.path,
        "title": place.title(language),
        "is_required": bool(one and one.required and place.is_input and one.default is None),
        "is_input": place.is_input,
        "is_key": place.table is None and (one is None or is_key(one)),
    }


def _row(
    item: Item, kept: Mapping[int, Sequence[Raw]], width: int, titles: Mapping[str, str], language: str
) -> dict[str, Any]:
    line = kept[item.lines[0]]
    return {
        "line": item.lines[0],
        "lines": len(item.lines),
        "action": item.action,
        "cells": [cells.text(line[index]) if _has(line, index) else "" for index in range(width)],
        "errors": [shown_error(error, titles, language) for error in item.errors],
    }


def shown_error(error: RowError, titles: Mapping[str, str], language: str) -> dict[str, Any]:
    """Return an error as JSON, with the column's title."""
    return {
        "line": error.line,
        "field": error.path,
        "title": titles.get(error.path, error.path),
        "code": error.code,
        "detail": error.detail(language),
    }

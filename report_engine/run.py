"""Runs a report for a reader: rights, limits, the statement, the result.

Owns the refusal of fields that the reader may not see. Leaves the statement to `query` and how a result is shown to
`results`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from engine import permissions
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, NotAllowed, Violation, pointer
from engine.texts import LocalizedText, localized
from report_engine import results
from report_engine.definition import Aggregate, Path, Report, Request
from report_engine.querying import conditions, dataset, limits, plan, query
from report_engine.querying.dataset import of_rows
from report_engine.querying.query import Query
from report_engine.querying.source import Source
from report_engine.results import Result


def run(session: Session, actor: Actor, report: Report, request: Request | None = None) -> Result:
    """Return the report's rows, subtotals and totals as `actor` may see them.

    One statement, and one more for each form or platform table that titles come from.
    Raises `NotAllowed` naming fields the reader may not see, `InvalidInput` for a request that cannot be or a run that
    takes too long.
    """
    request = request or Request()
    found, most = _fetched(session, actor, report, request, is_export=False)
    return results.result(session, actor, report, request, found, most)


def run_whole(session: Session, actor: Actor, report: Report, request: Request) -> Result:
    """Return the same with as many groups as a sheet gets."""
    found, most = _fetched(session, actor, report, request, is_export=True)
    return results.result(session, actor, report, request, found, most)


def _fetched(
    session: Session, actor: Actor, report: Report, request: Request, *, is_export: bool
) -> tuple[Sequence[sa.Row[Any]], int]:
    require_readable(session, actor, report)
    require_known(session, actor, report, request)
    most = query.limit(report, request.limit, is_export=is_export)

    def build(reader: Actor) -> plan.Statement:
        of = Source(session, reader, report, request, plan.NOW)
        return Query(of, request.sort, most).statement()

    values = plan.parameters(session, actor) | conditions.bound(session, report, request)
    statement = plan.prepared(session, actor, report, "export" if is_export else "run", request, build)
    with limits.kept(session):
        return statement.run(session, values), most


def require_readable(session: Session, actor: Actor, report: Report) -> None:
    """Refuse a report over fields hidden from the reader, or masked, here or along a relation: silence would mislead."""
    permissions.require(permissions.grant(session, actor, report.form.name), "view", title=report.form.title)
    closed = closed_fields(session, actor, report)
    if closed:
        raise NotAllowed("report_fields_closed", fields=[localized(title, actor.language) for title in closed])


def closed_fields(session: Session, actor: Actor, report: Report) -> list[LocalizedText]:
    """Return the titles of what stands on fields the reader may not see: dimensions, measures, conditions."""
    found: list[LocalizedText] = []
    for title, path in _paths(report):
        if dataset.is_closed(session, actor, report.form, path) and title not in found:
            found.append(title)
    return found


def _paths(report: Report) -> Iterator[tuple[LocalizedText, Path]]:
    for one in report.dimensions:
        yield one.title, one.path
    for measure in report.aggregates:
        yield from _paths_of(report, measure)
    for path in report.filter.paths if report.filter is not None else ():
        if path[0] != "user":
            yield ".".join(path), of_rows(path, report.rows)
    if report.period is not None:
        yield ".".join(report.period.path), report.period.path


def _paths_of(report: Report, measure: Aggregate) -> Iterator[tuple[LocalizedText, Path]]:
    if measure.path is not None:
        yield measure.title, measure.path
    for path in measure.filter.paths if measure.filter is not None else ():
        if path[0] != "user":
            yield measure.title, of_rows(path, report.rows)


def require_known(session: Session, actor: Actor, report: Report, request: Request) -> None:
    """Refuse filters over fields that are not there or closed to the reader, and a sort that the report does not have."""
    spots: list[Violation] = []
    for place, one in enumerate(request.filters):
        found = dataset.member(report.form, one.path)
        at = pointer("filters", place, "field")
        params = {"field": ".".join(one.path), "form": report.form.title}
        if found is None or dataset.is_row_list(found):
            spots.append(Violation(pointer=at, code="report_field_unknown", params=params))
        elif dataset.is_closed(session, actor, report.form, one.path):
            spots.append(Violation(pointer=at, code="field_not_filterable", params=params))
    keys = {each.key for each in (*report.dimensions, *report.measures)}
    for place, order in enumerate(request.sort or ()):
        if order.key not in keys:
            params = {"key": order.key}
            spots.append(Violation(pointer=pointer("sort", place), code="report_sort_unknown", params=params))
    if request.period is not None and report.period is None:
        spots.append(Violation(pointer="#/period", code="report_without_period"))
    if spots:
        raise InvalidInput(violations=spots)

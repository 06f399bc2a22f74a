"""The aggregates of one set of groups, made of the rows or smaller groups of a source.

Sums and counts of rows are made in one pass. What is taken once in a group (`Source.taken`: records beside their rows,
distinct values) is first put into a hash without its doubles, which PostgreSQL does in a fraction of the time that its
`count(DISTINCT …)` needs to sort every row, and then joins the other aggregates group by group.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from report_engine.definition import Earlier
from report_engine.querying import measures
from report_engine.querying.measures import Element
from report_engine.querying.source import Source

#: Whether a group is there in the present period.
PRESENT = "present"
#: An aggregate by its place, and the period that it is of.
_Number = tuple[int, Earlier | None]


def name(place: int, to: Earlier | None) -> str:
    """Return the column of an aggregate by its place, in the present period (None) or an earlier one."""
    return f"a{place}" if to is None else f"a{place}_{to}"


def aggregated(of: Source, source: sa.FromClause, keys: Sequence[str], *, is_finest: bool) -> sa.Select[Any]:
    """Return the aggregates of each group: its keys by their names, then a column an aggregate and period.

    is_finest -- the groups are those that the source was made with.

    Without a range there is a column `present`, too: false where only the shift of earlier periods made the group.
    """
    if is_finest and of.is_unique:
        finished = [
            measures.finished(one, of.parts(source, place)).label(name(place, None))
            for place, one in enumerate(of.report.aggregates)
        ]
        return sa.select(*(source.c[key] for key in keys), *finished)
    numbers = [(place, to) for place in range(len(of.report.aggregates)) for to in (None, *of.earlier)]
    once = [number for number in numbers if of.is_once(of.report.aggregates[number[0]])]
    branches = [_taken_once(of, source, keys, numbers, number) for number in once]
    if len(once) < len(numbers) or of.is_open:
        branches.insert(0, _in_one_pass(of, source, keys, numbers))
    return branches[0] if len(branches) == 1 else _joined(of, keys, numbers, branches)


def present(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Return the groups that are there in the present period."""
    if PRESENT not in statement.selected_columns:
        return statement
    every = statement.subquery("every")
    return sa.select(*(column for column in every.c if column.key != PRESENT)).where(every.c[PRESENT])


def _in_one_pass(of: Source, source: sa.FromClause, keys: Sequence[str], numbers: Sequence[_Number]) -> sa.Select[Any]:
    """Return what is added up or counted row by row; columns of what is taken once are empty."""
    groups = [source.c[key] for key in keys]
    columns = [
        (_nothing(of, one) if of.is_once(of.report.aggregates[one[0]]) else of.number(source, *one)).label(name(*one))
        for one in numbers
    ]
    if of.is_open and keys:
        columns.append(of.has_present(source).label(PRESENT))
    return _grouped(sa.select(*groups, *columns).select_from(source), groups)


def _taken_once(
    of: Source, source: sa.FromClause, keys: Sequence[str], numbers: Sequence[_Number], made: _Number
) -> sa.Select[Any]:
    """Return one aggregate of every group, what it counts or adds up taken once; the other columns are empty."""
    taken = [element.label(f"t{place}") for place, element in enumerate(of.taken(source, *made))]
    rows = sa.select(*(source.c[key] for key in keys), *taken).distinct().subquery("taken")
    number = measures.once(of.report.aggregates[made[0]], rows.c[taken[-1].name])
    groups = [rows.c[key] for key in keys]
    columns = [(number if one == made else _nothing(of, one)).label(name(*one)) for one in numbers]
    if of.is_open and keys:
        columns.append(sa.false().label(PRESENT))
    return _grouped(sa.select(*groups, *columns).select_from(rows), groups)


def _joined(
    of: Source, keys: Sequence[str], numbers: Sequence[_Number], branches: Sequence[sa.Select[Any]]
) -> sa.Select[Any]:
    """Return the groups of all branches as one line each: a column has a number in one of them at the most."""
    every = sa.union_all(*branches).subquery("branches")
    groups = [every.c[key] for key in keys]
    columns = [sa.func.max(every.c[name(*one)]).label(name(*one)) for one in numbers]
    if of.is_open and keys:
        columns.append(sa.func.bool_or(every.c[PRESENT]).label(PRESENT))
    return _grouped(sa.select(*groups, *columns), groups)


def _grouped(statement: sa.Select[Any], keys: Sequence[Element]) -> sa.Select[Any]:
    return statement.group_by(*keys) if keys else statement


def _nothing(of: Source, number: _Number) -> Element:
    """Return an empty number; what is added up row by row has its type from the branch that does so, the first one."""
    is_once = of.is_once(of.report.aggregates[number[0]])
    return sa.cast(sa.null(), sa.Numeric()) if is_once else sa.null()

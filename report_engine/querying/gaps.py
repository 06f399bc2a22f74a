"""Spans of time in which nothing was, put between those in which something was: a line must not jump over an April.

Counts and sums of such a span are 0, everything else of it is empty; what is calculated from them, conditions on groups,
order and limit come after, and know no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from report_engine.definition import Bucket
from report_engine.querying import groups, periods
from report_engine.querying.groups import PRESENT
from report_engine.querying.measures import Element
from report_engine.querying.source import Source

_ZERO: Final[Element] = sa.literal_column("0", sa.Numeric())
_ADDED: Final = frozenset({"count", "count_distinct", "sum"})


def filled(of: Source, sparse: sa.Select[Any], place: int, keys: Sequence[str], most: int) -> sa.Select[Any]:
    """Return the groups of `sparse`, and one for each span of the dimension at `place` that it leaves out.

    keys -- the columns that `sparse` is grouped by. Beside other dimensions each of their groups gets every span.
    most -- where it would come to more groups than these, gaps are left.

    From the first span to the last one that has anything; of a report's period from its begin to its end, or to today.
    """
    table = sparse.cte(f"sparse_{'_'.join(keys)}")
    day, rest = f"d{place}", [key for key in keys if key != f"d{place}"]
    there = [table.c[PRESENT]] if PRESENT in table.c else []
    bucket = of.report.dimensions[place].bucket
    assert bucket is not None  # noqa: S101 - `faults` lets only gathered dates be filled
    days = _days(of, table.c[day], there, bucket, place, most).cte(f"days_{'_'.join(keys)}")
    sources: list[sa.FromClause] = [days]
    count: Element = sa.select(sa.func.count()).select_from(days).scalar_subquery()
    found: dict[str, Element] = {day: days.c.day}
    if rest:
        others = sa.select(*(table.c[key] for key in rest)).where(*there).distinct().cte(f"beside_{'_'.join(keys)}")
        sources.append(others)
        count = count * sa.select(sa.func.count()).select_from(others).scalar_subquery()
        found |= {key: others.c[key] for key in rest}
    if there:
        found[PRESENT] = sa.true()
    empty = sa.select(*(found.get(column.key, sa.null()).label(column.key) for column in table.c))
    empty = empty.select_from(*sources).where(count <= most)
    every = sa.union_all(sa.select(*table.c), empty).subquery("every")
    whole = sa.select(*(every.c[key] for key in keys), *_numbers(of, every)).group_by(*(every.c[key] for key in keys))
    return whole.having(sa.func.bool_or(every.c[PRESENT])) if there else whole


def _numbers(of: Source, every: sa.FromClause) -> list[Element]:
    """Return the aggregates of a group, which at most one line of it has."""
    found: list[Element] = []
    for place, one in enumerate(of.report.aggregates):
        for to in (None, *of.earlier):
            name = groups.name(place, to)
            number: Element = sa.func.max(every.c[name])
            if one.function in _ADDED:
                number = sa.func.coalesce(number, _ZERO, type_=sa.Numeric())
            found.append(number.label(name))
    return found


def _days(of: Source, day: Element, there: Sequence[Element], bucket: Bucket, place: int, most: int) -> sa.Select[Any]:
    """Return the first day of each span, one more than `most` at the most; none where nothing has a date."""
    first: Element = sa.func.min(day, type_=sa.Date())
    last: Element = sa.func.max(day, type_=sa.Date())
    if of.is_bounded(place):
        first = sa.func.least(first, sa.cast(sa.bindparam("gap_first", type_=sa.Date()), sa.Date()), type_=sa.Date())
        last = sa.func.greatest(last, sa.cast(sa.bindparam("gap_last", type_=sa.Date()), sa.Date()), type_=sa.Date())
    begin = sa.cast(first, sa.DateTime()).label("first")
    ends = sa.select(begin, sa.cast(last, sa.DateTime()).label("last")).where(*there).having(sa.func.count(day) > 0)
    table = ends.subquery("ends")
    step = sa.literal_column(f"interval '{periods.step(bucket)}'", sa.Interval())
    furthest = table.c.first + sa.literal_column(f"interval '{periods.step(bucket, most)}'", sa.Interval())
    until = sa.func.least(table.c.last, furthest, type_=sa.DateTime())
    every = sa.func.generate_series(table.c.first, until, step, type_=sa.DateTime())
    return sa.select(sa.cast(every, sa.Date()).label("day")).select_from(table)

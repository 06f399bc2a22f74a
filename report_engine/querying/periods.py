"""Spans of the calendar: which days a period means today, and which ones came before it. Pure.

Ranges are half open, `[first, end)`, so that a month goes over into the month before without counting its days.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from report_engine.definition import Bucket, Days, Earlier, Span

_MONTHS: dict[Bucket, int] = {"month": 1, "quarter": 3, "year": 12}
_DAYS: dict[Bucket, int] = {"day": 1, "week": 7}
#: A year of whole weeks, so that a week is compared with a week.
_YEAR_OF_WEEKS = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The days from `first` up to and without `end`."""

    first: date
    end: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)


def today(now: datetime, zone: str) -> date:
    """Return the day of an instant by the wall clock of `zone`."""
    return now.astimezone(ZoneInfo(zone)).date()


def begin(day: date, span: Bucket) -> date:
    """Return the first day of the span that holds `day`; weeks begin on Monday (ISO 8601)."""
    if span == "week":
        return day - timedelta(days=day.weekday())
    if span == "day":
        return day
    months = _MONTHS[span]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def moved(day: date, span: Bucket, count: int) -> date:
    """Return the day `count` spans later; the last day of a month where the month is shorter."""
    if span in _DAYS:
        return day + timedelta(days=_DAYS[span] * count)
    months = day.year * 12 + day.month - 1 + _MONTHS[span] * count
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def stretch(period: Span | Days, day: date) -> Stretch:
    """Return the days that a period means on `day`."""
    if isinstance(period, Days):
        return Stretch(first=period.first, end=period.last + timedelta(days=1))
    start = begin(day, period.span)
    first = moved(start, period.span, -(period.count - 1) - period.offset)
    end = moved(start, period.span, 1 - period.offset)
    if period.to_date:
        end = moved(day, period.span, -period.offset) + timedelta(days=1)
    return Stretch(first=first, end=end)


def earlier(period: Span | Days, day: date, to: Earlier, bucket: Bucket | None) -> Stretch:
    """Return the days before a period that it is compared with.

    bucket -- of the dimension that gathers the period's dates: then each group is compared with the group before.
    """
    now = stretch(period, day)
    if to == "previous_year":
        if bucket == "week" or (bucket is None and isinstance(period, Span) and period.span == "week"):
            return _moved(now, "week", -_YEAR_OF_WEEKS)
        return _moved(now, "year", -1)
    if bucket is not None:
        return _moved(now, bucket, -1)
    if isinstance(period, Span):
        return _moved(now, period.span, -period.count)
    return _moved(now, "day", -(now.end - now.first).days)


def shift(to: Earlier, bucket: Bucket) -> str:
    """Return, as an SQL interval, by how much a group's date is later than that of the group it is compared with."""
    if to == "previous_year":
        return f"{_YEAR_OF_WEEKS} weeks" if bucket == "week" else "1 year"
    return step(bucket)


def step(bucket: Bucket, count: int = 1) -> str:
    """Return, as an SQL interval, from one span to the next, or to the one `count` spans later."""
    return f"{3 * count} months" if bucket == "quarter" else f"{count} {bucket}"


def _moved(days: Stretch, span: Bucket, count: int) -> Stretch:
    return Stretch(first=moved(days.first, span, count), end=moved(days.end, span, count))


def midnight(day: date, zone: str) -> datetime:
    """Return the instant at which a day begins in `zone`, aware UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def end_of(day: date, bucket: Bucket) -> date:
    """Return the day after the span that begins with `day`."""
    return moved(day, bucket, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a span is called by: its year, and its number in it (weeks by ISO 8601, whose years begin on a Monday)."""

    year: int
    number: int


def named(day: date, bucket: Bucket) -> Named:
    """Return what the span that begins on `day` is called by."""
    if bucket == "week":
        year, week, _ = day.isocalendar()
        return Named(year=year, number=week)
    return Named(year=day.year, number=(day.month + 2) // 3 if bucket == "quarter" else day.month)


def code(day: date, bucket: Bucket | None) -> str:
    """Return a span by its first day so that texts sort like days: 2026, 2026-Q4, 2026-11, 2026-W47, 2026-11-21."""
    if bucket is None or bucket == "day":
        return day.isoformat()
    name = named(day, bucket)
    ends = {"year": "", "quarter": f"-Q{name.number}", "month": f"-{name.number:02}", "week": f"-W{name.number:02}"}
    return f"{name.year}{ends[bucket]}"

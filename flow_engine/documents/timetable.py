"""When a cron expression is due: pure, in instants of UTC. Built on cronsim, which follows Debian's cron.

A time that the clocks skip in spring (02:30 on that day) is due when they have been put on; one that they show twice in
autumn is due the first time. An expression whose minutes or hours are a star or a step counts by the clock that runs:
every hour stays every hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

FIELDS: Final = 5
#: Windows in which the last moment is looked for, the nearest first: few expressions are due less often than daily.
_WINDOWS: Final = tuple(timedelta(days=days) for days in (2, 40, 400))


def is_cron(text: str) -> bool:
    """Whether `text` is a cron expression of five fields that is due at some time."""
    try:
        return len(text.split()) == FIELDS and next_due(text, "UTC", datetime(2024, 1, 1, tzinfo=UTC)) is not None
    except CronSimError:
        return False


def is_time_zone(name: str) -> bool:
    """Whether `name` is one of the time zones of the IANA database."""
    return name in available_timezones()


def next_due(cron: str, time_zone: str, after: datetime) -> datetime | None:
    """Return the first moment after `after` (aware) at which the expression is due, None where there never is one."""
    return next(_due(cron, time_zone, after), None)


def last_due(cron: str, time_zone: str, first: datetime, until: datetime) -> datetime:
    """Return the last due moment up to `until`; `first` is a due moment not after it."""
    for window in _WINDOWS:
        if first < until - window:
            found = _last_between(cron, time_zone, until - window, until)
            if found is not None:
                return found
    return _last_between(cron, time_zone, first, until) or first


def _last_between(cron: str, time_zone: str, after: datetime, until: datetime) -> datetime | None:
    found = None
    for due in _due(cron, time_zone, after):
        if due > until:
            break
        found = due
    return found


def _due(cron: str, time_zone: str, after: datetime) -> Iterator[datetime]:
    """Yield the due moments after `after`, each later than the one before."""
    last = after
    try:
        for found in CronSim(cron, after.astimezone(ZoneInfo(time_zone))):
            due = found.astimezone(UTC)
            # While an hour is shown for the second time, its first showing is still offered.
            if due > last:
                yield due
                last = due
    except OverflowError:  # past the calendar's end
        return

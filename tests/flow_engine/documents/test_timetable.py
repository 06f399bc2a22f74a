"""When cron expressions are due: in time zones, over the two nights when clocks are changed, and after a long sleep."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flow_engine.documents.timetable import is_cron, is_time_zone, last_due, next_due


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def dues(cron: str, zone: str, after: str, count: int) -> list[str]:
    found, moment = [], at(after)
    for _ in range(count):
        due = next_due(cron, zone, moment)
        assert due is not None
        found.append(due.strftime("%d %H:%M"))
        moment = due
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 8 * * *", True),
        ("*/15 9-17 * * MON-FRI", True),
        ("0 0 L * *", True),
        ("0 0 29 2 *", True),
        ("0 0 31 2 *", False),
        ("* * * * * *", False),
        ("61 * * * *", False),
        ("@daily", False),
        ("", False),
    ],
)
def test_an_expression_has_five_fields_and_is_due_at_some_time(text: str, expected: bool) -> None:
    assert is_cron(text) is expected


def test_a_time_zone_is_one_of_the_iana_database() -> None:
    assert is_time_zone("Asia/Shanghai")
    assert not is_time_zone("Beijing")
    assert not is_time_zone("../etc/passwd")


def test_the_wall_clock_of_the_zone_counts() -> None:
    assert dues("0 8 * * *", "Asia/Shanghai", "2026-11-21 08:00", 2) == ["22 00:00", "23 00:00"]
    assert dues("0 8 * * *", "America/New_York", "2026-10-31 00:00", 2) == ["31 12:00", "01 13:00"]


def test_a_time_that_the_clocks_skip_is_due_when_they_have_been_put_on() -> None:
    # Berlin, 2026-03-29: 02:00 becomes 03:00, which is 01:00 UTC.
    assert dues("30 2 * * *", "Europe/Berlin", "2026-03-27 12:00", 3) == ["28 01:30", "29 01:00", "30 00:30"]


def test_a_time_that_the_clocks_show_twice_is_due_once() -> None:
    # Berlin, 2026-10-25: 03:00 becomes 02:00, which is 01:00 UTC.
    assert dues("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00", 2) == ["25 00:30", "26 01:30"]
    # Asked between the two showings, and in the second.
    assert dues("30 2 * * *", "Europe/Berlin", "2026-10-25 00:45", 1) == ["26 01:30"]
    assert dues("30 2 * * *", "Europe/Berlin", "2026-10-25 01:10", 1) == ["26 01:30"]


def test_every_hour_stays_every_hour() -> None:
    assert dues("0 * * * *", "Europe/Berlin", "2026-10-24 22:30", 4) == ["24 23:00", "25 00:00", "25 01:00", "25 02:00"]
    assert dues("0 * * * *", "Europe/Berlin", "2026-03-28 23:30", 3) == ["29 00:00", "29 01:00", "29 02:00"]


@pytest.mark.parametrize(
    ("cron", "first", "until", "expected"),
    [
        ("0 8 * * *", "2026-11-01 08:00", "2026-11-21 07:59", "2026-11-20 08:00"),
        ("0 8 * * *", "2026-11-01 08:00", "2026-11-01 08:00", "2026-11-01 08:00"),
        ("0 0 1 * *", "2026-01-01 00:00", "2026-11-21 07:59", "2026-11-01 00:00"),
        ("0 0 1 1 *", "2020-01-01 00:00", "2026-11-21 07:59", "2026-01-01 00:00"),
        ("0 0 29 2 *", "2020-02-29 00:00", "2026-11-21 07:59", "2024-02-29 00:00"),
    ],
)
def test_the_last_of_what_was_missed(cron: str, first: str, until: str, expected: str) -> None:
    assert last_due(cron, "UTC", at(first), at(until)) == at(expected)

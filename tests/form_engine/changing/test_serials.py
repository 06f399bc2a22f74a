"""How serial numbers are written."""

from __future__ import annotations

from datetime import datetime

import pytest

from form_engine.changing import serials

AT = datetime(2026, 3, 7, 9)  # noqa: DTZ001 - a local time


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("SO{yyyy}{mm}-{seq:4}", ["SO202603-0009", "SO202603-0010"]),
        ("{seq}", ["9", "10"]),
        ("{yy}{dd}/{seq:1}/x", ["2607/9/x", "2607/10/x"]),
        ("{seq:3}{seq}", ["0099", "01010"]),
        ("{{seq}}{no}", ["{9}{no}", "{10}{no}"]),
    ],
)
def test_writes_numbers_as_the_pattern_says(pattern: str, expected: list[str]) -> None:
    assert list(serials.formatted(pattern, AT, range(9, 11))) == expected

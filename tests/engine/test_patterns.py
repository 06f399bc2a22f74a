"""Patterns of strangers: what is admitted is fast on hostile texts, what explodes is refused."""

from __future__ import annotations

import re
import time

import pytest

from engine.patterns import MAX_TEXT, pattern_problem

ADMITTED = [
    r"^[A-Z]{2}\d{6}$",
    r"^\d+-\d+-\d+$",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    r"^1[3-9]\d{9}$",
    r"^(\d{15}|\d{17}[\dXx])$",
    r"^([a-z]+\.)+[a-z]{2,6}$",
    r"^(?=.*\d)(?=.*[a-z]).{8,64}$",
    r"^[\u4e00-\u9fa5]+$",
    r"^https?://[\w.-]+(:\d+)?(/\S*)?$",
    r"^\s*\S+\s*$",
    r"^(ab)*$",
    r"^[0-9A-F]{8}(-[0-9A-F]{4}){3}$",
]
EXPLODING = [
    r"^(a+)+$",
    r"^(a*)*$",
    r"^(a|aa)*$",
    r"^(a|b|ab)*c$",
    r"^([a-z]+)*$",
    r"^(\w+\s?)*$",
    r"^(.*a){20,}$",
    r"^(a?){50}b$",
    r"^\d+\d+\d+\d+x$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(a+)\1+$",
    r"^((a+)+)$",
    r"^(?:(?:a+))*?$",
]


@pytest.mark.parametrize("pattern", ADMITTED)
def test_admits_patterns_of_everyday_and_they_are_fast(pattern: str) -> None:
    assert pattern_problem(pattern) is None
    expression = re.compile(pattern)
    for text in ("a", "1", "a.", "1-", "@", " ", "中", "ab", "a1", "https://"):
        begun = time.process_time()
        expression.search(text * (MAX_TEXT // len(text) - 1) + "\n!")
        assert time.process_time() - begun < 2


@pytest.mark.parametrize("pattern", EXPLODING)
def test_refuses_patterns_that_explode(pattern: str) -> None:
    assert pattern_problem(pattern) == "pattern_explodes"


def test_refuses_what_is_no_pattern_or_too_long() -> None:
    assert pattern_problem("(") == "pattern_invalid"
    assert pattern_problem("a{2,1}") == "pattern_invalid"
    assert pattern_problem("a" * 501) == "pattern_too_long"

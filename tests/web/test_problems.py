"""Every error of the domain becomes a problem, in both languages, and a fault of ours tells nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import psycopg2
import psycopg2.errors
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from engine.catalog import CatalogMoved
from engine.errors import Conflict, DomainError, InvalidInput, Stale, Violation
from engine.texts import LANGUAGES, catalogue
from web import database_errors, problems


def every_error(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from every_error(below)


@pytest.mark.parametrize("kind", sorted(set(every_error()), key=str))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_domain_error_has_a_status_and_a_title(kind: type[DomainError], language: str) -> None:
    status = problems.status_of(kind.__new__(kind))
    assert 400 <= status < 600
    assert language in catalogue()[f"problem_{status}"]


@pytest.mark.parametrize("status", sorted(set(problems.STATUS.values()) | {500}))
def test_every_status_has_a_title_in_both_languages(status: int) -> None:
    assert set(catalogue()[f"problem_{status}"]) == set(LANGUAGES)


@pytest.mark.parametrize("state", ["42703", "42P01", "40001", "40P01"])
def test_what_a_publication_or_another_writer_upset_is_tried_again(state: str) -> None:
    class Reported(psycopg2.Error):
        pgcode = state

    assert database_errors.may_be_retried(DBAPIError("SELECT 1", {}, Reported()))
    assert database_errors.may_be_retried(CatalogMoved())
    assert not database_errors.may_be_retried(Conflict("task_decided"))


def read(error: Exception, language: str = "en-US") -> tuple[int, dict[str, object], dict[str, str]]:
    response = problems.answer(error, language)
    return response.status_code, json.loads(bytes(response.body)), dict(response.headers)


def test_a_problem_marks_each_spot_in_the_readers_language() -> None:
    error = InvalidInput(violations=[Violation(pointer="#/lines/0/quantity", code="text_not_storable")])
    status, body, headers = read(error, "zh-CN")
    assert status == 422
    assert headers["content-type"] == "application/problem+json"
    assert body == {
        "type": "/problems/invalid_input",
        "title": "内容不符合要求",
        "status": 422,
        "detail": catalogue()["invalid_input"]["zh-CN"],
        "code": "invalid_input",
        "errors": [
            {"pointer": "#/lines/0/quantity", "code": "text_not_storable", "detail": "文字中含有无法保存的字符。"}
        ],
    }


def test_a_stale_edit_carries_what_is_there_now() -> None:
    status, body, _ = read(Stale(current={"version": 4}))
    assert status == 412
    assert body["current"] == {"version": 4}


def test_an_unexpected_error_tells_a_number_that_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="dougong.web"):
        status, body, _ = read(RuntimeError("secret: /etc/passwd"))
    assert status == 500
    assert body["code"] == "unexpected"
    assert "secret" not in json.dumps(body)
    number = str(body["instance"]).removeprefix("urn:uuid:")
    assert number in str(body["detail"])
    assert [number in record.getMessage() for record in caplog.records] == [True]


def reported(kind: type[psycopg2.Error], *, is_lost: bool = False) -> DBAPIError:
    return OperationalError("SELECT 1", {}, kind(), connection_invalidated=is_lost)


@pytest.mark.parametrize(
    ("error", "status", "code", "is_temporary"),
    [
        (PoolTimeout(), 503, "database_busy", True),
        (OperationalError("SELECT 1", {}, psycopg2.OperationalError("server closed")), 503, "database_away", True),
        (reported(psycopg2.InterfaceError, is_lost=True), 503, "database_away", True),
    ],
)
def test_a_database_that_is_away_is_a_503(error: Exception, status: int, code: str, *, is_temporary: bool) -> None:
    found, body, headers = read(error)
    assert (found, body["code"], "retry-after" in headers) == (status, code, is_temporary)


def with_state(state: str) -> DBAPIError:
    original = type("Reported", (psycopg2.Error,), {"pgcode": state})()
    return ProgrammingError("SELECT secret", {}, original)


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("40001", 503, "database_contended"),
        ("40P01", 503, "database_contended"),
        ("55P03", 503, "database_contended"),
        ("57014", 503, "database_too_slow"),
        ("57P01", 503, "database_away"),
        ("53300", 503, "database_away"),
        ("42703", 409, "definition_changed"),
        ("42P01", 409, "definition_changed"),
        ("23505", 409, "duplicate_value"),
        ("23503", 409, "still_referenced"),
        ("22003", 422, "value_not_storable"),
        ("42601", 500, "unexpected"),
    ],
)
def test_what_postgresql_reports_becomes_a_problem(state: str, status: int, code: str) -> None:
    found, body, _ = read(with_state(state))
    assert (found, body["code"]) == (status, code)
    assert "secret" not in json.dumps(body)


def test_conflicts_say_what_to_do() -> None:
    assert read(Conflict("definition_changed"))[1]["detail"] == (
        "A new version of the form was published just now; open it again and retry."
    )

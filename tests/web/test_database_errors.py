"""What PostgreSQL and its driver report, as answers."""

from __future__ import annotations

import psycopg2
import pytest
from sqlalchemy.exc import DBAPIError

from engine.errors import Unavailable
from web import database_errors


@pytest.mark.parametrize("kind", [psycopg2.OperationalError, psycopg2.InterfaceError, psycopg2.DatabaseError])
def test_an_error_without_a_state_is_a_server_that_went_away(kind: type[psycopg2.Error]) -> None:
    error = DBAPIError.instance("SELECT 1", None, kind("error with status PGRES_TUPLES_OK"), psycopg2.Error)
    found = database_errors.translate(error)
    assert isinstance(found, Unavailable)
    assert found.code == "database_away"


@pytest.mark.parametrize("kind", [psycopg2.ProgrammingError, psycopg2.InternalError, psycopg2.NotSupportedError])
def test_a_fault_of_ours_stays_one(kind: type[psycopg2.Error]) -> None:
    error = DBAPIError.instance("SELEC 1", None, kind("a fault"), psycopg2.Error)
    assert database_errors.translate(error) is None

"""Reports as SQL: the statements stand in `tests/golden/reports`, and every one of them runs.

`UPDATE_GOLDEN=1 pytest tests/report_engine/test_query.py` writes them anew; look at the difference before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.db import Session
from report_engine import reports
from report_engine.definition import Report, Request
from report_engine.documents import reading
from report_engine.querying import plan, query
from report_engine.querying.query import Query
from report_engine.querying.source import Source
from tests import demo
from tests.report_engine import statements
from web.platform import Platform

GOLDEN = Path(__file__).parents[1] / "golden" / "reports"


def sql(session: Session, username: str, report: Report) -> str:
    """Return the statement of a report for a reader."""
    reader = plan.reader(demo.actor(session, username))
    built = Query(Source(session, reader, report, Request(), plan.NOW), None, query.limit(report)).statement()
    return plan.finished(built).sql + "\n"


@pytest.mark.parametrize("username", ["director", "sales"])
def test_statements_are_the_golden_ones_and_run(demo_platform: Platform, username: str) -> None:
    with demo_platform.database.unit_of_work() as session:
        admin, reader = demo.actor(session, "admin"), demo.actor(session, username)
        different = []
        for name, changes in statements.CASES.items():
            definition = reports.publish(session, admin, "crm", statements.document(**changes))
            found = sql(session, username, reading.report(session, definition))
            file = GOLDEN / f"{name}.{username}.sql"
            if os.environ.get("UPDATE_GOLDEN") == "1":
                file.write_text(found, "utf-8")
            if found != file.read_text("utf-8"):
                different.append(name)
            reports.run(session, reader, "crm.mine")

        assert different == []

"""Tables against what is published, and every balance against its sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from engine import definitions
from engine.db import Database, Session
from form_engine import balances, forms
from form_engine.storage.tables import type_text
from web.doctor.finding import Finding, fine

_COLUMNS = """
SELECT n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname = any(:schemas)
"""


def look(session: Session) -> Iterator[Finding]:
    """Yield what is found. One statement a balance, as long as its sources are large, and one for all tables."""
    drift = list(_drift(session))
    yield from drift
    if any(finding.code == "table_missing" for finding in drift):
        return  # what is not there adds up to nothing
    names = [definition.name for definition in definitions.catalog(session).list("balances")]
    wrong = [name for name in names if balances.verify(session, name)]
    for name in wrong:
        title = balances.get(session, name).title
        params = {"balance": name, "title": title, "differences": len(balances.verify(session, name))}
        yield Finding(topic="balances", code="balance_differs", params=params, command="dougong doctor --repair")
    if not wrong:
        yield fine("balances", "balances_fine", count=len(names))


def rebuilt(database: Database, finding: Finding) -> Finding:
    """Mend a balance that differs, in a transaction of its own; any other finding stays as it is."""
    if finding.code != "balance_differs":
        return finding
    with database.unit_of_work() as session:
        balances.rebuild(session, str(finding.params["balance"]))
    return replace(finding, is_repaired=True)


def _drift(session: Session) -> Iterator[Finding]:
    tables = dict(_expected(session))
    schemas = sorted({name.partition(".")[0] for name in tables})
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in session.execute(sa.text(_COLUMNS), {"schemas": schemas}):
        found.setdefault(table, {})[column] = kind
    count = 0
    for table, (title, columns) in tables.items():
        there = found.get(table)
        if there is None:
            yield Finding(topic="tables", code="table_missing", params={"table": table, "title": title})
            count += 1
            continue
        for column, kind in columns.items():
            if there.get(column) != kind:
                params = {
                    "column": f"{table}.{column}",
                    "title": title,
                    "wanted": kind,
                    "found": there.get(column, "-"),
                }
                yield Finding(topic="tables", code="column_differs", params=params)
                count += 1
    if not count:
        yield fine("tables", "tables_fine", count=len(tables))


def _expected(session: Session) -> Iterator[tuple[str, tuple[Any, Mapping[str, str]]]]:
    """Yield the tables of every published form and balance, with the type of each column."""
    for form in forms.list_all(session):
        for table in (form.table, *form.children.values()):
            yield f"{table.schema}.{table.name}", (form.title, _types(table))
    for definition in definitions.catalog(session).list("balances"):
        one = balances.get(session, definition.name)
        yield f"{one.form.table.schema}.{one.form.table.name}", (one.title, _types(one.form.table))


def _types(table: sa.Table) -> Mapping[str, str]:
    return {column.name: type_text(column.type).lower().replace(", ", ",") for column in table.columns}

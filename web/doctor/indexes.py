"""Indexes against what the published forms want: those that are missing, broken or otherwise, and those nobody wants.

A database that was installed by an earlier version has the indexes of that version; what a newer one wants besides is
built here, beside the work, and what it no longer wants is taken away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from engine.db import Database, Session
from engine.texts import LocalizedText
from form_engine import forms, publication
from form_engine.storage.tables import Shape, quoted
from web.doctor.finding import Finding, Severity, fine
from web.readiness import first_line

_FOUND: Final = """
SELECT n.nspname, t.relname, c.relname, i.indisvalid AND i.indisready, pg_get_indexdef(i.indexrelid)
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = any(:schemas)
"""
#: Building waits for transactions that began before it; not for ever, should one hang.
_LOCK_TIMEOUT: Final = "10min"
_DUPLICATES: Final = "23505"
_REPAIR: Final = "dougong doctor --repair"
#: How the names of indexes begin that forms have: the platform's own.
_OURS: Final = ("ix_", "uq_")
#: Longer beginnings are cut off before the digest.
_LONGEST_BEGINNING: Final = 54


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """An index as the server has it; `definition` in the words of PostgreSQL."""

    name: str
    is_valid: bool
    definition: str


def look(session: Session) -> Iterator[Finding]:
    """Yield what is found. One statement, and the reading of every form in force."""
    wanted = [
        (forms.get(session, one.name).title, one.app, shapes) for one, shapes in publication.shapes_in_force(session)
    ]
    there: dict[tuple[str, str], dict[str, _Index]] = {}
    schemas = sorted({app for _, app, _ in wanted})
    for app, table, name, is_valid, definition in session.execute(sa.text(_FOUND), {"schemas": schemas}):
        there.setdefault((app, table), {})[name] = _Index(name=name, is_valid=is_valid, definition=definition)
    count, is_fine = 0, True
    for title, app, shapes in wanted:
        for shape in shapes:
            count += len(shape.indexes)
            found = there.get((app, shape.name))
            # A table without its primary key is not there, which is told of elsewhere.
            for finding in _of_table(title, app, shape, found) if found is not None else ():
                is_fine = False
                yield finding
    if is_fine:
        yield fine("indexes", "indexes_fine", count=count)


def _of_table(title: LocalizedText, app: str, shape: Shape, there: Mapping[str, _Index]) -> Iterator[Finding]:
    for name, statement in shape.indexes.items():
        found = there.get(name)
        if found is None:
            code = "index_missing"
        elif not found.is_valid:
            code = "index_broken"
        elif _plain(found.definition) != _plain(statement):
            code = "index_differs"
        else:
            continue
        params = {"index": f"{app}.{name}", "table": f"{app}.{shape.name}", "title": title, "statement": statement}
        # Without it what must be there once may come to be there twice; any other one is only missed by those who wait.
        severity: Severity = "error" if " UNIQUE " in statement else "warning"
        yield Finding(topic="indexes", code=code, severity=severity, params=params, command=_REPAIR)
    beginnings = tuple(f"{kind}{shape.name}_"[:_LONGEST_BEGINNING] for kind in _OURS)
    for name in sorted(there.keys() - shape.indexes.keys()):
        if name.startswith(beginnings):
            params = {"index": f"{app}.{name}", "table": f"{app}.{shape.name}", "title": title, "statement": ""}
            yield Finding(topic="indexes", code="index_surplus", severity="warning", params=params, command=_REPAIR)


def _plain(definition: str) -> str:
    """Return what tells one index from another, out of our statement as out of PostgreSQL's.

    Of a search index that is its name, which has a digest of what it searches: PostgreSQL says that in other words.
    """
    plain = (
        definition.replace('"', "").replace(" USING btree ", " ").replace("(deleted_at IS NULL)", "deleted_at IS NULL")
    )
    head, _, body = plain.partition(" USING gin ")
    return f"{head} USING gin" if "gin_trgm_ops" in body else plain


def built(database: Database, finding: Finding) -> Finding:
    """Mend what `look` found wrong with an index, beside the work of others; tell of it where it cannot be."""
    app, _, name = str(finding.params["index"]).partition(".")
    statement = str(finding.params["statement"]).replace(" INDEX ", " INDEX CONCURRENTLY ", 1)
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {quoted(app, name)}"
    own = database.apart(pool_size=1, settings={"lock_timeout": _LOCK_TIMEOUT})
    with own.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            # What an earlier try left is there by its name, and of no use.
            connection.exec_driver_sql(drop)
            if statement:
                connection.exec_driver_sql(statement)
        except sa.exc.DBAPIError as error:
            connection.exec_driver_sql(drop)
            is_twice = getattr(error.orig, "pgcode", None) == _DUPLICATES
            params = {**finding.params, "reason": first_line(error)}
            code = "index_has_duplicates" if is_twice else "index_not_built"
            return replace(finding, code=code, params=params, command="")
    return replace(finding, is_repaired=True)

"""Statements built once: for a published version, a set of roles and a shape of request; whoever runs it is bound.

Building a statement costs more than many a report takes to run. The reader (`user`), the instant and the values of
filters are parameters, so that one statement serves everybody of the same roles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg2
from sqlalchemy.sql import visitors

from engine import definitions
from engine import prepared as server
from engine.actor import Actor
from engine.db import Session
from report_engine.definition import Choice, Report, Request

#: Stands for the instant of the run; no record is from then.
NOW: Final = datetime(1, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
_ID: Final = uuid4()
_DEPARTMENT: Final = uuid4()
_USERNAME: Final = f"reader {_ID}"
_NAME: Final = f"name of reader {_ID}"
_KEPT: Final = 300


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as text, and the names of the values that it is run with.

    constant -- the same with all its values in it, for PostgreSQL to plan once a connection; None where it depends on
                the reader, the instant or filters.
    """

    sql: str
    text: sa.TextualSelect
    names: frozenset[str]
    constant: server.Prepared | None = None

    def run(self, session: Session, values: Mapping[str, Any]) -> Sequence[sa.Row[Any]]:
        """Return its rows; `values` may hold more than it has a place for."""
        if self.constant is not None:
            return server.run(session, self.constant).fetchall()
        given = {name: value for name, value in values.items() if name in self.names}
        return session.execute(self.text, given).fetchall()


Statement = sa.Select[Any] | sa.CompoundSelect[Any]


def reader(actor: Actor) -> Actor:
    """Return whoever has the actor's rights: who it is stands in the statement as parameters."""
    return replace(
        actor,
        user_id=_ID,
        username=_USERNAME,
        name=_NAME,
        department=_DEPARTMENT,
        departments=frozenset((_DEPARTMENT,)),
    )


def parameters(session: Session, actor: Actor) -> dict[str, Any]:
    """Return the values that the reader and the instant stand for."""
    return {
        "reader_id": actor.user_id,
        "reader_username": actor.username,
        "reader_name": actor.name,
        "reader_department": actor.department,
        "reader_departments": sorted(actor.departments),
        "now": session.now,
    }


def prepared(
    session: Session, actor: Actor, report: Report, kind: str, request: Request, build: Callable[[Actor], Statement]
) -> Prepared:
    """Return the statement that `build` makes for a reader, ready to be run with parameters.

    kind -- which statement of the report; the request's values do not matter, its shape does.
    """
    kept: dict[object, Prepared] = definitions.catalog(session).compiled(
        "report_engine.querying.plan", "statements", dict
    )
    key = (report.name, report.version, kind, _rights(actor), _shape(request))
    found = kept.get(key)
    if found is None:
        found = finished(build(reader(actor)))
        while len(kept) >= _KEPT:
            kept.pop(next(iter(kept)), None)
        kept[key] = found
    return found


def _rights(actor: Actor) -> object:
    scopes = None if actor.token_scopes is None else tuple(sorted(actor.token_scopes))
    return tuple(sorted(actor.roles)), actor.is_administrator, actor.is_platform, scopes


def _shape(request: Request) -> object:
    filters = tuple(
        (one.path, None in one.values, any(value is not None for value in one.values))
        if isinstance(one, Choice)
        else (one.path, one.first is None, one.last is None, "range")
        for one in request.filters
    )
    return request.filter, filters, request.sort, request.limit


def finished(statement: Statement) -> Prepared:
    """Return the statement as text, the reader and the instant as parameters."""
    named = cast("Statement", visitors.replacement_traverse(statement, {}, _parameter))
    compiled = named.compile(dialect=psycopg2.dialect(paramstyle="named"))  # type: ignore[no-untyped-call]
    binds = [
        sa.bindparam(name, bind.value, type_=bind.type, required=bind.required)
        for bind, name in compiled.bind_names.items()
    ]
    types = {f"c{place}": column.type for place, column in enumerate(named.selected_columns)}
    # A name that a cast follows at once would not be taken for one.
    sql = re.sub(r"(?<![:\w]):(\w+)::", r":\1 ::", str(compiled))
    text = sa.text(sql).bindparams(*binds)
    columns = (sa.column(name, kind) for name, kind in types.items())
    constant = None if any(bind.required for bind in compiled.bind_names) else _constant(named)
    return Prepared(sql, text.columns(*columns), frozenset(compiled.bind_names.values()), constant)


def _constant(statement: Statement) -> server.Prepared | None:
    dialect = psycopg2.dialect()  # type: ignore[no-untyped-call]
    try:
        compiled = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    except sa.exc.CompileError:
        return None
    return server.Prepared(text=str(compiled))


def _parameter(element: Any, **_: Any) -> Any:
    if not isinstance(element, sa.BindParameter):
        return None
    value = element.value
    if isinstance(value, UUID):
        name = {_ID: "reader_id", _DEPARTMENT: "reader_department"}.get(value)
    elif isinstance(value, str):
        name = {_USERNAME: "reader_username", _NAME: "reader_name"}.get(value)
    elif isinstance(value, datetime):
        name = "now" if value == NOW else None
    else:
        name = "reader_departments" if value == [_DEPARTMENT] else None
    return None if name is None else sa.bindparam(name, type_=element.type)

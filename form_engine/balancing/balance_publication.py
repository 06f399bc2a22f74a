"""Balances going live, and their bookkeeping: publication, `verify`, `rebuild`.

A balance's table holds nothing that its sources do not say, so a new version is made by computing it anew: where the
dimensions or measures changed the table is made again, and it is always filled from the sources, in the transaction of
the publication, while the sources' tables are closed to writers. Publications of forms and of balances are one after
another, so that the forms stay those against which a balance was checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa

from engine import definitions
from engine.actor import Actor
from engine.catalog import Definition
from engine.db import Session
from engine.errors import InvalidDefinition, Violation, pointer
from form_engine import forms, publication
from form_engine.balancing import balance_checks, balance_totals
from form_engine.balancing.balance import BALANCE_SCHEMA, Balance, get
from form_engine.storage import rehearsals, store
from form_engine.storage.ddl import Phase, Step
from form_engine.storage.tables import UPKEEP, fitted, quoted

#: How long a publication or a rebuild waits for writers before it gives up.
LOCK_SECONDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row of a balance that is not what its sources add up to.

    key              -- dimension -> stored value (ids are UUIDs).
    expected, stored -- measure -> number.
    """

    key: dict[str, Any]
    expected: dict[str, Decimal]
    stored: dict[str, Decimal]


def publish(session: Session, actor: Actor, app: str, documents: Sequence[dict[str, Any]]) -> Sequence[Definition]:
    """Check balances of one app and put them into force together, filled from their sources.

    Raises `InvalidDefinition`; with several documents each pointer begins with the balance's key.
    """
    definitions.require_designer(actor)
    publication.lock(session)
    spots: list[Violation] = []
    for index, document in enumerate(documents):
        prefix = pointer(str(document.get("key", index))) if len(documents) > 1 else "#"
        found = balance_checks.check(session, app, document)
        spots += (Violation(pointer=prefix + one.pointer[1:], code=one.code, params=one.params) for one in found)
    if spots:
        raise InvalidDefinition(violations=spots)
    before = {
        name: definitions.catalog(session).find("balances", name)
        for name in (f"{app}.{one['key']}" for one in documents)
    }
    published = definitions.publish_many(
        session, actor, [definitions.Source("balances", app, document["key"], document) for document in documents]
    )
    definitions.set_references(session, [(one, _references(one)) for one in published])
    for one in published:
        known = before[one.name]
        if known is None or known.version != one.version:
            install(session, get(session, one.name))
    return published


def _references(one: Definition) -> list[definitions.Reference]:
    found = []
    for index, source in enumerate(one.document["sources"]):
        found.append(definitions.Reference("forms", source["form"], None, pointer("sources", index, "form")))
        for part in ("by", "add"):
            for name, text in source[part].items():
                head = text.strip().lstrip("-").strip()
                if head.isidentifier():
                    spot = pointer("sources", index, part, name)
                    found.append(definitions.Reference("forms", source["form"], head, spot))
    return found


def install(session: Session, one: Balance) -> None:
    """Make the balance's table anew and fill it; its sources are closed to writers until the transaction ends."""
    table = one.form.table
    _wait(session)
    _close_sources(session, one)
    columns = ", ".join(
        f"{quoted(name)} {store.type_name(table.c[name])}" + (" NOT NULL DEFAULT 0" if name in one.measures else "")
        for name in (*one.by, *one.measures)
    )
    by = ", ".join(quoted(name) for name in one.by)
    unique = quoted(fitted(f"uq_{table.name}_key"))
    named = store.qualified(table)
    session.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {quoted(str(table.schema))}"))
    session.execute(sa.text(f"DROP TABLE IF EXISTS {named}"))
    key = f"CONSTRAINT {unique} UNIQUE NULLS NOT DISTINCT ({by})"
    system = "id uuid PRIMARY KEY DEFAULT gen_random_uuid(), updated_at timestamptz NOT NULL"
    make = f"CREATE TABLE {named} ({system}, {columns}, {key}) WITH ({UPKEEP})"
    session.execute(sa.text(make))
    publication.note_steps(session, [Step(phase=Phase.TABLE, sql=make)])
    for name in one.by[1:]:
        index = quoted(fitted(f"ix_{table.name}_{name}"))
        session.execute(sa.text(f"CREATE INDEX {index} ON {store.qualified(table)} ({quoted(name)})"))
    _fill(session, one)


def _fill(session: Session, one: Balance) -> None:
    if rehearsals.is_one(session) and rehearsals.is_large(session, map(store.qualified, _sources(session, one))):
        return
    wanted, table = balance_totals.expected(session, one), one.form.table
    names = [*one.by, *one.measures]
    rows = sa.select(*(wanted.c[name] for name in names), sa.literal(session.now, sa.DateTime(timezone=True)))
    is_something = sa.or_(*(wanted.c[name] != 0 for name in one.measures))
    session.execute(
        sa.insert(table).from_select([*names, "updated_at"], rows.where(is_something), include_defaults=False)
    )


def retire(session: Session, actor: Actor, name: str) -> None:
    """Take a balance out of force; its table goes at once, for it holds nothing that its sources do not say."""
    publication.lock(session)
    table = store.qualified(get(session, name).form.table)
    definitions.retire(session, actor, "balances", name)
    _wait(session)
    drop = f"DROP TABLE IF EXISTS {table}"
    session.execute(sa.text(drop))
    publication.note_steps(session, [Step(phase=Phase.TABLE, sql=drop)])


def _wait(session: Session) -> None:
    if rehearsals.is_one(session):  # which waits for nobody for so long
        return
    session.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))


def _close_sources(session: Session, one: Balance) -> None:
    """Keep writers away from the sources until the transaction ends; readers go on."""
    for table in sorted(_sources(session, one), key=store.qualified):
        session.execute(sa.text(f"LOCK TABLE {store.qualified(table)} IN SHARE ROW EXCLUSIVE MODE"))


def _sources(session: Session, one: Balance) -> set[sa.Table]:
    return {forms.get(session, source.form).table for source in one.sources}


def verify(session: Session, name: str) -> list[Difference]:
    """Recompute the balance from its sources; return where the table differs. One statement; empty is good."""
    one = get(session, name)
    cut, count = len(one.by), len(one.measures)
    return [
        Difference(
            key=dict(zip(one.by, row[:cut], strict=True)),
            expected=dict(zip(one.measures, row[cut : cut + count], strict=True)),
            stored=dict(zip(one.measures, row[cut + count :], strict=True)),
        )
        for row in balance_totals.differences(session, one)
    ]


def rebuild(session: Session, name: str) -> int:
    """Fill the balance anew from its sources; return how many rows it then has.

    Writers of the sources wait until the transaction ends.
    """
    one = get(session, name)
    _wait(session)
    _close_sources(session, one)
    session.execute(sa.text(f"LOCK TABLE {store.qualified(one.form.table)} IN EXCLUSIVE MODE"))
    session.execute(sa.delete(one.form.table))
    _fill(session, one)
    count: int = session.execute(sa.select(sa.func.count()).select_from(one.form.table)).scalar_one()
    return count


BALANCE_KIND: Final = definitions.DefinitionKind(
    name="balances", schema=BALANCE_SCHEMA, check=balance_checks.check, publish=publish
)

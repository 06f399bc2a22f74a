"""Putting forms into force: their tables change in the transaction that numbers the new versions.

Owns the order of the steps and what stored rows have to say: values that would not survive a change of type, values
that stand twice where they must be unique. Everything happens or nothing does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from engine import definitions, time_limits
from engine.actor import Actor
from engine.catalog import Definition, catalog
from engine.db import Session
from engine.definitions import Source
from engine.errors import Conflict, InvalidDefinition, Violation
from form_engine.definition import Field, Table
from form_engine.documents.inference import normal
from form_engine.documents.layouts import indexed_columns
from form_engine.documents.list_indexes import list_indexes
from form_engine.documents.reading import read_fields
from form_engine.storage import rehearsals, trash
from form_engine.storage.conversions import Conversion, conversion_report, find_duplicates
from form_engine.storage.ddl import Phase, Removal, Step, difference, restore_table, schema_step
from form_engine.storage.tables import Shape, quoted, shapes

#: How long publication waits for those who use the tables before it gives up.
LOCK_TIMEOUT: Final = "5s"
_LOCK_NOT_AVAILABLE: Final = "55P03"
#: What an index asks of the extension pg_trgm, which a server may lack.
_TRIGRAMS: Final = "gin_trgm_ops"
#: Publications are one after another; the number only has to be ours alone.
_ADVISORY_KEY: Final = 7_316_502_118

Documents = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """One form's way from what its tables are to what they become.

    before -- the version whose shape the tables have; None for a new form.
    """

    name: str
    app: str
    key: str
    before: Definition | None
    old_fields: Mapping[str, Field]
    new_fields: Mapping[str, Field]
    old_shapes: Sequence[Shape]
    new_shapes: Sequence[Shape]


@dataclass(frozen=True, slots=True, kw_only=True)
class Republished:
    """A form that was published again: `before` are the fields with which its rows were written."""

    name: str
    before: Mapping[str, Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormsPublished:
    """Forms whose tables were there already went into force anew; their tables are closed to writers."""

    forms: tuple[Republished, ...]


def lock(session: Session) -> None:
    """Wait until no other publication runs, and see what it left; held to the end of the transaction.

    What follows is as long as the tables are large, so no limit of requests stops it; a rehearsal has limits of its own.
    """
    if not rehearsals.is_one(session):
        time_limits.lift(session)
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_KEY)))
    session.catalog = None
    session.notes.pop("engine.catalog_revision", None)


def publish_checked(
    session: Session, actor: Actor, documents: Documents
) -> tuple[list[Definition], tuple[Republished, ...]]:
    """Put documents that `checks` found right into force; the caller holds `lock`.

    Returns the versions in force, and which of the forms had rows that were written under another version. A document
    that is in force already gets no new version and no DDL. Raises `InvalidDefinition` where stored values
    stand against it, `Conflict("form_busy")` when the tables stay in use for `LOCK_TIMEOUT`.
    """
    view = catalog(session)
    changes = []
    for name, document in documents.items():
        found = view.find("forms", name)
        if found is None or found.document != document:
            changes.append(_change(name, document, found or _last_version(session, name)))
    changed = [change for change in changes if change.before is not None]
    _change_tables(session, changes, _closings(changed))
    sources = [
        Source("forms", name.partition(".")[0], name.partition(".")[2], dict(document))
        for name, document in documents.items()
    ]
    published = definitions.publish_many(session, actor, sources)
    return published, tuple(Republished(name=change.name, before=change.old_fields) for change in changed)


def _change_tables(session: Session, changes: Sequence[_Change], closings: Sequence[Step]) -> None:
    if rehearsals.is_one(session):
        # The rows are looked at first, that the tables are closed for as short as can be: nothing of it stays.
        steps = _steps(session, changes)
        note_steps(session, closings)
        rehearsals.take(session, [step.sql for step in closings])
    else:
        # Before the rows are looked at: what is found of them must still be true when their tables change.
        _run(session, closings)
        steps = _steps(session, changes)
    _run(session, steps)


def _closings(changes: Sequence[_Change]) -> list[Step]:
    """Return the steps that keep writers off the tables until the transaction ends, in the order of names.

    A version that changes no table needs them, too: a writer who still goes by the one before must not come between.
    Where DDL will need the table for itself it is taken so at once: whoever has read it and goes on to write would
    otherwise wait for us, and we for them.
    """
    modes = {
        quoted(change.app, change.key): (
            "SHARE ROW EXCLUSIVE" if list(change.old_shapes) == list(change.new_shapes) else "ACCESS EXCLUSIVE"
        )
        for change in changes
    }
    return [Step(phase=Phase.SCHEMA, sql=f"LOCK TABLE {table} IN {mode} MODE") for table, mode in sorted(modes.items())]


def _change(name: str, document: Mapping[str, Any], before: Definition | None) -> _Change:
    app, _, key = name.partition(".")
    old_fields, old_shapes = _physical(app, key, before.document) if before else ({}, [])
    new_fields, new_shapes = _physical(app, key, document)
    return _Change(
        name=name,
        app=app,
        key=key,
        before=before,
        old_fields=old_fields,
        new_fields=new_fields,
        old_shapes=old_shapes,
        new_shapes=new_shapes,
    )


def _physical(app: str, key: str, document: Mapping[str, Any]) -> tuple[dict[str, Field], list[Shape]]:
    normalised, _ = normal(document)
    fields = read_fields(normalised, key)
    return fields, shapes(app, key, fields, indexed_columns(document, fields), list_indexes(document, fields))


def shapes_in_force(session: Session) -> Iterator[tuple[Definition, Sequence[Shape]]]:
    """Yield each form in force with the tables that its document wants; indexes that the server cannot make left out."""
    has_trigrams = _has_trigrams(session)
    for definition in catalog(session).list("forms"):
        _, found = _physical(definition.app, definition.key, definition.document)
        yield (
            definition,
            [
                replace(
                    one,
                    indexes={name: sql for name, sql in one.indexes.items() if has_trigrams or _TRIGRAMS not in sql},
                )
                for one in found
            ],
        )


def _last_version(session: Session, name: str) -> Definition | None:
    """Return the last version of a form that was retired: its tables are still there."""
    app, _, key = name.partition(".")
    if session.execute(sa.select(sa.func.to_regclass(quoted(app, key)))).scalar_one() is None:
        return None
    versions = definitions.versions(session, "forms", name)
    return definitions.get_version(session, versions[0].id)


def _steps(session: Session, changes: Sequence[_Change]) -> list[Step]:
    violations = _use_faults(session, changes)
    steps = [schema_step(app) for app in dict.fromkeys(change.app for change in changes if change.before is None)]
    for change in changes:
        conversions: list[Conversion] = []
        if change.before is not None:
            old, new = change.old_fields, change.new_fields
            conversions = conversion_report(session, change.app, change.key, old, new)
            violations += _value_faults(session, change, conversions)
        steps += _change_steps(session, change, conversions)
    if violations:
        raise InvalidDefinition(violations=violations)
    return sorted(steps, key=lambda step: step.phase)


def _use_faults(session: Session, changes: Sequence[_Change]) -> list[Violation]:
    """Return the removed fields that something in force still uses; forms were compiled against the new ones."""
    found = []
    for change in changes:
        gone = removed_fields(change.old_fields, change.new_fields)
        uses = definitions.impact(session, "forms", change.name) if gone else []
        for key in gone:
            users = [f"{use.name}{use.pointer}" for use in uses if use.member == key and use.kind != "forms"]
            if users:
                params = {"field": key, "uses": list(dict.fromkeys(users))[:5]}
                found.append(Violation(pointer="#/properties", code="field_in_use", params=params))
    return found


def _value_faults(session: Session, change: _Change, conversions: Iterable[Conversion]) -> list[Violation]:
    found = [
        Violation(
            pointer=f"{one.field.pointer}/x-field/type",
            code="conversion_loses_values",
            params={"lost": one.lost, "rows": one.rows, "from": one.before.type.title, "to": one.field.type.title},
        )
        for one in conversions
        if one.lost
    ]
    if not found:
        twice = find_duplicates(session, change.app, change.key, change.old_fields, change.new_fields)
        found = [Violation(pointer=f"{field.pointer}/x-field/unique", code="unique_has_duplicates") for field in twice]
    return found


def _change_steps(session: Session, change: _Change, conversions: Iterable[Conversion]) -> list[Step]:
    if change.before is None:
        return difference(change.app, [], change.new_shapes, removal=Removal(version=0, at=session.now))
    restored, steps, old_shapes = [], [], list(change.old_shapes)
    names = {shape.name for shape in (*change.old_shapes, *change.new_shapes)}
    gone = trash.find(session, change.app, names) if _adds_anything(change) else []
    for shape in change.new_shapes:
        if shape.name in {old.name for old in old_shapes}:
            continue
        if item := next((one for one in gone if one.table == shape.name and not one.column), None):
            restored.append(item)
            steps += restore_table(change.app, item)
            old_shapes.append(_shape_at(session, change, shape.name, item.version))
    casts = {(one.table, one.before.column): one.cast for one in conversions}
    steps += _taken_names(session, change)
    return steps + difference(
        change.app,
        old_shapes,
        change.new_shapes,
        removal=Removal(version=change.before.version, at=session.now),
        trash=[one for one in gone if one.column],
        casts=casts,
    )


def _taken_names(session: Session, change: _Change) -> list[Step]:
    """Return the steps that drop what stands in the way of new indexes: those of the same name from earlier versions of ours."""
    known = {name for shape in change.old_shapes for name in shape.indexes}
    names = [name for shape in change.new_shapes for name in shape.indexes if name not in known]
    if not names:
        return []
    query = sa.text(
        "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = :app AND c.relkind = 'i' AND c.relname = any(:names) ORDER BY 1"
    )
    taken = session.execute(query, {"app": change.app, "names": names}).scalars()
    return [Step(phase=Phase.UNLINK, sql=f"DROP INDEX {quoted(change.app, name)}") for name in taken]


def _adds_anything(change: _Change) -> bool:
    old = {(shape.name, column) for shape in change.old_shapes for column in ("", *shape.columns)}
    return any((shape.name, column) not in old for shape in change.new_shapes for column in ("", *shape.columns))


def _shape_at(session: Session, change: _Change, table: str, version: int) -> Shape:
    """Return the shape a sub-table was put away with; its indexes and foreign keys are gone."""
    definition = definitions.get_version_of(session, "forms", change.name, version)
    _, old = _physical(change.app, change.key, definition.document)
    shape = next(one for one in old if one.name == table)
    return replace(shape, indexes={}, foreign_keys={})


def _run(session: Session, steps: Sequence[Step]) -> None:
    """Run DDL; it waits for others at most `LOCK_TIMEOUT`."""
    if not steps:
        return
    note_steps(session, steps)
    has_trigrams = _has_trigrams(session)
    if rehearsals.is_one(session):
        _execute(session, rehearsals.abridged(session, steps), has_trigrams=has_trigrams)
        return
    before = session.execute(sa.text("SHOW lock_timeout")).scalar_one()
    _set_lock_timeout(session, LOCK_TIMEOUT)
    try:
        _execute(session, (step.sql for step in steps), has_trigrams=has_trigrams)
    except sa.exc.OperationalError as error:
        if getattr(error.orig, "pgcode", None) == _LOCK_NOT_AVAILABLE:
            raise Conflict("form_busy") from error
        raise
    _set_lock_timeout(session, before)


def _execute(session: Session, statements: Iterable[str], *, has_trigrams: bool) -> None:
    for statement in statements:
        if has_trigrams or _TRIGRAMS not in statement:
            session.connection.exec_driver_sql(statement)


def note_steps(session: Session, steps: Sequence[Step]) -> None:
    """Keep what is done to tables for whoever asks in this transaction what a publication came to."""
    session.notes["form_engine.steps"] = [*steps_done(session), *steps]


def steps_done(session: Session) -> Sequence[Step]:
    """Return what this transaction has done to tables so far, in order."""
    done: list[Step] = session.notes.get("form_engine.steps", [])
    return done


def _set_lock_timeout(session: Session, value: str) -> None:
    session.execute(sa.select(sa.func.set_config("lock_timeout", value, True)))


def _has_trigrams(session: Session) -> bool:
    query = sa.text("SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'pg_trgm')")
    return bool(session.execute(query).scalar_one())


def removed_fields(before: Mapping[str, Field], after: Mapping[str, Field]) -> list[str]:
    """Return the keys of fields that are gone; cells as `lines.price`."""
    gone = [key for key in before if key not in after]
    for key, old in before.items():
        new = after.get(key)
        if isinstance(old, Table) and isinstance(new, Table):
            gone += [f"{key}.{cell.key}" for cell in old.fields if new.cell(cell.key) is None]
    return gone

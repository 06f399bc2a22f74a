"""Definitions: what the business built, as drafts and as published, numbered, immutable versions.

Owns the tables `definition`, `definition_version`, `translation` and `catalog_revision`. Leaves reading what is in
force to `engine.catalog`, who uses what to `engine.references`, and what a document means to the package of its kind, which checks it before it calls `publish`.

A name is `app.key`; an app itself (kind `apps`) is named by its key alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import events
from engine.actor import Actor
from engine.catalog import KINDS, Catalog, Definition, Kind, catalog, full_name
from engine.db import Session
from engine.errors import InvalidDefinition, NotAllowed, NotFound, Violation
from engine.models import (
    catalog_revision,
    catalog_revision_number,
    definition_version,
    translation,
)
from engine.models import definition as definition_table
from engine.references import Reference, Use, forget_references, impact, set_references

__all__ = ["KINDS", "Catalog", "Definition", "Kind", "Reference", "Use", "catalog", "impact", "set_references"]

KEY_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,59}")
#: A document longer than this, as JSON text, is refused.
MAX_DOCUMENT_BYTES = 1_000_000


class Source(NamedTuple):
    """One document on its way to publication."""

    kind: str
    app: str
    key: str
    document: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document being worked on; publication leaves it alone until it is saved again."""

    kind: str
    app: str
    key: str
    document: dict[str, Any]
    saved_at: datetime
    saved_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionInfo:
    """A published version without its document."""

    id: int
    version: int
    published_at: datetime
    published_by: UUID
    is_in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionKind:
    """What a package says about its kind of definition; the composition root lists them by name.

    check   -- every violation of a document, without writing; pointers lead into the document.
    publish -- checks and puts several documents of one app into force together (they may refer to each other).
    schema  -- JSON Schema of the document, for designers and other programs.
    """

    name: Kind
    schema: Mapping[str, Any]
    check: Callable[[Session, str, dict[str, Any]], list[Violation]]
    publish: Callable[[Session, Actor, str, Sequence[dict[str, Any]]], Sequence[Definition]]


def require_designer(actor: Actor) -> None:
    """Raise `NotAllowed` unless `actor` may change definitions."""
    if not actor.has_every_right:
        raise NotAllowed("designer_only")


def publish(session: Session, actor: Actor, kind: str, app: str, key: str, document: dict[str, Any]) -> Definition:
    """Put one document into force as the next version; see `publish_many`."""
    return publish_many(session, actor, [Source(kind, app, key, document)])[0]


def publish_many(session: Session, actor: Actor, sources: Iterable[Source]) -> list[Definition]:
    """Put documents into force, each as its next version, in the order given.

    The caller has checked what they mean. A document equal to the one in force gets no new version. Holds the
    catalogue's row lock to the end of the transaction: publications are one after another. Three statements and one
    for the audit trail, however many documents.
    """
    require_designer(actor)
    sources = list(sources)
    for source in sources:
        check_source(source)
    if len({source[:3] for source in sources}) != len(sources):
        raise ValueError("a definition stands twice among the documents to publish")
    lock(session)
    before = catalog(session)
    changed = [source for source in sources if not _is_in_force(before, source)]
    if changed:
        _insert_versions(session, actor, changed)
        _next_revision(session)
    after = catalog(session)
    return [after.get(source.kind, full_name(source.kind, source.app, source.key)) for source in sources]


def set_aside(session: Session, found: Sequence[Definition]) -> None:
    """Take definitions out of force for the moment: their next versions are published in this transaction.

    Until then nothing is held up by what they say. Two statements, however many.
    """
    if found:
        lock(session)
        owners = [one.definition_id for one in found]
        table = definition_table
        session.execute(sa.update(table).where(table.c.id.in_(owners)).values(published_version=None))
        forget_references(session, found)
        _next_revision(session)


def retire(session: Session, actor: Actor, kind: str, name: str) -> None:
    """Take a definition out of force; its versions stay, and publishing it again continues their numbers.

    Raises `NotFound`. The caller has looked at `impact`.
    """
    require_designer(actor)
    lock(session)
    found = catalog(session).get(kind, name)
    table = definition_table
    session.execute(
        sa.update(table).where(table.c.id == found.definition_id).values(published_version=None, retired_at=session.now)
    )
    forget_references(session, [found])
    events.note(session, actor, "meta.definition", "retire", before={"kind": kind, "name": name})
    _next_revision(session)


def save_draft(session: Session, actor: Actor, kind: str, app: str, key: str, document: dict[str, Any]) -> Draft:
    """Keep a document that need not be right yet."""
    require_designer(actor)
    check_source(Source(kind, app, key, document))
    values = {"draft": document, "draft_saved_at": session.now, "draft_saved_by": actor.user_id}
    insert = postgresql.insert(definition_table).values(kind=kind, app=app, key=key, created_at=session.now, **values)
    session.execute(insert.on_conflict_do_update(index_elements=["kind", "app", "key"], set_=values))
    return Draft(kind=kind, app=app, key=key, document=document, saved_at=session.now, saved_by=actor.user_id)


def find_draft(session: Session, kind: str, app: str, key: str) -> Draft | None:
    """Return the draft, or `None` when nothing is being worked on."""
    table = definition_table
    row = session.execute(
        sa.select(table.c.draft, table.c.draft_saved_at, table.c.draft_saved_by).where(
            table.c.kind == kind, table.c.app == app, table.c.key == key, table.c.draft_saved_at.is_not(None)
        )
    ).one_or_none()
    if row is None:
        return None
    return Draft(
        kind=kind, app=app, key=key, document=row.draft, saved_at=row.draft_saved_at, saved_by=row.draft_saved_by
    )


def discard_draft(session: Session, actor: Actor, kind: str, app: str, key: str) -> None:
    """Forget the draft; what is in force stays."""
    require_designer(actor)
    table = definition_table
    session.execute(
        sa.update(table)
        .where(table.c.kind == kind, table.c.app == app, table.c.key == key)
        .values(draft=None, draft_saved_at=None, draft_saved_by=None)
    )


def versions(session: Session, kind: str, name: str) -> list[VersionInfo]:
    """List the published versions of a definition, newest first; raises `NotFound`."""
    table, version = definition_table, definition_version
    rows = session.execute(
        sa.select(version, (version.c.version == table.c.published_version).label("in_force"))
        .join_from(version, table, version.c.definition_id == table.c.id)
        .where(_is_named(kind, name))
        .order_by(version.c.version.desc())
    ).all()
    if not rows:
        raise NotFound("definition_not_found", kind=kind, name=name)
    return [
        VersionInfo(
            id=row.id,
            version=row.version,
            published_at=row.published_at,
            published_by=row.published_by,
            is_in_force=bool(row.in_force),
        )
        for row in rows
    ]


def get_version(session: Session, version_id: int) -> Definition:
    """Return one published version by its id (`Definition.id`), in force or not; raises `NotFound`."""
    known = catalog(session).find_version(version_id)
    return known or _one_version(session, definition_version.c.id == version_id, {"version": version_id})


def get_version_of(session: Session, kind: str, name: str, version: int) -> Definition:
    """Return one published version by its number; raises `NotFound`."""
    condition = sa.and_(_is_named(kind, name), definition_version.c.version == version)
    return _one_version(session, condition, {"kind": kind, "name": name, "version": version})


def set_translations(session: Session, actor: Actor, app: str, texts: Mapping[str, Mapping[str, str]]) -> None:
    """Replace an app's translations: language -> path -> text."""
    require_designer(actor)
    lock(session)
    if {language: dict(paths) for language, paths in texts.items()} == catalog(session).translations(app):
        return
    session.execute(sa.delete(translation).where(translation.c.app == app))
    rows = [{"app": app, "language": language, "texts": dict(paths)} for language, paths in texts.items()]
    if rows:
        session.execute(sa.insert(translation).values(rows))
    _next_revision(session)


def check_source(source: Source) -> None:
    """Raise `InvalidDefinition` when kind, key or size of a document cannot be."""
    spots = []
    if source.kind not in KINDS:
        raise NotFound("definition_kind_unknown", kind=source.kind, known=list(KINDS))
    spots += [
        Violation(pointer=f"#/{part}", code="definition_key", params={"key": key})
        for part, key in (("app", source.app), ("key", source.key))
        if not KEY_PATTERN.fullmatch(key)
    ]
    size = len(_text(source.document).encode())
    if size > MAX_DOCUMENT_BYTES:
        spots.append(Violation(pointer="#", code="definition_too_large", params={"limit": MAX_DOCUMENT_BYTES}))
    if spots:
        raise InvalidDefinition(violations=spots)


def _text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _is_in_force(view: Catalog, source: Source) -> bool:
    found = view.find(source.kind, full_name(source.kind, source.app, source.key))
    return found is not None and _text(found.document) == _text(source.document)


def lock(session: Session) -> None:
    """Wait for other publications, then look at what is in force after them.

    Whoever checks a document against others does so after this call: they then stay what they are until the
    transaction ends.
    """
    revision = session.execute(sa.select(catalog_revision.c.revision).with_for_update()).scalar_one()
    if session.catalog is not None and session.catalog.revision != revision:
        session.catalog = None
    session.notes["engine.catalog_revision"] = revision


def _next_revision(session: Session) -> None:
    number = catalog_revision_number.next_value()
    statement = sa.update(catalog_revision).values(revision=number).returning(catalog_revision.c.revision)
    session.notes["engine.catalog_revision"] = session.execute(statement).scalar_one()
    session.notes["engine.has_published"] = True
    session.catalog = None


def _insert_versions(session: Session, actor: Actor, sources: Sequence[Source]) -> None:
    table = definition_table
    insert = postgresql.insert(table).values(
        [
            {
                "kind": source.kind,
                "app": source.app,
                "key": source.key,
                "created_at": session.now,
                "last_version": 1,
                "published_version": 1,
            }
            for source in sources
        ]
    )
    upsert = insert.on_conflict_do_update(
        index_elements=["kind", "app", "key"],
        set_={
            "last_version": table.c.last_version + 1,
            "published_version": table.c.last_version + 1,
            "retired_at": None,
        },
    ).returning(table.c.id, table.c.last_version, table.c.kind, table.c.app, table.c.key)
    numbers = {(row.kind, row.app, row.key): row for row in session.execute(upsert)}
    session.execute(
        sa.insert(definition_version).values(
            [
                {
                    "definition_id": numbers[source[:3]].id,
                    "version": numbers[source[:3]].last_version,
                    "document": source.document,
                    "published_at": session.now,
                    "published_by": actor.user_id,
                }
                for source in sources
            ]
        )
    )
    notes = [
        events.Note(
            form="meta.definition",
            action="publish",
            version=numbers[source[:3]].last_version,
            after={"kind": source.kind, "name": full_name(source.kind, source.app, source.key)},
        )
        for source in sources
    ]
    events.note_many(session, actor, notes)


def _is_named(kind: str, name: str) -> sa.ColumnElement[bool]:
    app, _, key = (name, "", name) if kind == "apps" else name.partition(".")
    table = definition_table
    return sa.and_(table.c.kind == kind, table.c.app == app, table.c.key == key)


def _one_version(session: Session, condition: sa.ColumnElement[bool], params: Mapping[str, Any]) -> Definition:
    table, version = definition_table, definition_version
    row = session.execute(
        sa.select(version, table.c.kind, table.c.app, table.c.key)
        .join_from(version, table, version.c.definition_id == table.c.id)
        .where(condition)
    ).one_or_none()
    if row is None:
        raise NotFound("definition_version_not_found", **params)
    return Definition(
        id=row.id,
        definition_id=row.definition_id,
        kind=row.kind,
        app=row.app,
        key=row.key,
        version=row.version,
        document=row.document,
        published_at=row.published_at,
    )

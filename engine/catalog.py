"""The catalogue: everything that is published, as one immutable snapshot a transaction reads from.

Owns the snapshot, its cache in the process, and what packages compiled from it. A transaction asks the database once
for the revision number; the documents are read again only when it moved, and then only those that changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar, get_args

import sqlalchemy as sa

from engine.db import Session
from engine.errors import Conflict, NotFound
from engine.models import catalog_revision, definition, definition_version, translation
from engine.texts import DEFAULT_LANGUAGE, LocalizedText

Kind = Literal["apps", "forms", "balances", "flows", "reports", "dashboards", "prints", "roles"]
KINDS: tuple[Kind, ...] = get_args(Kind)

T = TypeVar("T")

_REVISION = sa.select(catalog_revision.c.revision)


class CatalogMoved(Conflict):
    """Something was published since this transaction looked; all of it may be done again with what is in force now."""

    code = "definition_changed"


def full_name(kind: str, app: str, key: str) -> str:
    """Return the name by which others call a definition: `app.key`, or the app's key alone."""
    return app if kind == "apps" else f"{app}.{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One published version of a definition.

    id            -- of this version; what a flow instance is pinned to.
    definition_id -- of the definition, the same over all its versions.
    document      -- as it was written, key order kept; never change it.
    """

    id: int
    definition_id: int
    kind: str
    app: str
    key: str
    version: int
    document: dict[str, Any]
    published_at: datetime

    @property
    def name(self) -> str:
        """The full name, `crm.sales_order`."""
        return full_name(self.kind, self.app, self.key)


class Catalog:
    """What is published at one revision. Safe to share between threads."""

    def __init__(
        self,
        revision: int,
        definitions: Iterable[Definition],
        translations: Mapping[str, Mapping[str, Mapping[str, str]]],
    ) -> None:
        self.revision = revision
        self._by_name = {(item.kind, item.name): item for item in definitions}
        self.by_version = {item.id: item for item in self._by_name.values()}
        self._translations = translations
        self._compiled: dict[tuple[str, str], Any] = {}

    def find(self, kind: str, name: str) -> Definition | None:
        """Return the definition in force, or `None`."""
        return self._by_name.get((kind, name))

    def get(self, kind: str, name: str) -> Definition:
        """Return the definition in force; raises `NotFound`."""
        found = self.find(kind, name)
        if found is None:
            raise NotFound("definition_not_found", kind=kind, name=name)
        return found

    def find_version(self, version_id: int) -> Definition | None:
        """Return the version with this id if it is the one in force."""
        return self.by_version.get(version_id)

    def list(self, kind: str, app: str | None = None) -> Sequence[Definition]:
        """Return the definitions of a kind, of one app or of all, in the order of their names."""
        found = [item for item in self._by_name.values() if item.kind == kind and app in (None, item.app)]
        return sorted(found, key=lambda item: item.name)

    def app(self, key: str) -> Definition:
        """Return the app; raises `NotFound`."""
        return self.get("apps", key)

    def translations(self, app: str) -> Mapping[str, Mapping[str, str]]:
        """Return an app's translations: language -> path -> text."""
        return self._translations.get(app, {})

    def text(self, app: str, path: str, text: str) -> LocalizedText:
        """Return `text`, which stands at `path` of the app's documents, in every language that it has."""
        others = {language: paths[path] for language, paths in self.translations(app).items() if path in paths}
        if not others:
            return text
        found = self.find("apps", app)
        own = found.document.get("language", DEFAULT_LANGUAGE) if found else DEFAULT_LANGUAGE
        return {own: text, **others}

    def compiled(self, owner: str, name: str, build: Callable[[], T]) -> T:
        """Return what `build` made for this key, made once for this snapshot.

        `owner` is the module that compiles. Two threads may both build at first; all get the same result.
        """
        key = (owner, name)
        if key not in self._compiled:
            self._compiled.setdefault(key, build())
        result: T = self._compiled[key]
        return result


def catalog(session: Session) -> Catalog:
    """Return what is published, as this transaction sees it. One statement a transaction, none after that."""
    if session.catalog is None:
        session.catalog = _current(session)
    return session.catalog


def require_current(session: Session) -> None:
    """Raise `CatalogMoved` when something was published since this transaction read the catalogue. One statement.

    To be asked once a lock is held that publication waits for: then the answer is true until the transaction ends.
    """
    if catalog(session).revision == session.execute(_REVISION).scalar_one():
        return
    # Whoever does all of it again begins with what is in force now.
    session.catalog = None
    session.notes.pop("engine.catalog_revision", None)
    catalog(session)
    raise CatalogMoved


def require_current_at_end(session: Session) -> None:
    """Have `require_current` asked before the commit, when everything that this transaction locks is locked; once."""
    if not session.notes.get("engine.catalog.is_asked"):
        session.notes["engine.catalog.is_asked"] = True
        session.before_commit.append(lambda: require_current(session))


def assume_current(session: Session) -> None:
    """Go by what the process has last read, and find out at the end of the transaction whether that was right.

    For work that is done again, with what is in force, when it fails or meets `CatalogMoved`.
    """
    cached: Catalog | None = session.shared.get("engine.catalog")
    if session.catalog is None and cached is not None:
        session.catalog = cached
        require_current_at_end(session)


def _current(session: Session) -> Catalog:
    revision = session.notes.get("engine.catalog_revision")
    if revision is None:
        revision = session.execute(_REVISION).scalar_one()
    cached: Catalog | None = session.shared.get("engine.catalog")
    if cached is not None and cached.revision == revision:
        return cached
    fresh = _read(session, revision, cached)
    if session.notes.get("engine.has_published"):
        # Nobody else can see it yet; kept for all once it is committed.
        session.after_commit.append(lambda: _keep(session, fresh))
    else:
        _keep(session, fresh)
    return fresh


def _keep(session: Session, fresh: Catalog) -> None:
    cached: Catalog | None = session.shared.get("engine.catalog")
    if cached is None or cached.revision < fresh.revision:
        session.shared["engine.catalog"] = fresh


def _read(session: Session, revision: int, cached: Catalog | None) -> Catalog:
    known = {} if cached is None else cached.by_version
    version = definition_version
    query = sa.select(
        definition.c.id.label("definition_id"),
        definition.c.kind,
        definition.c.app,
        definition.c.key,
        version.c.id,
        version.c.version,
        version.c.published_at,
        sa.case((version.c.id.in_(list(known)), sa.null()), else_=version.c.document).label("document"),
    ).join_from(
        definition,
        version,
        sa.and_(version.c.definition_id == definition.c.id, version.c.version == definition.c.published_version),
    )
    rows = session.execute(query).mappings()
    definitions = [known[row["id"]] if row["id"] in known else Definition(**row) for row in rows]
    texts: dict[str, dict[str, Mapping[str, str]]] = {}
    for row in session.execute(sa.select(translation)):
        texts.setdefault(row.app, {})[row.language] = row.texts
    return Catalog(revision, definitions, texts)

"""Brings apps to life: publishes their definitions and writes their records, all in one transaction.

Owns the order. Everything is checked first, against the whole state as it will be; then translations and apps, every
form of every app together (they refer to each other), what stands on forms, records. What is gone from a folder is
retired; what changes is set aside while the forms change, so that a field and its use can go together. Leaves the
transaction to the caller: a refusal leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from app_templates import checks, people, seeding, stored
from app_templates.kinds import PUBLISHERS
from app_templates.packages.writing import files_of
from app_templates.template import Document, Template
from engine import definitions
from engine.actor import Actor
from engine.catalog import Catalog, Definition, catalog
from engine.db import Session
from engine.definitions import Source
from engine.errors import InvalidDefinition, InvalidInput, NotFound, Violation
from form_engine import balances, forms, publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What an installation made: apps by key, definitions and records by number."""

    apps: tuple[str, ...]
    definitions: int
    records: int


def install(session: Session, actor: Actor, templates: Sequence[Template], *, demo: bool = False) -> Installed:
    """Install `templates`; with `demo` their demo records and the demo's people too.

    Raises `InvalidDefinition` with every fault of every app, pointers like `crm/forms/quote.json#/properties/total`.
    """
    definitions.require_designer(actor)
    check(session, templates)
    crew = people.install(session, actor) if demo else None
    publish(session, actor, templates)
    count = 0
    if crew is not None:
        people.give_roles(session, actor, crew)
        count = seeding.write(session, actor, templates, crew)
    return Installed(
        apps=tuple(each.key for each in templates),
        definitions=sum(len(each.documents) + 1 for each in templates),
        records=count,
    )


def check(session: Session, templates: Sequence[Template]) -> None:
    """Raise `InvalidDefinition` with every fault; what was found right stays so, for other publications then wait."""
    publication.lock(session)
    definitions.lock(session)
    checks.check(templates, session)
    names = list(_taken_names(session, templates))
    if names:
        raise InvalidDefinition("template_unresolved", violations=names)


def publish(
    session: Session,
    actor: Actor,
    templates: Sequence[Template],
    folders: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Put checked apps into force and retire what they no longer have.

    folders -- app -> the folder to remember it by, where that is not the app as it is put into force (an upgrade).
    """
    before = catalog(session)
    for template in templates:
        definitions.set_translations(session, actor, template.key, template.translations)
    definitions.publish_many(
        session, actor, [Source("apps", each.key, each.key, dict(each.app.body)) for each in templates]
    )
    _set_aside(session, actor, templates, before)
    _publish_forms(session, actor, templates)
    for gone in _gone(templates, before, "forms"):
        definitions.retire(session, actor, "forms", gone.name)
    _publish_others(session, actor, templates)
    for template in templates:
        stored.keep(session, actor, template.key, (folders or {}).get(template.key) or files_of(template))


class _Faults:
    """Gathers what the engines refuse, with pointers that name the file."""

    def __init__(self) -> None:
        self.found: list[Violation] = []

    @contextmanager
    def of(self, document: Document) -> Iterator[None]:
        """Note the refusal of one document; what was begun is undone with the transaction."""
        try:
            yield
        except InvalidInput as error:
            spots = error.violations or (Violation(pointer="#", code=error.code, params=error.params),)
            prefix = f"{document.file}#{document.pointer}"
            self.found += [replace(spot, pointer=prefix + spot.pointer.partition("#")[2]) for spot in spots]

    def refuse(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise InvalidDefinition("template_unresolved", violations=self.found)


def _set_aside(session: Session, actor: Actor, templates: Sequence[Template], before: Catalog) -> None:
    """Take out of force what stands on forms and is gone, for good, or changed, for the moment."""
    changed = []
    for template in templates:
        for kind in PUBLISHERS:
            for document in template.of_kind(kind):
                found = before.find(kind, template.name(document))
                if found is not None and found.document != dict(document.body):
                    changed.append(found)
    for kind in PUBLISHERS:
        for gone in _gone(templates, before, kind):
            if kind == "balances":
                balances.retire(session, actor, gone.name)
            else:
                definitions.retire(session, actor, kind, gone.name)
    definitions.set_aside(session, changed)


def _gone(templates: Sequence[Template], before: Catalog, kind: str) -> Iterable[Definition]:
    for template in templates:
        there = {document.key for document in template.of_kind(kind)}
        yield from (one for one in before.list(kind, template.key) if one.key not in there)


def _publish_forms(session: Session, actor: Actor, templates: Sequence[Template]) -> None:
    """Publish all forms at once; what stored rows have against it is told at the first form that it may be about."""
    documents = {template.name(document): document for template, document in _documents(templates, "forms")}
    if not documents:
        return
    faults = _Faults()
    with faults.of(replace(next(iter(documents.values())), pointer="")):
        forms.publish_many(session, actor, [dict(document.body) for document in documents.values()])
    faults.refuse()


def _publish_others(session: Session, actor: Actor, templates: Sequence[Template]) -> None:
    faults = _Faults()
    for kind, put in PUBLISHERS.items():
        for template, document in _documents(templates, kind):
            with faults.of(document):
                put(session, actor, template.key, dict(document.body))
        faults.refuse()


def _documents(templates: Sequence[Template], kind: str) -> Iterator[tuple[Template, Document]]:
    for template in templates:
        for document in template.of_kind(kind):
            yield template, document


def _taken_names(session: Session, templates: Sequence[Template]) -> Iterator[Violation]:
    """Yield new balances that are called like a form that once was: its records are still in the table of that name."""
    view = catalog(session)
    for template, document in _documents(templates, "balances"):
        name = template.name(document)
        if view.find("balances", name) is not None:
            continue
        try:
            definitions.versions(session, "forms", name)
        except NotFound:
            continue
        yield Violation(pointer=f"{document.file}#/key", code="package_name_used", params={"name": name})

"""Everything as it would be after an installation, as a catalogue that is never written.

Owns the trial: the engines check each document of the new apps, and of the apps beside them, against the whole new
state at once. So all faults come in one go, whatever order publication needs, and nothing is locked or changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from app_templates.checking.references import as_object
from app_templates.kinds import CHECKS
from app_templates.template import Document, Template
from engine.catalog import Catalog, Definition, catalog
from engine.db import Session
from engine.errors import DomainError, Violation
from engine.texts import LANGUAGES
from form_engine import forms
from form_engine.documents.field_checks import check_fields

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EXPRESSIONS = ("formula", "default", "filter", "fill")


def faults(session: Session, templates: Sequence[Template]) -> Iterator[Violation]:
    """Yield what the engines find wrong with the apps' documents, then what the installed apps beside them would lose."""
    before = catalog(session)
    names = {each.name(one): (each, one) for each in templates for one in each.of_kind("forms")}
    found = _form_faults(session, names)
    yield from found
    known = {*names, *(one.name for one in before.list("forms"))}
    excuses = _Excuses(names, found, known)
    with _trial(session, templates, before, excuses.forms):
        for template in templates:
            for kind, check in CHECKS.items():
                for document in template.of_kind(kind) if kind != "forms" else ():
                    spots = _checked(session, check, template.key, document)
                    yield from (_placed(document, spot) for spot in spots if not excuses.covers(document.body, spot))
        broken = list(_broken_beside(session, templates, before)) if not found else []
    yield from _news(session, broken)


def _checked(session: Session, check: Any, app: str, document: Document) -> list[Violation]:
    try:
        found: list[Violation] = check(session, app, dict(document.body))
    except DomainError as error:
        return list(error.violations) or [Violation(pointer="#", code=error.code, params=error.params)]
    return found


def _placed(document: Document, spot: Violation) -> Violation:
    return replace(spot, pointer=f"{document.file}#{document.pointer}{spot.pointer.partition('#')[2]}")


def _form_faults(session: Session, named: Mapping[str, tuple[Template, Document]]) -> list[Violation]:
    """Return the faults of all forms, which are checked together; what others would lose is left to the trial."""
    if not named:
        return []
    first = next(iter(named.values()))[1]
    found: list[Violation] = []
    for spot in forms.check(session, [dict(document.body) for _, document in named.values()]):
        name, _, place = spot.pointer.rpartition("#")
        document = named[name][1] if name in named else first
        if spot.code != "form_breaks_other":
            found.append(replace(spot, pointer=f"{document.file}#{place}"))
    return found


class _Excuses:
    """What is at fault already: an expression that uses it is not blamed for it as well.

    forms -- faulty form -> a document that holds those of its fields that are right, for others to be checked against.
    """

    def __init__(
        self, named: Mapping[str, tuple[Template, Document]], found: Sequence[Violation], known: set[str]
    ) -> None:
        faulty = {spot.pointer.partition("#")[0] for spot in found}
        self.forms = {name: _sound_part(one.body, known) for name, (_, one) in named.items() if one.file in faulty}
        self.words = {name.partition(".")[2] for name in self.forms}
        for spot in found:
            parts = spot.pointer.partition("#/properties/")[2].split("/")
            self.words |= {parts[0], parts[3] if parts[1:3] == ["items", "properties"] and len(parts) > 3 else parts[0]}
        for name, document in self.forms.items():
            own = as_object(named[name][1].body.get("properties"))
            self.words |= own.keys() - document["properties"].keys()

    def covers(self, body: Mapping[str, Any], spot: Violation) -> bool:
        """Whether the text at the fault's place uses something that is at fault itself."""
        if not self.forms:
            return False
        node: Any = body
        for part in spot.pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(node, list) and key.isdigit() and int(key) < len(node):
                node = node[int(key)]
            elif isinstance(node, Mapping) and key in node:
                node = node[key]
            else:
                break
        texts = [node] if isinstance(node, str) else [key for key in spot.params.values() if isinstance(key, str)]
        return any(not self.words.isdisjoint(_WORD.findall(text)) for text in texts)


def _sound_part(body: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    """Return a form of the fields that are right, without expressions: enough for others to name its fields."""
    right = check_fields(body).document
    properties = {key: _bare(prop, known) for key, prop in as_object(right.get("properties")).items()}
    return {**body, "properties": properties, "required": [], "x-form": {}}


def _bare(prop: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    own = {key: value for key, value in as_object(prop.get("x-field")).items() if key not in _EXPRESSIONS}
    if own.get("form", "") and own["form"] not in known:
        # It leads nowhere, which is said at its own place.
        return {"x-field": {"type": "text"}}
    result = {**prop, "x-field": own}
    cells = as_object(as_object(prop.get("items")).get("properties"))
    if cells:
        result["items"] = {**prop["items"], "properties": {key: _bare(cell, known) for key, cell in cells.items()}}
    return result


@contextmanager
def _trial(
    session: Session, templates: Sequence[Template], before: Catalog, sound: Mapping[str, dict[str, Any]]
) -> Iterator[None]:
    """Let the session see the catalogue as it would be."""
    session.catalog = _would_be(session, templates, before, sound)
    try:
        yield
    finally:
        session.catalog = before


def _would_be(
    session: Session, templates: Sequence[Template], before: Catalog, sound: Mapping[str, dict[str, Any]]
) -> Catalog:
    own = {template.key for template in templates}
    kept = [one for one in before.by_version.values() if one.app not in own]
    texts = {app: before.translations(app) for app in {one.app for one in kept}}
    texts |= {template.key: template.translations for template in templates}
    made: list[Definition] = []
    for template in templates:
        for document in (template.app, *template.documents):
            key = "" if document.kind == "apps" else document.key
            name = template.key if document.kind == "apps" else template.name(document)
            body = sound.get(name, dict(document.body)) if document.kind == "forms" else dict(document.body)
            # Numbers below zero: no definition in the database has them.
            number = -1 - len(made)
            made.append(
                Definition(
                    id=number, definition_id=number, kind=document.kind, app=template.key, key=key, version=0,
                    document=body, published_at=session.now,
                )
            )  # fmt: skip
    return Catalog(-1, [*kept, *made], texts)


def _broken_beside(
    session: Session, templates: Sequence[Template], before: Catalog
) -> Iterator[tuple[Definition, Violation]]:
    own = {template.key for template in templates}
    for kind, check in CHECKS.items():
        for one in before.list(kind):
            if one.app in own:
                continue
            document = Document(kind=kind, key=one.key, body=one.document, file="")
            yield from ((one, spot) for spot in _checked(session, check, one.app, document))


def _news(session: Session, broken: Sequence[tuple[Definition, Violation]]) -> Iterator[Violation]:
    """Yield what an installed app beside would lose; what was wrong with it before is not this package's."""
    known: dict[str, set[tuple[str, str]]] = {}
    for one, spot in broken:
        if one.name not in known:
            document = Document(kind=one.kind, key=one.key, body=one.document, file="")
            now = _checked(session, CHECKS[one.kind], one.app, document)
            known[one.name] = {(each.pointer, each.code) for each in now}
        if (spot.pointer, spot.code) in known[one.name]:
            continue
        reason = {language: spot.detail(language) for language in LANGUAGES}
        place = f"{one.app}/{one.kind}/{one.key}.json{spot.pointer}"
        params = {"title": one.document.get("title", one.key), "reason": reason}
        yield Violation(pointer=place, code="package_breaks_other", params=params)

"""The forms service: what forms there are, whether a document may become one, and putting it into force.

    forms.get(session, "crm.sales_order")            the compiled form
    forms.check(session, [document])                 every fault, nothing written
    forms.publish(session, actor, document)          tables and version in this transaction

Documents carry their full name as `$id`. Leaves records to `records`, drafts and versions to `engine.definitions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine import definitions
from engine.actor import Actor
from engine.catalog import Catalog, Definition, catalog
from engine.db import Session
from engine.definitions import DefinitionKind
from engine.errors import InvalidDefinition, NotFound, Violation
from engine.expressions import RecordType
from engine.texts import LocalizedText
from form_engine import publication
from form_engine.definition import Form
from form_engine.documents import reading
from form_engine.documents.checks import check_documents
from form_engine.documents.expand import expand
from form_engine.documents.field_checks import check_fields
from form_engine.documents.form_document import document_schema
from form_engine.documents.references import references
from form_engine.documents.serving import schema_for
from form_engine.storage.conversions import Conversion, conversion_report

__all__ = [
    "check",
    "expand",
    "find",
    "form_kind",
    "get",
    "list_all",
    "preview_conversions",
    "publish",
    "publish_many",
    "schema_for",
]

Document = Mapping[str, Any]


def get(session: Session, name: str) -> Form:
    """Return the compiled form in force; raises `NotFound`. Compiled once a version and catalogue."""
    form = find(session, name)
    if form is None:
        raise NotFound("form_not_found", form=name)
    return form


def find(session: Session, name: str) -> Form | None:
    """Return the compiled form in force, None where there is none."""
    view = catalog(session)
    definition = view.find("forms", name)
    if definition is None:
        return None
    return view.compiled("form_engine.forms", name, lambda: _compiled(view, definition))


def list_all(session: Session, app: str | None = None) -> list[Form]:
    """Return every form in force, of one app or of all, by name."""
    return [get(session, definition.name) for definition in catalog(session).list("forms", app)]


def _compiled(view: Catalog, definition: Definition) -> Form:
    def texts(path: str, text: str) -> LocalizedText:
        return view.text(definition.app, f"forms/{definition.key}/{path}", text)

    return reading.read_form(
        definition.name,
        definition.document,
        version=definition.version,
        definition_id=definition.definition_id,
        resolve=lambda name: _record_type(view, name),
        texts=texts,
    )


def _record_type(view: Catalog, name: str) -> RecordType:
    def build() -> RecordType:
        document = view.get("forms", name).document
        return reading.record_type(name, document, lambda other: _record_type(view, other))

    return view.compiled("form_engine.record_type", name, build)


def check(session: Session, documents: Sequence[Document]) -> list[Violation]:
    """Return every fault of documents that are to be published together; nothing is written.

    The pointers of several documents begin with the form's name: `crm.sales_order#/properties/status`.
    """
    named, found = _named(documents)
    faults = check_documents(catalog(session), named)
    for name, spots in faults.items():
        prefix = "" if len(documents) == 1 else name
        found += [_prefixed(spot, prefix) for spot in spots]
    return found


def publish(session: Session, actor: Actor, document: Document) -> Form:
    """Put one form into force; see `publish_many`."""
    return publish_many(session, actor, [document])[0]


def publish_many(session: Session, actor: Actor, documents: Sequence[Document]) -> list[Form]:
    """Put forms into force together; they may refer to each other, and be of several apps.

    Changes the tables in this transaction and holds the lock of publications to its end. What is in force already
    stays as it is; of the others that had rows already the subscribers hear (`FormsPublished`). Raises `InvalidDefinition` with every fault, `NotAllowed`, `Conflict("form_busy")`.
    """
    definitions.require_designer(actor)
    publication.lock(session)
    found = check(session, documents)
    if found:
        raise InvalidDefinition(violations=found)
    named, _ = _named(documents)
    published, again = publication.publish_checked(session, actor, named)
    forms = [get(session, definition.name) for definition in published]
    definitions.set_references(
        session, [(definition, references(form)) for definition, form in zip(published, forms, strict=True)]
    )
    if again:
        session.publish(publication.FormsPublished(forms=again))
    return forms


def preview_conversions(session: Session, document: Document) -> list[Conversion]:
    """Return what stored values would come to if this document were published: one entry a field whose type changes.

    Raises `NotFound` when the form is not in force, `InvalidDefinition` when the document is not right.
    """
    found = check(session, [document])
    if found:
        raise InvalidDefinition(violations=found)
    form = get(session, str(document["$id"]))
    fields = reading.read_fields(check_fields(document).document, form.key)
    return conversion_report(session, form.app, form.key, form.fields, fields)


def _named(documents: Sequence[Document]) -> tuple[dict[str, Document], list[Violation]]:
    """Return the documents by their names, and the faults of those that have none of their own."""
    named: dict[str, Document] = {}
    found: list[Violation] = []
    for index, document in enumerate(documents):
        name = document.get("$id")
        prefix = "" if len(documents) == 1 else f"{name or index}"
        if not isinstance(name, str):
            found.append(Violation(pointer=f"{prefix}#/$id", code="required"))
        elif name in named:
            found.append(Violation(pointer=f"{prefix}#/$id", code="key_twice", params={"key": name}))
        else:
            named[name] = document
    return named, found


def _prefixed(spot: Violation, prefix: str) -> Violation:
    return Violation(pointer=prefix + spot.pointer, code=spot.code, params=spot.params)


def _check_of_app(session: Session, app: str, document: dict[str, Any]) -> list[Violation]:
    return [*_app_faults(app, document), *check(session, [document])]


def _publish_of_app(
    session: Session, actor: Actor, app: str, documents: Sequence[dict[str, Any]]
) -> Sequence[Definition]:
    faults = [spot for document in documents for spot in _app_faults(app, document)]
    if faults:
        raise InvalidDefinition(violations=faults)
    forms = publish_many(session, actor, documents)
    return [catalog(session).get("forms", form.name) for form in forms]


def _app_faults(app: str, document: Document) -> list[Violation]:
    name = document.get("$id")
    if isinstance(name, str) and not name.startswith(f"{app}."):
        return [Violation(pointer="#/$id", code="form_of_other_app", params={"name": name, "app": app})]
    return []


def form_kind() -> DefinitionKind:
    """Return what forms say about themselves as a kind of definition; reads the field types."""
    return DefinitionKind(name="forms", schema=document_schema(), check=_check_of_app, publish=_publish_of_app)

"""A running app as its folder: what is in force now, with the files that are kept beside it.

Export of an app that nobody changed gives the folder that it came from, byte for byte.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from app_templates import loader, stored
from app_templates.checking.references import as_object, at_path
from app_templates.packages import archives
from app_templates.packages.reading import Unreadable, object_of, rows_of
from app_templates.packages.writing import files_of
from app_templates.template import FOLDERS, KEPT, OWNER, Document, Template
from engine.catalog import Catalog, catalog
from engine.db import Session
from engine.errors import NotFound


def export(session: Session, app: str) -> dict[str, str]:
    """Return the folder of an installed app: path inside it -> text; raises `NotFound`."""
    return files_of(running(session, app))


def archive(session: Session, apps: Iterable[str]) -> bytes:
    """Return a zip of installed apps, each in a folder of its key; the same apps are the same bytes."""
    return archives.pack({f"{app}/{path}": text for app in apps for path, text in export(session, app).items()})


def running(session: Session, app: str) -> Template:
    """Return an installed app as it is in force; raises `NotFound`."""
    view = catalog(session)
    if view.find("apps", app) is None:
        raise NotFound("app_not_found", app=app)
    template = _in_force(view, app)
    texts = {language: sound_texts(template, paths) for language, paths in view.translations(app).items()}
    kept = {path: text for path, text in (stored.find(session, app) or {}).items() if is_kept(path)}
    kept = {path: _fitted(path, text, template) for path, text in kept.items()}
    kept = {path: text for path, text in kept.items() if text}
    return replace(template, translations=texts, kept=kept)


def is_kept(path: str) -> bool:
    """Whether a file of an app is kept as it is."""
    return path == "README.md" or path.partition("/")[0] in KEPT


def _in_force(view: Catalog, app: str) -> Template:
    documents = []
    for folder, kind in FOLDERS.items():
        for one in view.list(kind, app):
            file = f"{app}/{folder}/{one.key}.json"
            documents.append(Document(kind=kind, key=one.key, body=one.document, file=file))
    for index, one in enumerate(view.list("roles", app)):
        place = f"/roles/{index}"
        documents.append(
            Document(kind="roles", key=one.key, body=one.document, file=f"{app}/roles.json", pointer=place)
        )
    own = Document(kind="apps", key=app, body=view.app(app).document, file=f"{app}/app.json")
    return Template(key=app, app=own, documents=tuple(documents), translations={}, rows={})


def sound_texts(template: Template, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the translations of what is there; what they were of may be gone since."""
    documents: dict[str, Mapping[str, Any]] = {f"apps/{template.key}": template.app.body}
    documents |= {f"{document.kind}/{document.key}": document.body for document in template.documents}
    found = {}
    for path, text in texts.items():
        kind, _, rest = path.partition("/")
        key, _, inner = rest.partition("/")
        body = documents.get(f"{kind}/{key}")
        if body is not None and isinstance(at_path(body, inner.split("/")), str):
            found[path] = text
    return found


def _fitted(path: str, text: str, template: Template) -> str:
    """Return a data file without the columns of fields that the form no longer has; nothing where the form is gone."""
    if not path.startswith("data/"):
        return text
    key = path.removeprefix("data/").removesuffix(".csv")
    form = next((one for one in template.of_kind("forms") if one.key == key), None)
    if form is None:
        return ""
    known = _columns(form.body)
    try:
        rows_of(text.encode())
    except Unreadable:
        return text
    header, *lines = list(csv.reader(io.StringIO(text, newline="")))
    kept = [at for at, name in enumerate(header) if name in known]
    if len(kept) == len(header):
        return text
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([line[at] for at in kept] for line in (header, *lines))
    return buffer.getvalue()


def _columns(form: Mapping[str, Any]) -> set[str]:
    names = {"key", OWNER}
    for key, prop in as_object(form.get("properties")).items():
        cells = as_object(as_object(as_object(prop).get("items")).get("properties"))
        names |= {key, *(f"{key}.{cell}" for cell in cells)}
    return names


def remembered(session: Session, app: str) -> Template | None:
    """Return the app as it was last installed; None where that is not known."""
    files = stored.find(session, app)
    if files is None:
        return None
    return loader.read({f"{app}/{path}": text.encode() for path, text in files.items()})[0]


def scenarios(session: Session, app: str) -> list[Mapping[str, Any]]:
    """Return the scenarios of an installed app, in the order of their keys; raises `NotFound`."""
    kept = running(session, app).kept
    return [object_of(text.encode()) for path, text in sorted(kept.items()) if path.startswith("scenarios/")]

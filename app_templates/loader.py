"""Reads an app from its folder.

Owns the layout of the folder (`forms/*.json`, `roles.json`, `i18n/*.json`, `data/*.csv`, …) and the faults that show
without knowing what a document means: bad JSON, a file that does not belong, a key that is not its file's name. Leaves
the meaning to `checks`. All faults of all apps are reported at once.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app_templates.documents import APP_SCHEMA
from app_templates.template import FOLDERS, Document, Row, Template
from engine import json_schema
from engine.errors import InvalidDefinition, Violation
from engine.texts import LANGUAGES

CATALOG = Path(__file__).with_name("catalog")

_KEY = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
_FILE_BYTES = 4 * 1024 * 1024
_KNOWN = frozenset({"app.json", "roles.json", "README.md", "i18n", "data", *FOLDERS})

Report = Callable[[Violation], None]


def load_catalog(keys: Sequence[str] | None = None) -> tuple[Template, ...]:
    """Return the shipped apps, or those of them named by `keys`."""
    folders = sorted(path for path in CATALOG.iterdir() if (path / "app.json").is_file())
    known = {folder.name: folder for folder in folders}
    for key in keys or ():
        if key not in known:
            raise InvalidDefinition("template_unknown", key=key, known=sorted(known))
    return load(*(known[key] for key in keys or sorted(known)))


def load(*folders: Path) -> tuple[Template, ...]:
    """Return the apps of `folders`.

    Raises `InvalidDefinition` with every fault of every folder; pointers are `crm/forms/customer.json#/title`.
    """
    faults = [
        Violation(pointer=f"{folder.name}#", code="template_no_app")
        for folder in folders
        if not (folder / "app.json").is_file()
    ]
    templates = tuple(_template(folder, faults.append) for folder in folders) if not faults else ()
    if faults:
        raise InvalidDefinition("template_unreadable", violations=faults)
    return templates


def _template(folder: Path, report: Report) -> Template:
    key = folder.name
    for path in sorted(folder.iterdir()):
        if path.name not in _KNOWN:
            report(
                Violation(
                    pointer=f"{key}/{path.name}#",
                    code="template_file_unknown",
                    params={"file": path.name},
                )
            )
    app = _document(folder, folder / "app.json", "apps", report)
    for spot in json_schema.validator("app_templates.app", APP_SCHEMA).violations(app.body) if app.body else ():
        report(replace(spot, pointer=app.file + spot.pointer))
    documents = [
        _document(folder, path, kind, report)
        for name, kind in FOLDERS.items()
        for path in _files(folder / name, ".json", report)
    ]
    return Template(
        key=key,
        path=folder,
        app=app,
        documents=(*documents, *_roles(folder, report)),
        translations={
            path.stem: _translations(folder, path, report) for path in _files(folder / "i18n", ".json", report)
        },
        rows={path.stem: tuple(_rows(folder, path, report)) for path in _files(folder / "data", ".csv", report)},
    )


def _files(folder: Path, suffix: str, report: Report) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file() or path.suffix != suffix:
            name = f"{folder.parent.name}/{folder.name}/{path.name}"
            report(
                Violation(
                    pointer=f"{name}#",
                    code="template_file_unknown",
                    params={"file": path.name},
                )
            )
        else:
            yield path


def _json(folder: Path, path: Path, report: Report) -> tuple[str, dict[str, Any]]:
    name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    try:
        if path.stat().st_size > _FILE_BYTES:
            raise ValueError(f"more than {_FILE_BYTES} bytes")  # noqa: TRY301 - one place reports every kind
        body = json.loads(path.read_text("utf-8"), object_pairs_hook=_no_duplicates)
    except (OSError, ValueError, RecursionError) as error:
        report(
            Violation(
                pointer=f"{name}#",
                code="template_not_json",
                params={"reason": str(error)},
            )
        )
        return name, {}
    if not isinstance(body, dict):
        report(Violation(pointer=f"{name}#", code="template_not_object"))
        return name, {}
    return name, body


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [key for key, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice in one object")
    return result


def _document(folder: Path, path: Path, kind: str, report: Report) -> Document:
    name, body = _json(folder, path, report)
    key = path.stem if kind != "apps" else folder.name
    if not _KEY.match(key):
        report(Violation(pointer=f"{name}#", code="template_key_invalid", params={"key": key}))
    if kind == "forms" and body and "format" not in body:
        body = _from_plain_schema(body, f"{folder.name}.{key}")
    expected = f"{folder.name}.{key}" if kind == "forms" else key
    stated = body.get("$id" if kind == "forms" else "key")
    if body and stated != expected:
        place = "/$id" if kind == "forms" else "/key"
        report(
            Violation(
                pointer=f"{name}#{place}",
                code="template_key_not_file",
                params={"key": stated, "file": expected},
            )
        )
    return Document(kind=kind, key=key, body=body, file=name)


def _from_plain_schema(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a form of a JSON Schema from elsewhere, told by its lack of `format`: the file's place names it."""
    own = {"$id": name, "format": 1, "title": body.get("title", name.partition(".")[2])}
    return {**own, **{member: value for member, value in body.items() if member not in own}}


def _roles(folder: Path, report: Report) -> Iterator[Document]:
    path = folder / "roles.json"
    if not path.is_file():
        return
    name, body = _json(folder, path, report)
    roles = body.get("roles", [])
    if not isinstance(roles, list) or not all(isinstance(role, dict) and "key" in role for role in roles):
        report(Violation(pointer=f"{name}#/roles", code="template_roles_not_list"))
        return
    for index, role in enumerate(roles):
        yield Document(
            kind="roles",
            key=str(role["key"]),
            body=role,
            file=name,
            pointer=f"/roles/{index}",
        )


def _translations(folder: Path, path: Path, report: Report) -> Mapping[str, str]:
    name, body = _json(folder, path, report)
    if path.stem not in LANGUAGES:
        report(
            Violation(
                pointer=f"{name}#",
                code="template_language_unknown",
                params={"language": path.stem},
            )
        )
    for key, text in body.items():
        if not isinstance(text, str):
            report(Violation(pointer=f"{name}#/{key}", code="template_translation_not_text"))
    return body


def _rows(folder: Path, path: Path, report: Report) -> Iterator[Row]:
    name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            records = list(csv.reader(stream, strict=True))
    except (OSError, ValueError, csv.Error) as error:
        report(
            Violation(
                pointer=f"{name}#",
                code="template_not_csv",
                params={"reason": str(error)},
            )
        )
        return
    if not records or records[0][:1] != ["key"]:
        report(Violation(pointer=f"{name}#", code="template_csv_no_key"))
        return
    header, *lines = records
    if any(len(line) != len(header) for line in lines):
        wrong = next(number for number, line in enumerate(lines, 2) if len(line) != len(header))
        report(
            Violation(
                pointer=f"{name}#/{wrong}",
                code="template_csv_cells",
                params={"line": wrong},
            )
        )
        return
    yield from _grouped(header, lines)


def _grouped(header: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[Row]:
    """Yield one row a record: a line without a key holds more sub-table rows of the record above it."""
    current: tuple[str, int, dict[str, str]] | None = None
    tables: dict[str, list[Mapping[str, str]]] = {}
    for number, line in enumerate(lines, 2):
        cells = dict(zip(header, line, strict=True))
        if key := cells.pop("key"):
            if current:
                yield Row(key=current[0], line=current[1], values=current[2], tables=tables)
            current = (
                key,
                number,
                {name: text for name, text in cells.items() if "." not in name and text},
            )
            tables = {}
        for table in {name.partition(".")[0] for name in cells if "." in name}:
            prefix = f"{table}."
            row = {name.removeprefix(prefix): text for name, text in cells.items() if name.startswith(prefix) and text}
            if row:
                tables.setdefault(table, []).append(row)
    if current:
        yield Row(key=current[0], line=current[1], values=current[2], tables=tables)

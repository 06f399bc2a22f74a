"""Reads apps from their files, wherever these come from: folders, archives, what was stored.

Owns the layout of an app (`forms/*.json`, `roles.json`, `i18n/*.json`, `data/*.csv`, …) and the faults that show
without knowing what a document means: bad JSON, a file that does not belong, a key that is not its file's name. Leaves
the meaning to `checking`. All faults of all apps are reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from app_templates.documents import APP_SCHEMA
from app_templates.packages import archives, canonical, folders
from app_templates.packages.files import Files
from app_templates.packages.limits import MOST_CELLS, MOST_FAULTS
from app_templates.packages.reading import Unreadable, object_of, rows_of, text_of
from app_templates.template import FOLDERS, KEPT, Document, Row, Template
from engine import json_schema
from engine.errors import InvalidDefinition, Violation
from engine.texts import LANGUAGES

CATALOG = Path(__file__).with_name("catalog")

_KEY = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
_FILES = frozenset({"app.json", "roles.json", "README.md"})
#: Folder -> how the names of its files end.
_ENDINGS: Mapping[str, str] = {**dict.fromkeys(FOLDERS, ".json"), "i18n": ".json", **KEPT}

Report = Callable[[Violation], None]


def load_catalog(keys: Sequence[str] | None = None) -> tuple[Template, ...]:
    """Return the shipped apps, or those of them named by `keys`."""
    found = sorted(path for path in CATALOG.iterdir() if (path / "app.json").is_file())
    known = {folder.name: folder for folder in found}
    for key in keys or ():
        if key not in known:
            raise InvalidDefinition("template_unknown", key=key, known=sorted(known))
    return load(*(known[key] for key in keys or sorted(known)))


def load(*paths: Path) -> tuple[Template, ...]:
    """Return the apps of folders; see `read`."""
    missing = [path for path in paths if not (path / "app.json").is_file()]
    if missing:
        faults = [Violation(pointer=f"{path.name}#", code="template_no_app") for path in missing]
        raise InvalidDefinition("template_unreadable", violations=faults)
    return read(folders.read(*paths))


def load_archive(stream: BinaryIO) -> tuple[Template, ...]:
    """Return the apps in a zip: one at its root, or each in a folder of its key; see `read`."""
    files = archives.unpack(stream)
    if "app.json" not in files:
        return read(files)
    try:
        key = str(object_of(files["app.json"]).get("key", ""))
    except Unreadable as fault:
        spot = Violation(pointer="app.json#", code=fault.code, params=fault.params)
        raise InvalidDefinition("template_unreadable", violations=[spot]) from fault
    return read({f"{key}/{path}": content for path, content in files.items()})


def read(files: Files) -> tuple[Template, ...]:
    """Return the apps of files by their paths, each beginning with the app's key.

    Raises `InvalidDefinition` with every fault of every app; pointers are `crm/forms/customer.json#/title`.
    """
    faults: list[Violation] = []
    apps: dict[str, dict[str, bytes]] = {}
    for path, content in sorted(files.items()):
        app, _, inner = path.partition("/")
        if inner:
            apps.setdefault(app, {})[inner] = content
        else:
            faults.append(Violation(pointer=f"{path}#", code="template_file_unknown", params={"file": path}))
    faults += [Violation(pointer=f"{app}#", code="template_no_app") for app in apps if "app.json" not in apps[app]]
    if not apps:
        faults.append(Violation(pointer="#", code="template_no_app"))
    cells = sum(_most_cells(content) for path, content in files.items() if path.endswith(".csv"))
    if cells > MOST_CELLS:
        params = {"count": cells, "limit": MOST_CELLS}
        faults.append(Violation(pointer="#", code="package_too_many_cells", params=params))
    if faults:
        raise InvalidDefinition("template_unreadable", violations=faults[:MOST_FAULTS])
    templates = tuple(_Reader(app, inside, faults.append).template() for app, inside in apps.items())
    if faults:
        raise InvalidDefinition("template_unreadable", violations=faults[:MOST_FAULTS])
    return templates


def _most_cells(content: bytes) -> int:
    """Return how many cells and lines a data file has at the most, without reading it as one."""
    return sum(content.count(one) for one in (b",", b"\n", b"\r"))


class _Reader:
    """One app's files on their way to a template; what is wrong goes to `report`."""

    def __init__(self, key: str, files: Files, report: Report) -> None:
        self.key = key
        self.files = files
        self.report = report

    def template(self) -> Template:
        """Return the app; where something was reported it holds what could be read."""
        for path in self.files:
            if not self._belongs(path):
                self._fault(path, "template_file_unknown", file=path.rpartition("/")[2])
        app = self._document("app.json", "apps", self.key)
        for spot in json_schema.validator("app_templates.app", APP_SCHEMA).violations(app.body) if app.body else ():
            self.report(replace(spot, pointer=app.file + spot.pointer))
        documents = [
            self._document(path, kind, stem) for name, kind in FOLDERS.items() for path, stem in self._inside(name)
        ]
        return Template(
            key=self.key,
            app=app,
            documents=(*documents, *self._roles()),
            translations={stem: self._translations(path, stem) for path, stem in self._inside("i18n")},
            rows={stem: self._rows(path) for path, stem in self._inside("data")},
            scenarios=tuple(self._document(path, "scenarios", stem) for path, stem in self._inside("scenarios")),
            kept=dict(self._kept()),
        )

    def _belongs(self, path: str) -> bool:
        folder, _, name = path.partition("/")
        return path in _FILES or (name.endswith(_ENDINGS.get(folder, "/")) and "/" not in name)

    def _fault(self, path: str, code: str, place: str = "", **params: Any) -> None:
        self.report(Violation(pointer=f"{self.key}/{path}#{place}", code=code, params=params))

    def _inside(self, folder: str) -> Iterator[tuple[str, str]]:
        """Yield the path and the key of each file of a folder."""
        for path in self.files:
            if path.startswith(f"{folder}/") and self._belongs(path):
                yield path, path.removeprefix(f"{folder}/").removesuffix(_ENDINGS[folder])

    def _json(self, path: str) -> dict[str, Any]:
        try:
            return object_of(self.files[path])
        except Unreadable as fault:
            self._fault(path, fault.code, **fault.params)
            return {}

    def _document(self, path: str, kind: str, key: str) -> Document:
        name, body = f"{self.key}/{path}", self._json(path)
        if not _KEY.match(key):
            self._fault(path, "template_key_invalid", key=key)
        if kind == "forms" and body and "format" not in body:
            body = _from_plain_schema(body, f"{self.key}.{key}")
        body = canonical.ordered(body)
        self._check_format(path, body)
        expected, place = (f"{self.key}.{key}", "$id") if kind == "forms" else (key, "key")
        stated = body.get(place)
        if body and stated != expected:
            self._fault(path, "template_key_not_file", f"/{place}", key=stated, file=expected)
        return Document(kind=kind, key=key, body=body, file=name)

    def _check_format(self, path: str, body: Mapping[str, Any], place: str = "") -> None:
        number = body.get("format")
        if isinstance(number, int) and not isinstance(number, bool) and number > 1:
            self._fault(path, "template_format_newer", f"{place}/format", format=number)

    def _roles(self) -> Iterator[Document]:
        if "roles.json" not in self.files:
            return
        body = self._json("roles.json")
        self._check_format("roles.json", body)
        roles = body.get("roles", [])
        if not isinstance(roles, list) or not all(isinstance(role, dict) and "key" in role for role in roles):
            self._fault("roles.json", "template_roles_not_list", "/roles")
            return
        seen: set[str] = set()
        for index, role in enumerate(roles):
            key = str(role["key"])
            if key in seen:
                self._fault("roles.json", "key_twice", f"/roles/{index}/key", key=key)
                continue
            seen.add(key)
            if not _KEY.match(key):
                self._fault("roles.json", "template_key_invalid", f"/roles/{index}/key", key=key[:60])
            self._check_format("roles.json", role, f"/roles/{index}")
            file, place = f"{self.key}/roles.json", f"/roles/{index}"
            yield Document(kind="roles", key=key, body=canonical.ordered(role), file=file, pointer=place)

    def _translations(self, path: str, language: str) -> Mapping[str, str]:
        body = self._json(path)
        if language not in LANGUAGES:
            self._fault(path, "template_language_unknown", language=language)
        for key, text in body.items():
            if not isinstance(text, str):
                self._fault(path, "template_translation_not_text", f"/{key.replace('/', '~1')}")
        return body

    def _rows(self, path: str) -> tuple[Row, ...]:
        try:
            rows = rows_of(self.files[path])
        except Unreadable as fault:
            place = f"/{fault.params['line']}" if "line" in fault.params else ""
            self._fault(path, fault.code, place, **fault.params)
            return ()
        seen: set[str] = set()
        for row in rows:
            if row.key in seen:
                self._fault(path, "template_row_twice", f"/{row.line}/key", key=row.key[:60])
            seen.add(row.key)
        return tuple(rows)

    def _kept(self) -> Iterator[tuple[str, str]]:
        """Yield the files that are kept as they are, in canonical form."""
        for path, content in self.files.items():
            if path != "README.md" and path.partition("/")[0] not in KEPT:
                continue
            try:
                text = text_of(content)
                if path.endswith(".json"):
                    text = canonical.json_text(canonical.ordered(object_of(content)))
            except Unreadable as fault:
                if path == "README.md" or path.endswith(".html"):
                    self._fault(path, fault.code, **fault.params)
                continue
            yield path, canonical.plain_text(text)


def _from_plain_schema(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a form of a JSON Schema from elsewhere, told by its lack of `format`: the file's place names it."""
    own = {"$id": name, "format": 1, "title": body.get("title", name.partition(".")[2])}
    return {**own, **{member: value for member, value in body.items() if member not in own}}

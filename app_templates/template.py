"""What an app is as files: its documents by kind, its translations, its seed and demo rows.

Owns only the shape; `loader` reads it from a folder, `checks` finds its faults, `installer` brings it to life.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.texts import DEFAULT_LANGUAGE, LocalizedText

#: Folder of an app -> kind of definition. `roles.json` holds a list and is told apart by `loader`.
FOLDERS: Mapping[str, str] = {
    "forms": "forms",
    "balances": "balances",
    "flows": "flows",
    "reports": "reports",
    "dashboards": "dashboards",
}

#: Folder of files that the platform keeps with the app and gives back, and how their names end.
KEPT: Mapping[str, str] = {"data": ".csv", "prints": ".html", "scenarios": ".json"}

#: A column of data files beside the form's fields: the user name of whom the record belongs to and is written by.
OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One definition of the app.

    file    -- path inside the catalogue, `crm/forms/customer.json`; the first half of a fault's pointer.
    pointer -- where the document stands in that file: `` for a file of its own, `/roles/0` in a list.
    """

    kind: str
    key: str
    body: Mapping[str, Any]
    file: str
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a data file: the record's `key` in the app, its cells as text, its sub-table rows."""

    key: str
    line: int
    values: Mapping[str, str]
    tables: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One app as it lies in its folder.

    translations -- language -> path inside the app (`forms/customer/title`) -> text.
    rows         -- form key -> its rows, in file order.
    scenarios    -- the documents of `scenarios/*.json`.
    kept         -- files that the platform keeps with the app and gives back as they are (README, prints, data,
                    scenarios): path inside the folder -> text.
    """

    key: str
    app: Document
    documents: tuple[Document, ...]
    translations: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, tuple[Row, ...]]
    scenarios: tuple[Document, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)

    def of_kind(self, kind: str) -> tuple[Document, ...]:
        """Return the app's documents of `kind`, in key order."""
        return tuple(document for document in self.documents if document.kind == kind)

    def text(self, path: str, text: str) -> LocalizedText:
        """Return `text`, which stands at `path` inside the app (`forms/customer/title`), in every language it has."""
        others = {language: texts[path] for language, texts in self.translations.items() if path in texts}
        return {str(self.app.body.get("language", DEFAULT_LANGUAGE)): text, **others} if others else text

    def name(self, document: Document) -> str:
        """Return the full name of `document`: `crm.customer`."""
        return f"{self.key}.{document.key}"

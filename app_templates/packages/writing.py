"""An app as the files of its folder, in canonical form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app_templates.packages.canonical import json_text, ordered
from app_templates.template import FOLDERS, Template


def files_of(template: Template) -> dict[str, str]:
    """Return the app's folder: path inside it -> text. The same app gives the same texts, in the order of paths."""
    documents = {f"{document.kind}/{document.key}": document.body for document in template.documents}
    files = {"app.json": json_text(ordered(template.app.body))}
    for folder, kind in FOLDERS.items():
        for document in template.of_kind(kind):
            files[f"{folder}/{document.key}.json"] = json_text(ordered(documents[f"{kind}/{document.key}"]))
    roles = sorted(template.of_kind("roles"), key=lambda role: role.key)
    if roles:
        files["roles.json"] = json_text({"format": 1, "roles": [ordered(role.body) for role in roles]})
    for language, texts in template.translations.items():
        files[f"i18n/{language}.json"] = json_text(dict(sorted(texts.items())))
    return dict(sorted({**files, **template.kept}.items()))


def tree_of(template: Template) -> dict[str, Any]:
    """Return the app as one JSON object, file by file, for comparing and merging: `{"forms/customer.json": {…}}`."""
    tree: dict[str, Any] = {"app.json": ordered(template.app.body)}
    for folder, kind in FOLDERS.items():
        tree |= {f"{folder}/{document.key}.json": ordered(document.body) for document in template.of_kind(kind)}
    roles: Mapping[str, Any] = {role.key: ordered(role.body) for role in template.of_kind("roles")}
    tree["roles.json"] = {"format": 1, "roles": [roles[key] for key in sorted(roles)]}
    for language, texts in template.translations.items():
        tree[f"i18n/{language}.json"] = dict(sorted(texts.items()))
    return tree

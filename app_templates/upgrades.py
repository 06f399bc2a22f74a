"""A new version of an app over one that was customised here: three states merged into one.

The base is the folder as it was last installed. Where that is not known, whatever differs is a conflict. Files that
nobody can change here (README, data, scenarios, prints) are the new folder's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app_templates import exporter, loader
from app_templates.changing.elements import MISSING
from app_templates.changing.merging import Choice, Conflict, Merge
from app_templates.changing.places import Words, in_folder, pointer_names
from app_templates.packages.writing import tree_of
from app_templates.template import Template
from engine.catalog import catalog
from engine.db import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A conflict of an upgrade, and where it is: `crm/forms/x.json#/properties/a/title`, and in words."""

    pointer: str
    place: Words
    conflict: Conflict


def merged(
    session: Session, templates: Sequence[Template], choices: Mapping[str, Choice]
) -> tuple[list[Template], list[Clash]]:
    """Return each app as it should be, and the conflicts.

    In a conflict ours stands unless theirs was chosen. An app that is not installed is taken as it comes.
    """
    found: list[Template] = []
    conflicts: list[Clash] = []
    for template in templates:
        if catalog(session).find("apps", template.key) is None:
            found.append(template)
            continue
        base = exporter.remembered(session, template.key)
        ours = exporter.running(session, template.key)
        merge = Merge(choices={_path(place): side for place, side in choices.items() if _app(place) == template.key})
        trees = (tree_of(base) if base else {}, tree_of(ours), tree_of(template))
        found.append(_template(template, merge.merged(*trees)))
        conflicts += [
            Clash(
                pointer=_place(template.key, conflict.path),
                place=in_folder(conflict.path, trees, (ours, template, base)),
                conflict=conflict,
            )
            for conflict in merge.conflicts
        ]
    return found, conflicts


def _app(place: str) -> str:
    return place.partition("/")[0]


def _path(place: str) -> tuple[str, ...]:
    file, _, inner = place.partition("#")
    return (file.partition("/")[2], *pointer_names(inner))


def _place(app: str, path: Sequence[str]) -> str:
    inner = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path[1:])
    return f"{app}/{path[0]}#{inner}" if path else f"{app}#"


def _template(theirs: Template, tree: Mapping[str, Any]) -> Template:
    """Return the app of a merged tree; translations of what is gone go with it."""
    files = {
        f"{theirs.key}/{path}": json.dumps(body, ensure_ascii=False).encode()
        for path, body in tree.items()
        if body is not MISSING and not (path == "roles.json" and not body["roles"])
    }
    files |= {f"{theirs.key}/{path}": text.encode() for path, text in theirs.kept.items()}
    read = loader.read(files)[0]
    texts = {language: exporter.sound_texts(read, paths) for language, paths in read.translations.items()}
    return replace(read, translations=texts)

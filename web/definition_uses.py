"""Uses of a definition as the API tells them: who points at it, and where, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app_templates.changing import places
from engine.catalog import Catalog, Definition
from engine.references import Use
from engine.texts import LocalizedText, localized


def shown(known: Catalog, kind: str, name: str, uses: Iterable[Use], language: str) -> list[Mapping[str, Any]]:
    """Return the uses of the definition `name`, as `web.schemas.apps.Use`."""
    used = known.find(kind, name)
    return [_shown(known, used, use, language) for use in uses]


def _shown(known: Catalog, used: Definition | None, use: Use, language: str) -> Mapping[str, Any]:
    user = known.get(use.kind, use.name)
    titles = {} if used is None else {used.name: _title(known, used, ())}
    if used is not None and use.member is not None:
        titles[use.member] = _title(known, used, ("properties" if used.kind == "forms" else "nodes", use.member))
    names = places.pointer_names(use.pointer)
    found = places.words([user.document], names, lambda path, source: _text(known, user, path, source))
    # Names that a document gives to what it writes or opens are those of what it uses.
    words = [titles.get(word, word) if isinstance(word, str) and word in names else word for word in found]
    return {
        "kind": use.kind,
        "name": use.name,
        "title": localized(_title(known, user, ()), language),
        "member": use.member,
        "member_title": None if use.member is None else localized(titles.get(use.member, use.member), language),
        "at": places.told(tuple(words), language),
        "pointer": use.pointer,
    }


def _title(known: Catalog, definition: Definition, path: tuple[str, ...]) -> LocalizedText:
    """Return the title of a definition or of a part of it; its name where it has none."""
    part: Any = definition.document
    for name in path:
        part = part.get(name) if isinstance(part, Mapping) else None
    title = part.get("title") if isinstance(part, Mapping) else None
    if not isinstance(title, str) or not title:
        return path[-1] if path else definition.name
    return _text(known, definition, "/".join((*path, "title")), title)


def _text(known: Catalog, definition: Definition, path: str, source: str) -> LocalizedText:
    return known.text(definition.app, f"{definition.kind}/{definition.key}/{path}", source)

"""Where something stands in a definition, in words: names as titles, members as people call them.

Pure but for the message catalogue, which has a word for every member that a definition may have (`member_minimum`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from app_templates.changing.elements import MISSING, name_of, parts_of, shape_of
from app_templates.template import Template
from engine.texts import LocalizedText, catalogue, localized

#: A text in every language that it has: by its path inside the document, as translations name it, and as it is written.
Text = Callable[[str, str], LocalizedText]
#: A place, from the outside in.
Words = tuple[LocalizedText, ...]

#: Members that say how something is written, not what it is about: left out of the words.
_SILENT = frozenset({"properties", "items", "x-field", "x-form", "nodes"})
#: Objects whose members are names that somebody gave: of fields, of forms, of what is written into them.
_NAMING = frozenset({"properties", "forms", "fields", "values", "set", "fill", "apply", "match", "headers", "titles"})


def as_written(_path: str, text: str) -> LocalizedText:
    """Return a text as it stands: where nothing is translated."""
    return text


def texts_of(templates: Iterable[Template | None], root: str) -> Text:
    """Return the texts below `root` (`forms/customer`) as the first of some states of an app that translates them."""
    known = [template for template in templates if template is not None]

    def text(path: str, source: str) -> LocalizedText:
        found = (template.text(f"{root}/{path}" if root else path, source) for template in known)
        return next((one for one in found if not isinstance(one, str)), source)

    return text


def document(bodies: Sequence[Any], kind: str, key: str, text: Text = as_written) -> Words:
    """Return the words for a document: its kind and its title."""
    title = _title(bodies)
    return member(kind.removesuffix("s")), key if title is None else text("title", title)


def words(bodies: Sequence[Any], path: Sequence[str], text: Text = as_written) -> Words:
    """Return the words for a place: `明细`, `单价`, `最小值`.

    bodies -- states of one document, the one whose titles count first; MISSING for none.
    path   -- names that lead there: members, keys of elements of keyed lists, or positions in lists.
    """
    found: list[LocalizedText] = []
    names: list[str] = []
    at, is_given = list(bodies), False
    for name in path:
        is_list = any(isinstance(body, list) for body in at)
        at = [_part(body, name) for body in at]
        names.append(_key(at, name))
        # What is named `title` among given names is somebody's, and no title.
        title = None if name in _NAMING and not is_given else _title(at)
        if title is not None:
            found.append(text("/".join((*names, "title")), title))
        elif is_given or is_list:
            found.append(str(int(name) + 1) if is_list and name.isdecimal() else name)
        elif name not in _SILENT:
            found.append(member(name))
        is_given = name in _NAMING and not is_given and not is_list
    return tuple(found)


def in_folder(path: Sequence[str], trees: Sequence[Mapping[str, Any]], states: Iterable[Template | None]) -> Words:
    """Return the words for a place in an app's folder: the kind of the document, its title, the place inside it.

    path   -- the file, then names inside it.
    trees  -- states of the app as `packages.writing.tree_of` gives them; `states` are the same, for their translations.
    """
    file, inner = path[0], tuple(path[1:])
    known = [state for state in states if state is not None]
    bodies = [tree.get(file, MISSING) for tree in trees]
    folder, _, key = file.removesuffix(".json").partition("/")
    if folder == "i18n":
        return (member("translation"), key, *inner)
    kind = folder if key else "apps"
    if folder == "roles" and len(inner) > 1:
        bodies = [_part(_part(body, "roles"), inner[1]) for body in bodies]
        kind, key, inner = "roles", _key(bodies, inner[1]), inner[2:]
    key = key or known[0].key
    text = texts_of(known, f"{kind}/{key}")
    return (*document(bodies, kind, key, text), *words(bodies, inner, text))


def pointer_names(pointer: str) -> tuple[str, ...]:
    """Return the names of a JSON pointer: `/properties/a` -> `properties`, `a`."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.lstrip("#").split("/")[1:])


def told(place: Words, language: str) -> str:
    """Return a place in one language: `明细 › 单价 › 最小值`."""
    return " › ".join(localized(word, language) for word in place)


def member(name: str) -> LocalizedText:
    """Return what people call a member of a definition; the name itself where there is no word."""
    return catalogue().get(f"member_{name}", name)


def _part(body: Any, name: str) -> Any:
    shape = shape_of([body])
    if shape in ("object", "keyed"):
        parts = parts_of(body, shape)
        if name in parts:
            return parts[name]
    if isinstance(body, list) and name.isdecimal() and int(name) < len(body):
        return body[int(name)]
    return MISSING


def _key(bodies: Sequence[Any], name: str) -> str:
    """Return what translations call an element: its key, though the path may give its position."""
    for body in bodies:
        if isinstance(body, Mapping) and name.isdecimal() and (member := name_of([body])):
            return str(body[member])
    return name


def _title(bodies: Sequence[Any]) -> str | None:
    for body in bodies:
        if isinstance(body, Mapping) and isinstance(body.get("title"), str) and body["title"]:
            return str(body["title"])
    return None

"""Finds every reference of a set of apps that leads nowhere, before anything is installed.

Owns what stands *between* documents: forms that relations, balances, flows, reports, roles and menus name; roles that
flows name; paths of translations. What a document means in itself (expressions, options, soundness) its engine says, in
`world`. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from app_templates.template import Document, Template
from engine.catalog import Catalog
from engine.errors import Violation

#: What a menu entry may open -> the kinds of definition it may name.
_MENU_TARGETS: Mapping[str, tuple[str, ...]] = {
    "form": ("forms",),
    "balance": ("balances",),
    "report": ("reports",),
    "dashboard": ("dashboards",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Full names that may be referred to, by kind."""

    by_kind: Mapping[str, frozenset[str]]

    def has(self, name: object, *kinds: str) -> bool:
        """Whether `name` is a definition of one of `kinds`."""
        return isinstance(name, str) and any(name in self.by_kind.get(kind, ()) for kind in kinds)

    def matches(self, pattern: object, *kinds: str) -> bool:
        """Whether `pattern` (`crm.*`) stands for at least one definition of `kinds`."""
        return isinstance(pattern, str) and any(
            fnmatchcase(name, pattern) for kind in kinds for name in self.by_kind.get(kind, ())
        )


#: Form -> keys of its saved lists.
Views = Mapping[str, frozenset[str]]


def names(templates: Sequence[Template], installed: Catalog | None) -> Names:
    """Return what may be referred to once `templates` are installed: theirs and other apps'."""
    own = {template.key for template in templates}
    kinds = ("apps", "forms", "balances", "flows", "reports", "dashboards", "roles")
    by_kind: dict[str, set[str]] = {
        kind: {one.name for one in installed.list(kind) if one.app not in own} if installed else set() for kind in kinds
    }
    for template in templates:
        by_kind["apps"].add(template.key)
        for document in template.documents:
            by_kind[document.kind].add(template.name(document))
    return Names(by_kind={kind: frozenset(found) for kind, found in by_kind.items()})


def faults(template: Template, views: Views, names: Names) -> Iterator[Violation]:
    """Yield every dangling reference of an app's documents and translations."""
    required = template.app.body.get("requires")
    for index, key in enumerate(required if isinstance(required, list) else ()):
        if not names.has(key, "apps"):
            yield _unknown(template.app, f"/requires/{index}", "app", key)
    yield from _menu(template.app, template.app.body.get("menu"), "/menu", names, views)
    for document in template.documents:
        yield from _CHECKS[document.kind](document, names)
    yield from _translations(template)


def as_object(node: object) -> Mapping[str, Any]:
    """Return `node` where it is an object; what has another shape is for the kind's own schema to refuse."""
    return node if isinstance(node, Mapping) else {}


def as_objects(node: object) -> list[Mapping[str, Any]]:
    """Return the elements of a list, each as an object; nothing where `node` is no list."""
    return [as_object(item) for item in node] if isinstance(node, list) else []


def _unknown(document: Document, place: str, what: str, name: object) -> Violation:
    pointer = f"{document.file}#{document.pointer}{place}"
    return Violation(pointer=pointer, code=f"template_{what}_unknown", params={"name": name})


def views_of(templates: Sequence[Template], installed: Catalog | None) -> Views:
    """Return the keys of the saved lists of every form by its name."""
    documents = {one.name: one.document for one in installed.list("forms")} if installed else {}
    documents |= {each.name(one): dict(one.body) for each in templates for one in each.of_kind("forms")}
    return {
        name: frozenset(str(view.get("key")) for view in as_objects(as_object(body.get("x-form")).get("views")))
        for name, body in documents.items()
    }


def _menu(app: Document, entries: object, place: str, names: Names, views: Views) -> Iterator[Violation]:
    seen: set[object] = set()
    for index, entry in enumerate(as_objects(entries)):
        if isinstance(key := entry.get("key"), str) and key in seen:
            yield Violation(pointer=f"{app.file}#{place}/{index}/key", code="key_twice", params={"key": key})
        seen.add(key if isinstance(key, str) else None)
        form, view = entry.get("form"), entry.get("view")
        if isinstance(form, str) and form in views and view is not None and view not in views[form]:
            yield _unknown(app, f"{place}/{index}/view", "view", view)
        for target, kinds in _MENU_TARGETS.items():
            if target in entry and not names.has(entry[target], *kinds):
                yield _unknown(app, f"{place}/{index}/{target}", target, entry[target])
        yield from _menu(app, entry.get("items"), f"{place}/{index}/items", names, views)


def _form(document: Document, names: Names) -> Iterator[Violation]:
    yield from _relations(document, document.body.get("properties"), "/properties", names)
    for index, action in enumerate(as_objects(as_object(document.body.get("x-form")).get("actions"))):
        if "flow" in action and not names.has(action["flow"], "flows"):
            yield _unknown(document, f"/x-form/actions/{index}/flow", "flow", action["flow"])


def _relations(document: Document, properties: object, place: str, names: Names) -> Iterator[Violation]:
    for key, own in as_object(properties).items():
        prop = as_object(own)
        target = as_object(prop.get("x-field")).get("form")
        if target is not None and not names.has(target, "forms"):
            yield _unknown(document, f"{place}/{key}/x-field/form", "form", target)
        cells = as_object(prop.get("items")).get("properties")
        yield from _relations(document, cells, f"{place}/{key}/items/properties", names)


def _balance(document: Document, names: Names) -> Iterator[Violation]:
    for index, source in enumerate(as_objects(document.body.get("sources"))):
        if not names.has(source.get("form"), "forms"):
            yield _unknown(document, f"/sources/{index}/form", "form", source.get("form"))


def _flow(document: Document, names: Names) -> Iterator[Violation]:
    trigger = as_object(document.body.get("trigger"))
    if "form" in trigger and not names.has(trigger["form"], "forms"):
        yield _unknown(document, "/trigger/form", "form", trigger["form"])
    for key, own in as_object(document.body.get("nodes")).items():
        node = as_object(own)
        if "form" in node and not names.has(node["form"], "forms", "balances"):
            yield _unknown(document, f"/nodes/{key}/form", "form", node["form"])
        if "balance" in node and not names.has(node["balance"], "balances"):
            yield _unknown(document, f"/nodes/{key}/balance", "balance", node["balance"])
        for member in ("assignees", "to"):
            for index, person in enumerate(as_objects(node.get(member))):
                if person.get("type") == "role" and not names.has(person.get("value"), "roles"):
                    yield _unknown(
                        document,
                        f"/nodes/{key}/{member}/{index}/value",
                        "role",
                        person.get("value"),
                    )


def _report(document: Document, names: Names) -> Iterator[Violation]:
    if not names.has(document.body.get("form"), "forms", "balances"):
        yield _unknown(document, "/form", "form", document.body.get("form"))


def _dashboard(document: Document, names: Names) -> Iterator[Violation]:
    for index, item in enumerate(as_objects(document.body.get("items"))):
        if not names.has(item.get("report"), "reports"):
            yield _unknown(document, f"/items/{index}/report", "report", item.get("report"))


def _role(document: Document, names: Names) -> Iterator[Violation]:
    for pattern in as_object(document.body.get("forms")):
        if not names.matches(pattern, "forms", "balances"):
            yield _unknown(document, f"/forms/{pattern}", "form", pattern)
    for member, what in (
        ("reports", "report"),
        ("dashboards", "dashboard"),
        ("flows", "flow"),
    ):
        patterns = document.body.get(member)
        for index, pattern in enumerate(patterns if isinstance(patterns, list) else ()):
            if not names.matches(pattern, member):
                yield _unknown(document, f"/{member}/{index}", what, pattern)


_CHECKS: Mapping[str, Callable[[Document, Names], Iterator[Violation]]] = {
    "forms": _form,
    "balances": _balance,
    "flows": _flow,
    "reports": _report,
    "dashboards": _dashboard,
    "roles": _role,
}


def _translations(template: Template) -> Iterator[Violation]:
    documents: dict[str, Mapping[str, Any]] = {f"apps/{template.key}": template.app.body}
    documents |= {f"{document.kind}/{document.key}": document.body for document in template.documents}
    for language, texts in template.translations.items():
        for path in texts:
            kind, _, rest = path.partition("/")
            key, _, inner = rest.partition("/")
            body = documents.get(f"{kind}/{key}")
            if body is None or not isinstance(at_path(body, inner.split("/")), str):
                pointer = f"{template.key}/i18n/{language}.json#/{path.replace('/', '~1')}"
                yield Violation(pointer=pointer, code="template_path_unknown", params={"path": path})


def at_path(node: Any, parts: Sequence[str]) -> Any:
    """Follow a translation path: members by name, elements of keyed lists by their key (options by their value)."""
    for part in parts:
        if isinstance(node, Mapping):
            node = node.get(part)
        elif isinstance(node, list):
            node = next(
                (item for item in node if part in (as_object(item).get("key"), as_object(item).get("value"))),
                None,
            )
        else:
            return None
    return node

"""Finds every reference of a set of apps that leads nowhere, before anything is installed.

Owns what stands *between* documents and files: forms that relations, balances, flows, reports, roles and menus name;
roles that flows name; paths of translations; columns and row keys of data files. What a document means in itself
(expressions, options, soundness) is checked by its engine at publication. Nothing here touches the database except to
know what is installed already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from app_templates.template import OWNER, Document, Row, Template
from engine.catalog import Catalog
from engine.errors import InvalidDefinition, Violation

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


Fault = Callable[..., Violation]


def check(templates: Sequence[Template], installed: Catalog | None = None) -> None:
    """Raise `InvalidDefinition` with every dangling reference of `templates`, each at its place in its file."""
    names = _names(templates, installed)
    faults = [fault for template in templates for fault in _faults(template, templates, names)]
    if faults:
        raise InvalidDefinition("template_unresolved", violations=faults)


def _names(templates: Sequence[Template], installed: Catalog | None) -> Names:
    kinds = ("apps", "forms", "balances", "flows", "reports", "dashboards", "roles")
    by_kind: dict[str, set[str]] = {
        kind: {definition.name for definition in installed.list(kind)} if installed else set() for kind in kinds
    }
    for template in templates:
        by_kind["apps"].add(template.key)
        for document in template.documents:
            by_kind[document.kind].add(template.name(document))
    return Names(by_kind={kind: frozenset(found) for kind, found in by_kind.items()})


def _faults(template: Template, templates: Sequence[Template], names: Names) -> Iterator[Violation]:
    required = template.app.body.get("requires")
    for index, key in enumerate(required if isinstance(required, list) else ()):
        if not names.has(key, "apps"):
            yield _unknown(template.app, f"/requires/{index}", "app", key)
    yield from _menu(template.app, template.app.body.get("menu"), "/menu", names)
    for document in template.documents:
        yield from _CHECKS[document.kind](document, names)
    yield from _translations(template)
    yield from _data(template, templates)


def _object(node: object) -> Mapping[str, Any]:
    """Return `node` where it is an object; what has another shape is for the kind's own schema to refuse."""
    return node if isinstance(node, Mapping) else {}


def _objects(node: object) -> list[Mapping[str, Any]]:
    """Return the elements of a list, each as an object; nothing where `node` is no list."""
    return [_object(item) for item in node] if isinstance(node, list) else []


def _unknown(document: Document, place: str, what: str, name: object) -> Violation:
    pointer = f"{document.file}#{document.pointer}{place}"
    return Violation(pointer=pointer, code=f"template_{what}_unknown", params={"name": name})


def _menu(app: Document, entries: object, place: str, names: Names) -> Iterator[Violation]:
    for index, entry in enumerate(_objects(entries)):
        for target, kinds in _MENU_TARGETS.items():
            if target in entry and not names.has(entry[target], *kinds):
                yield _unknown(app, f"{place}/{index}/{target}", target, entry[target])
        yield from _menu(app, entry.get("items"), f"{place}/{index}/items", names)


def _form(document: Document, names: Names) -> Iterator[Violation]:
    yield from _relations(document, document.body.get("properties"), "/properties", names)
    for index, action in enumerate(_objects(_object(document.body.get("x-form")).get("actions"))):
        if "flow" in action and not names.has(action["flow"], "flows"):
            yield _unknown(document, f"/x-form/actions/{index}/flow", "flow", action["flow"])


def _relations(document: Document, properties: object, place: str, names: Names) -> Iterator[Violation]:
    for key, own in _object(properties).items():
        prop = _object(own)
        target = _object(prop.get("x-field")).get("form")
        if target is not None and not names.has(target, "forms"):
            yield _unknown(document, f"{place}/{key}/x-field/form", "form", target)
        cells = _object(prop.get("items")).get("properties")
        yield from _relations(document, cells, f"{place}/{key}/items/properties", names)


def _balance(document: Document, names: Names) -> Iterator[Violation]:
    for index, source in enumerate(_objects(document.body.get("sources"))):
        if not names.has(source.get("form"), "forms"):
            yield _unknown(document, f"/sources/{index}/form", "form", source.get("form"))


def _flow(document: Document, names: Names) -> Iterator[Violation]:
    trigger = _object(document.body.get("trigger"))
    if "form" in trigger and not names.has(trigger["form"], "forms"):
        yield _unknown(document, "/trigger/form", "form", trigger["form"])
    for key, own in _object(document.body.get("nodes")).items():
        node = _object(own)
        if "form" in node and not names.has(node["form"], "forms", "balances"):
            yield _unknown(document, f"/nodes/{key}/form", "form", node["form"])
        for member in ("assignees", "to"):
            for index, person in enumerate(_objects(node.get(member))):
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
    for index, item in enumerate(_objects(document.body.get("items"))):
        if not names.has(item.get("report"), "reports"):
            yield _unknown(document, f"/items/{index}/report", "report", item.get("report"))


def _role(document: Document, names: Names) -> Iterator[Violation]:
    for pattern in _object(document.body.get("forms")):
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
            if body is None or not isinstance(_at(body, inner.split("/")), str):
                pointer = f"{template.key}/i18n/{language}.json#/{path.replace('/', '~1')}"
                yield Violation(pointer=pointer, code="template_path_unknown", params={"path": path})


def _at(node: Any, parts: Sequence[str]) -> Any:
    """Follow a translation path: members by name, elements of keyed lists by their key (options by their value)."""
    for part in parts:
        if isinstance(node, Mapping):
            node = node.get(part)
        elif isinstance(node, list):
            node = next(
                (item for item in node if part in (_object(item).get("key"), _object(item).get("value"))),
                None,
            )
        else:
            return None
    return node


def _data(template: Template, templates: Sequence[Template]) -> Iterator[Violation]:
    forms = {each.name(document): document for each in templates for document in each.of_kind("forms")}
    # Rows of an app that is installed already, and not checked along, cannot be known from here.
    keys: dict[str, set[str]] = {name: set() for name in forms}
    keys |= {f"{each.key}.{form}": {row.key for row in rows} for each in templates for form, rows in each.rows.items()}
    for form, rows in template.rows.items():
        document = forms.get(f"{template.key}.{form}")
        file = f"{template.key}/data/{form}.csv"
        if document is None:
            yield Violation(pointer=f"{file}#", code="template_form_unknown", params={"name": form})
            continue
        for row in rows:
            properties = _object(document.body.get("properties"))
            yield from _cells(file, row, row.values, properties, "", keys)
            for table, lines in row.tables.items():
                cells = _object(_object(_object(properties.get(table)).get("items")).get("properties"))
                for line in lines:
                    yield from _cells(file, row, line, cells, f"{table}.", keys)


def _cells(
    file: str,
    row: Row,
    values: Mapping[str, str],
    properties: Mapping[str, Any],
    prefix: str,
    keys: Mapping[str, set[str]],
) -> Iterator[Violation]:
    for name, text in values.items():
        pointer = f"{file}#/{row.line}/{prefix}{name}"
        prop = properties.get(name)
        if name == OWNER and not prefix:
            continue
        if prop is None:
            yield Violation(
                pointer=pointer,
                code="template_column_unknown",
                params={"name": f"{prefix}{name}"},
            )
            continue
        target = _object(_object(prop).get("x-field")).get("form")
        known = keys.get(str(target))
        if known is not None and text not in known:
            yield Violation(
                pointer=pointer,
                code="template_row_unknown",
                params={"key": text, "form": target},
            )

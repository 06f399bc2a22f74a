"""Record titles that go round in a circle: an order's names its customer, whose title names its order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from app_templates.checking.references import as_object
from app_templates.template import Document, Template
from engine.errors import Violation

_PLACEHOLDER = re.compile(r"\{\s*([a-z][a-z0-9_]*)\s*\}")


def faults(template: Template, templates: Sequence[Template]) -> Iterator[Violation]:
    """Yield the forms of an app whose titles lead back to themselves over relations that they name whole."""
    named = {each.name(one): one for each in templates for one in each.of_kind("forms")}
    leads = {name: _targets(document) for name, document in named.items()}
    for document in template.of_kind("forms"):
        circle = _circle(template.name(document), leads)
        if circle:
            params = {"circle": " → ".join(circle)}
            yield Violation(pointer=f"{document.file}#/x-form/record_title", code="template_title_loops", params=params)


def _targets(document: Document) -> frozenset[str]:
    properties = as_object(document.body.get("properties"))
    title = as_object(document.body.get("x-form")).get("record_title")
    keys = _PLACEHOLDER.findall(title) if isinstance(title, str) else []
    fields = (as_object(as_object(properties.get(key)).get("x-field")) for key in keys)
    return frozenset(str(field["form"]) for field in fields if isinstance(field.get("form"), str))


def _circle(start: str, leads: Mapping[str, frozenset[str]]) -> list[str]:
    """Return the way from a form back to itself, nothing where there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for target in sorted(leads.get(way[-1], ())):
            if target == start:
                return [*way, start]
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []

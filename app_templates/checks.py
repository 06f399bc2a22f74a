"""Says everything that is wrong with apps, before anything is installed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app_templates.checking import data, references, scenario_uses, titles, world
from app_templates.packages.limits import MOST_FAULTS
from app_templates.template import Template
from engine.catalog import catalog
from engine.db import Session
from engine.errors import InvalidDefinition, Violation


def check(templates: Sequence[Template], session: Session | None = None) -> None:
    """Raise `InvalidDefinition` with every fault of `templates`, each at its place in its file; see `faults`."""
    found = faults(templates, session)
    if found:
        raise InvalidDefinition("template_unresolved", violations=found)


def faults(templates: Sequence[Template], session: Session | None = None) -> list[Violation]:
    """Return every fault of apps that are to be installed together, one a place.

    session -- what is installed already; without one only what stands between the files is looked at. Nothing is
               written. About 10 ms a form, flow or report.
    """
    found: dict[str, Violation] = {}
    for spot in _faults(templates, session):
        found.setdefault(spot.pointer, spot)
        if len(found) >= MOST_FAULTS:
            break
    return list(found.values())


def _faults(templates: Sequence[Template], session: Session | None) -> Iterator[Violation]:
    installed = catalog(session) if session is not None else None
    names = references.names(templates, installed)
    views = references.views_of(templates, installed)
    for template in templates:
        yield from references.faults(template, views, names)
        yield from titles.faults(template, templates)
        yield from data.faults(template, templates)
        yield from scenario_uses.faults(template, templates, installed)
    if session is not None:
        yield from world.faults(session, templates)

"""In which order a form's formulas are computed, and which of them run in a circle. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from form_engine.definition import Field, Formula, Table

Path = tuple[str, ...]


def ordered(formulas: Sequence[Formula], fields: Mapping[str, Field]) -> list[Formula]:
    """Return the formulas of a form with these fields such that each stands behind those it uses.

    Raises `CycleError` (its second argument names the circle); published forms have none.
    """
    by_path = {formula.path: formula for formula in formulas}
    sorter: TopologicalSorter[Path] = TopologicalSorter()
    for path, formula in by_path.items():
        sorter.add(path, *_uses(formula, by_path, fields))
    return [by_path[path] for path in sorter.static_order()]


def circle(formulas: Sequence[Formula], fields: Mapping[str, Field]) -> list[str]:
    """Return the names of formulas that need each other, first one repeated at the end; empty when there are none."""
    try:
        ordered(formulas, fields)
    except CycleError as error:
        return [".".join(path) for path in reversed(error.args[1])]
    return []


def _uses(formula: Formula, known: Mapping[Path, Formula], fields: Mapping[str, Field]) -> Iterable[Path]:
    """Yield the computed fields that a formula reads.

    In a cell a name means the row's own field first. A path through a relation reads a stored record, never a value
    that is being computed; one that stops at a sub-table (`COUNT(lines)`) reads none of its cells.
    """
    table = fields.get(formula.path[0]) if len(formula.path) == 2 else None
    for used in formula.expression.paths:
        is_cell = isinstance(table, Table) and table.cell(used[0]) is not None
        candidates = [(formula.path[0], used[0])] if is_cell else [used[:1], used[:2]]
        yield from (candidate for candidate in candidates if candidate in known)

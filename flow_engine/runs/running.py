"""What a node sees while it runs: its plan, the values of the run, and the few things it may do.

A node writes only through `apply`, which is `writing.apply` in the name of the one who started the run, as the
platform: the flow was checked when it was published, so record rights do not bind it, and every other check does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from engine.actor import Actor
from engine.db import Session
from engine.expressions import Expression
from flow_engine.definition import Flow, Node
from flow_engine.documents.plain_values import json_input
from flow_engine.documents.planning import RowsPlan, ValuePlan
from form_engine.changing import writing
from form_engine.definition import Form
from form_engine.evaluating import loading
from form_engine.record import Change, Record


@dataclass(slots=True, kw_only=True)
class Running:
    """One run of one node.

    plan    -- what the node's type prepared.
    names   -- name -> value, as the node's expressions see them.
    starter -- who started the run.
    writer  -- in whose name it writes: whoever decided a moment ago, else the starter.
    form, record_id -- the record the run is about.
    inputs  -- what the node found out before it acted; the log shows it.
    """

    session: Session
    flow: Flow
    node: Node
    plan: Any
    instance_id: UUID
    starter: Actor
    writer: Actor
    form: str | None
    record_id: UUID | None
    names: Mapping[str, object]
    inputs: dict[str, object] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """The platform, acting in the name of the one whose deed the run follows."""
        return self.writer.as_platform()

    def evaluate(self, expression: Expression, **more: object) -> Any:
        """Return the expression's value; raises `ExpressionError` (a division by zero)."""
        return expression.evaluate({**self.names, **more} if more else self.names)

    def values(self, plans: Mapping[str, ValuePlan], **more: object) -> dict[str, Any]:
        """Return planned field values as JSON input for the records service."""
        names = {**self.names, **more}
        found = {key: _input(plan, names) for key, plan in plans.items()}
        self.inputs.setdefault("values", found)
        return found

    def apply(self, form: Form, changes: Sequence[Change]) -> list[Record]:
        """Write; every check but rights binds, flows that hear of it run before this returns."""
        return writing.apply(self.session, self.actor, form.name, changes)

    def evaluated(self, form: Form, found: Sequence[Record]) -> list[dict[str, Any]]:
        """Return written records as later expressions see them: no statement unless they read beyond the record."""
        items = [loading.evaluation(form, record) for record in found]
        self.attach(form, items)
        return items

    def load(self, form: Form, ids: Sequence[UUID]) -> list[dict[str, Any]]:
        """Return records in the order of `ids` as later expressions see them; missing ones are left out."""
        found = loading.load_values(self.session, form, ids, self._tree())
        return [found[one] for one in ids if one in found]

    def attach(self, form: Form, items: Sequence[dict[str, Any]]) -> None:
        """Fetch into records of `form` what later expressions read beyond them."""
        tree = self._tree()
        if any(tree.values()):
            loading.attach(self.session, form.fields.values(), items, tree)

    def _tree(self) -> Mapping[str, Any]:
        return self.flow.trees.get(self.node.key, {})


def _input(plan: ValuePlan, names: Mapping[str, object]) -> Any:
    if not isinstance(plan, RowsPlan):
        return json_input(plan.evaluate(names))
    items: Iterable[object] = plan.items.evaluate(names) or ()
    return [
        {key: json_input(cell.evaluate({**names, plan.item_name: item})) for key, cell in plan.cells.items()}
        for item in items
    ]

"""From a document to a flow: everything that is checked before publication, all faults at once.

In order: the document's schema; ways and ports (`reading`); the graph (`soundness`); every expression, target and
assignee, node by node along the graph so that each sees what exists before it (`planning`); what may not stand in a
flow that runs in the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import definitions, expressions, json_schema
from engine.db import Session
from engine.errors import Violation
from engine.expressions import USER, Type, record_of
from engine.texts import LocalizedText
from flow_engine.advance import item_name
from flow_engine.definition import Flow, Graph, Node, Structure, Trigger
from flow_engine.documents.planning import Name, Notes, Planning, TriggerPlanning, walk
from flow_engine.documents.reading import Translate, read_graph
from flow_engine.documents.schema import flow_schema
from flow_engine.documents.shapes import INSTANCE
from flow_engine.documents.soundness import analyse
from flow_engine.node_type import Awaited, Hold, Prepared, Routing
from flow_engine.trigger_type import TRIGGER_TYPES, TriggerPlan
from form_engine import forms
from form_engine.definition import Form

#: Names that every flow has; a node may not be called so.
RESERVED = ("record", "old", "user", "instance", "input", "decision")


def check_document(document: Any) -> list[Violation]:
    """Return in what `document` breaks the schema of flow documents."""
    return list(json_schema.validator("flow_engine.flow", flow_schema()).violations(document))


def build(session: Session, app: str, document: Mapping[str, Any], *, version: int = 0, definition_id: int = 0) -> Flow:
    """Return the flow that `document` (which satisfies the schema) describes, with all its faults."""
    return _Builder(session, app, document).flow(version, definition_id)


class _Builder:
    """The check of one document."""

    def __init__(self, session: Session, app: str, document: Mapping[str, Any]) -> None:
        self.session = session
        self.app = app
        self.document = document
        self.notes = Notes(session=session, translate=self._translator())
        self.outputs: dict[str, Type] = {}
        self.items: dict[str, Type] = {}
        self.plans: dict[str, object] = {}
        self.extra: dict[str, Mapping[str, Type]] = {}
        self.holds: dict[str, tuple[Hold, ...]] = {}
        self.awaits: dict[str, Awaited] = {}
        self.form: Form | None = None

    def _translator(self) -> Translate:
        catalog = definitions.catalog(self.session)
        key = self.document["key"]

        def translate(path: str, text: str) -> LocalizedText:
            return catalog.text(self.app, f"flows/{key}/{path}", text)

        return translate

    def flow(self, version: int, definition_id: int) -> Flow:
        """Run every check and put the flow together."""
        graph, faults = read_graph(self.document, self.notes.translate)
        self.notes.faults.extend(faults)
        structure, unsound = analyse(graph)
        self.notes.faults.extend(unsound)
        trigger, form = self._trigger()
        self.form = form
        self._nodes(graph, structure, form)
        self._loops(graph, structure)
        self._check_transaction(graph)
        origins = {*self.notes.reads}
        return Flow(
            name=f"{self.app}.{self.document['key']}",
            app=self.app,
            key=self.document["key"],
            title=self.notes.translate("title", self.document["title"]),
            version=version,
            definition_id=definition_id,
            runs=self.document["runs"],
            form=form.name if form is not None else None,
            trigger=trigger,
            graph=graph,
            structure=structure,
            plans=self.plans,
            outputs={**self.outputs, **{name: one for more in self.extra.values() for name, one in more.items()}},
            items=self.items,
            holds=self._held(graph, structure),
            trees={origin: expressions.prefetch(walk(self.notes.reads, origin)) for origin in origins},
            faults=tuple(self.notes.faults),
            references=tuple(self.notes.references),
            awaits=self.awaits,
        )

    def _trigger(self) -> tuple[Trigger | None, Form | None]:
        options = self.document.get("trigger")
        if options is None:
            return None, self._own_form()
        kind = TRIGGER_TYPES[options["type"]]
        runs = self.document["runs"]
        plan: TriggerPlan = kind.prepare(TriggerPlanning(notes=self.notes, options=options, runs=runs))
        if plan.input is not None:
            self.outputs["input"] = plan.input
        form = forms.get(self.session, plan.form) if plan.form is not None else None
        return Trigger(type=kind, options=options, plan=plan), form

    def _own_form(self) -> Form | None:
        name = self.document.get("form")
        if name is None:
            return None
        if definitions.catalog(self.session).find("forms", name) is None:
            self.notes.fault("#/form", "flow_form_unknown", form=name)
            return None
        self.notes.references.append(("forms", name, None, "#/form"))
        return forms.get(self.session, name)

    def _nodes(self, graph: Graph, structure: Structure, form: Form | None) -> None:
        """Prepare every node with the names that exist on some way to it; those of another way are empty there."""
        before: dict[str, set[str]] = {key: set() for key in graph.nodes}
        unreached = [key for key in graph.nodes if key not in structure.order]
        for key in (*structure.order, *unreached):
            node = graph.nodes[key]
            if key in RESERVED:
                self.notes.fault(node.pointer(), "flow_name_reserved", name=key, reserved=list(RESERVED))
            names = self._names(graph, structure, key, before[key], form)
            prepared = self._prepare(node, names, form)
            if node.type.routing is Routing.LOOP:
                self._item(node, names)
            after = before[key] | ({key} if prepared.output is not None else set()) | set(prepared.names)
            for target in node.ways.values():
                before[target] |= after

    def _prepare(self, node: Node, names: Mapping[str, Name], form: Form | None) -> Prepared:
        planning = Planning(notes=self.notes, node=node, names=names, form=form)
        prepared = node.type.prepare(planning)
        self.plans[node.key] = prepared.plan
        if prepared.output is not None:
            self.outputs[node.key] = prepared.output
        self.extra[node.key] = prepared.names
        self.holds[node.key] = prepared.holds
        if prepared.awaits is not None:
            self.awaits[node.key] = prepared.awaits
        return prepared

    def _item(self, node: Node, names: Mapping[str, Name]) -> None:
        plan = self.plans[node.key]
        if isinstance(plan, expressions.Expression) and plan.type.item is not None:
            self.items[node.key] = plan.type.item
        if item_name(node) in names and names[item_name(node)].origin.startswith("node:"):
            self.notes.fault(node.pointer("item_name"), "flow_name_taken", name=item_name(node))

    def _names(
        self, graph: Graph, structure: Structure, key: str, before: set[str], form: Form | None
    ) -> dict[str, Name]:
        names = {
            "user": Name(type=USER, origin="user"),
            "instance": Name(type=INSTANCE, origin="instance"),
        }
        if form is not None:
            record = record_of(form.record_type)
            names["record"] = Name(type=record, origin="record")
            names["old"] = Name(type=record, origin="old")
        if "input" in self.outputs:
            names["input"] = Name(type=self.outputs["input"], origin="input")
        for name in before:
            found = self.outputs.get(name) or self._extra_type(name)
            if found is not None:
                names[name] = Name(type=found, origin=name)
        for enclosure in structure.scopes.get(key, ()):
            loop = graph.nodes[enclosure.node]
            if loop.type.routing is Routing.LOOP and loop.key in self.items:
                names[item_name(loop)] = Name(type=self.items[loop.key], origin=f"item:{loop.key}")
        return names

    def _extra_type(self, name: str) -> Type | None:
        return next((types[name] for types in self.extra.values() if name in types), None)

    def _loops(self, graph: Graph, structure: Structure) -> None:
        """Have what is read of items read where the items come from; inner loops first, for they read outer items."""
        for key in reversed(structure.order):
            plan = self.plans.get(key)
            if graph.nodes[key].type.routing is Routing.LOOP and isinstance(plan, expressions.Expression):
                names = self._names(graph, structure, key, set(self.outputs), self.form)
                Planning(notes=self.notes, node=graph.nodes[key], names=names, form=None).graft(plan, f"item:{key}")

    def _held(self, graph: Graph, structure: Structure) -> dict[str, tuple[Hold, ...]]:
        """Return for each loop what its body locks and can be told from its items, in the order of the balances."""
        found: dict[str, list[Hold]] = {}
        for key, holds in self.holds.items():
            scope = structure.scopes.get(key, ())
            if not scope or graph.nodes[scope[-1].node].type.routing is not Routing.LOOP:
                continue
            loop = graph.nodes[scope[-1].node]
            known = {item_name(loop), "record", "old", "user"}
            found.setdefault(loop.key, []).extend(
                hold
                for hold in holds
                if {path[0] for expression in hold.keys.values() for path in expression.paths} <= known
            )
        return {key: tuple(sorted(holds, key=lambda hold: hold.balance)) for key, holds in found.items()}

    def _check_transaction(self, graph: Graph) -> None:
        if self.document["runs"] != "in_transaction":
            return
        for node in graph.nodes.values():
            if node.type.may_wait:
                self.notes.fault(node.pointer("type"), "flow_waits_in_transaction", node=node.title)

"""What is wrong with an app's scenarios: their shape, and every name in them that leads nowhere.

A name must be known before it is used: records by the steps above, people by the head of the document, forms, fields,
buttons, flows and roles by the apps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app_templates.checking.references import Names, as_object, as_objects, names
from app_templates.scenarios.documents import CLAIMS, SCENARIO_SCHEMA, VERBS, verb_of
from app_templates.template import Document, Template
from engine import json_schema
from engine.catalog import Catalog
from engine.errors import Violation

_SYSTEM = frozenset({"id", "title", "owner", "created_at", "created_by", "updated_at", "updated_by", "version"})


def faults(template: Template, templates: Sequence[Template], installed: Catalog | None) -> Iterator[Violation]:
    """Yield every fault of the app's scenarios."""
    if not template.scenarios:
        return
    known = names(templates, installed)
    forms = {one.name: one.document for one in installed.list("forms")} if installed else {}
    forms |= {each.name(one): dict(one.body) for each in templates for one in each.of_kind("forms")}
    for document in template.scenarios:
        spots = json_schema.validator("app_templates.scenario", SCENARIO_SCHEMA).violations(document.body)
        yield from (replace(spot, pointer=document.file + spot.pointer) for spot in spots)
        if not spots:
            yield from _Reader(document, known, forms).faults()


@dataclass(slots=True)
class _Reader:
    """One scenario, read from its head to its end; `records` are the names so far, each with its form."""

    document: Document
    known: Names
    forms: Mapping[str, Mapping[str, Any]]
    records: dict[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Violation]:
        """Yield what is wrong."""
        body = self.document.body
        yield from self._moment(body["on"], "/on")
        for name, person in body.get("people", {}).items():
            for index, role in enumerate(person.get("roles", ())):
                if not self.known.has(role, "roles"):
                    yield self._fault(f"/people/{name}/roles/{index}", "template_role_unknown", name=role)
        for index, step in enumerate(body.get("given", ())):
            yield from self._step(step, f"/given/{index}")
        for at, part in enumerate(body["story"]):
            for index, step in enumerate(part["when"]):
                yield from self._step(step, f"/story/{at}/when/{index}")
            for index, claim in enumerate(part["then"]):
                yield from self._claim(claim, f"/story/{at}/then/{index}")

    def _fault(self, place: str, code: str, **params: Any) -> Violation:
        return Violation(pointer=f"{self.document.file}#{place}", code=code, params=params)

    def _moment(self, text: str, place: str) -> Iterator[Violation]:
        try:
            datetime.fromisoformat(text)
        except ValueError:
            yield self._fault(place, "scenario_no_day", text=text)

    def _step(self, step: Mapping[str, Any], place: str) -> Iterator[Violation]:
        verb = verb_of(step, VERBS)
        yield from self._person(step, "as", place)
        if verb in ("create", "find"):
            form = step[verb]
            yield from self._form(form, f"{place}/{verb}")
            yield from self._values(form, step.get("values", step.get("where", {})), f"{place}/values")
            if "name" in step:
                self.records[step["name"]] = form
            return
        if verb == "on":
            yield from self._moment(step["on"], f"{place}/on")
        if verb == "start" and not self.known.has(step["start"], "flows"):
            yield self._fault(f"{place}/start", "template_flow_unknown", name=step["start"])
        own = "record" if verb in ("press", "start") else verb
        if verb not in ("on", "wait"):
            yield from self._record(step, own, place)
        form = self.records.get(str(step.get(own)), "")
        if verb == "press" and form in self.forms:
            actions = as_objects(as_object(self.forms[form].get("x-form")).get("actions"))
            if step["press"] not in {one.get("key") for one in actions}:
                yield self._fault(f"{place}/press", "scenario_button_unknown", name=step["press"], form=form)
        if verb == "update":
            yield from self._values(form, step["values"], f"{place}/values")

    def _claim(self, claim: Mapping[str, Any], place: str) -> Iterator[Violation]:
        verb = verb_of(claim, CLAIMS)
        yield from self._person(claim, "as", place)
        if verb in ("tasks", "messages"):
            yield from self._person(claim, verb, place)
        if verb == "count":
            yield from self._form(claim["count"], f"{place}/count")
            yield from self._values(claim["count"], claim.get("where", {}), f"{place}/where")
        if verb == "balance" and not self.known.has(claim["balance"], "balances"):
            yield self._fault(f"{place}/balance", "template_balance_unknown", name=claim["balance"])
        for member in ("record", "sees"):
            if member in claim:
                yield from self._record(claim, member, place)
        if verb == "record":
            form = self.records.get(claim["record"], "")
            heads = {path.partition(".")[0]: value for path, value in claim["has"].items()}
            yield from self._values(form, heads, f"{place}/has")
        else:
            yield from self._names(claim.get("where", {}), f"{place}/where")

    def _person(self, element: Mapping[str, Any], member: str, place: str) -> Iterator[Violation]:
        if member in element and element[member] not in self.document.body.get("people", {}):
            yield self._fault(f"{place}/{member}", "scenario_person_unknown", name=element[member])

    def _record(self, element: Mapping[str, Any], member: str, place: str) -> Iterator[Violation]:
        if member in element and element[member] not in self.records:
            yield self._fault(f"{place}/{member}", "scenario_name_unknown", name=element[member])

    def _form(self, form: str, place: str) -> Iterator[Violation]:
        if not self.known.has(form, "forms"):
            yield self._fault(place, "template_form_unknown", name=form)

    def _values(self, form: str, values: Mapping[str, Any], place: str) -> Iterator[Violation]:
        properties = as_object(as_object(self.forms.get(form)).get("properties"))
        for key, value in values.items():
            if properties and key not in properties and key not in _SYSTEM:
                yield self._fault(f"{place}/{key}", "template_column_unknown", name=key)
            cells = as_object(as_object(as_object(properties.get(key)).get("items")).get("properties"))
            for index, row in enumerate(value if isinstance(value, list) and cells else ()):
                for name in as_object(row):
                    if name not in cells:
                        yield self._fault(f"{place}/{key}/{index}/{name}", "template_column_unknown", name=name)
        yield from self._names(values, place)

    def _names(self, value: Any, place: str) -> Iterator[Violation]:
        """Yield the `@names` that nothing has."""
        if isinstance(value, Mapping):
            for key, item in value.items():
                yield from self._names(item, f"{place}/{key}")
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._names(item, f"{place}/{index}")
        elif isinstance(value, str) and value.startswith("@") and not value.startswith("@@"):
            known = {*self.records, *self.document.body.get("people", {})}
            if value[1:] not in known:
                yield self._fault(place, "scenario_name_unknown", name=value[1:])

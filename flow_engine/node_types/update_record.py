"""Update record: new values for one record, or for every record of a list. An empty record changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.expressions import Expression, Kind, Type, list_of, record_of
from flow_engine.acting.targets import target_ids, target_plan
from flow_engine.documents.planning import Planning, ValuePlan
from flow_engine.node_type import Complete, Examples, NodeType, Prepared, Result
from flow_engine.option_schemas import EXPRESSION, NAME, RECORD_VALUES
from flow_engine.runs.running import Running
from form_engine.definition import Form
from form_engine.record import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The record (or list of records), its form and the new values."""

    form: Form
    record: Expression
    values: Mapping[str, ValuePlan]


def prepare(planning: Planning) -> Prepared:
    """Find out which form's record it is and type the values."""
    found = target_plan(planning)
    if found is None:
        return Prepared()
    form, record = found
    values = planning.values(form, "values")
    one: Type = record_of(form.record_type)
    output = list_of(one) if record.type.kind is Kind.LIST else one
    return Prepared(plan=Plan(form=form, record=record, values=values), output=output)


def run(running: Running) -> Result:
    """Write all records in one batch."""
    plan: Plan = running.plan
    ids = target_ids(running, plan.record)
    if not ids:
        return Complete()
    values = running.values(plan.values)
    written = running.apply(plan.form, [Change(action="update", id=one, values=values) for one in ids])
    items = running.evaluated(plan.form, written)
    return Complete(output=items if plan.record.type.kind is Kind.LIST else items[0])


NODE_TYPE = NodeType(
    name="update_record",
    title={"zh-CN": "更新记录", "en-US": "Update record"},
    description={
        "zh-CN": "更新一条记录，或列表中的每一条；记录为空时不做任何事。",
        "en-US": "Updates one record, or every record of a list; an empty record changes nothing.",
    },
    options={"form": NAME, "record": EXPRESSION, "values": {**RECORD_VALUES, "minProperties": 1}},
    required=("record", "values"),
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=({"record": "record", "values": {"status": "'approved'"}},),
        refused=({"record": "record"}, {"values": {"status": "'approved'"}}, {"record": "record", "values": {}}),
    ),
)

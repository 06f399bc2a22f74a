"""Create record: a new record of a form; the node's value is the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.expressions import record_of
from flow_engine.acting.locking import plan_feeds
from flow_engine.documents.planning import Planning, ValuePlan
from flow_engine.node_type import Complete, Examples, NodeType, Prepared, Result
from flow_engine.option_schemas import NAME, RECORD_VALUES
from flow_engine.runs.running import Running
from form_engine.definition import Form
from form_engine.record import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The form and the values of the new record."""

    form: Form
    values: Mapping[str, ValuePlan]


def prepare(planning: Planning) -> Prepared:
    """Find the form and type the values; a required field that nothing fills is a fault now, not at the first run."""
    form = planning.target("form")
    if form is None:
        return Prepared()
    values = planning.values(form, "values")
    given = planning.option("values") or {}
    for field in form.fields.values():
        is_filled = (
            field.default is not None or field.default_expression or field.formula or field.type.traits.is_generated
        )
        if field.required and field.key not in given and not is_filled:
            planning.fault("values", code="flow_required_field_empty", field=field.title, form=form.title)
    plan = Plan(form=form, values=values)
    return Prepared(plan=plan, output=record_of(form.record_type), holds=plan_feeds(planning, form, values))


def run(running: Running) -> Result:
    """Create the record."""
    plan: Plan = running.plan
    written = running.apply(plan.form, [Change(action="create", values=running.values(plan.values))])
    return Complete(output=running.evaluated(plan.form, written)[0])


NODE_TYPE = NodeType(
    name="create_record",
    title={"zh-CN": "新建记录", "en-US": "Create record"},
    description={
        "zh-CN": "在某个表单中新建一条记录；子表用 {items, values} 由列表逐行生成。",
        "en-US": "Creates a record of a form; a sub-table takes `{items, values}` and gets a row for each item.",
    },
    options={"form": NAME, "values": RECORD_VALUES},
    required=("form",),
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=(
            {"form": "erp.work_order", "values": {"product": "item.product", "quantity": "item.quantity"}},
            {
                "form": "erp.shipment",
                "values": {"lines": {"items": "record.lines", "values": {"product": "item.product"}}},
            },
        ),
        refused=({}, {"form": "work_order"}, {"form": "erp.work_order", "values": {"quantity": 1}}),
    ),
)

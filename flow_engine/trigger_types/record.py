"""Record: something happened to a record of a form, by whatever way: page, API, import, another flow."""

from __future__ import annotations

from engine.events import RecordChanged, RecordsChanged
from flow_engine.documents.planning import TriggerPlanning
from flow_engine.node_type import Examples
from flow_engine.option_schemas import EXPRESSION, NAME
from flow_engine.trigger_type import Occasion, TriggerPlan, TriggerType


def prepare(planning: TriggerPlanning) -> TriggerPlan:
    """Find the form and type the condition."""
    form = planning.form()
    if form is None:
        return TriggerPlan()
    return TriggerPlan(form=form.name, when=planning.condition(form), detail=frozenset(planning.options["on"]))


def occasions(plan: TriggerPlan, event: object) -> tuple[Occasion, ...]:
    """Return the changes of the event that are of a kind the trigger hears of."""
    if not isinstance(event, RecordsChanged) or event.form != plan.form or not isinstance(plan.detail, frozenset):
        return ()
    return tuple(_occasion(change) for change in event.changes if change.action in plan.detail)


def _occasion(change: RecordChanged) -> Occasion:
    record = change.after if change.after is not None else change.before
    return Occasion(
        record_id=change.record_id,
        record=record or {},
        old=change.before,
        version=change.version,
        action=change.action,
    )


TRIGGER_TYPE = TriggerType(
    name="record",
    title={"zh-CN": "数据变动", "en-US": "Record"},
    description={
        "zh-CN": "表单的记录被新建、修改、删除或恢复时；`when` 可比较 `old`（之前）与现在。",
        "en-US": "A record was created, updated, deleted or restored; `when` may compare it with `old`.",
    },
    options={
        "form": NAME,
        "on": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": ["create", "update", "delete", "restore"]},
        },
        "when": EXPRESSION,
    },
    required=("form", "on"),
    prepare=prepare,
    occasions=occasions,
    examples=Examples(
        accepted=(
            {"form": "crm.sales_order", "on": ["update"], "when": "status == 'approved' and old.status != 'approved'"},
        ),
        refused=(
            {"form": "crm.sales_order"},
            {"form": "crm.sales_order", "on": ["save"]},
            {"form": "x", "on": ["create"]},
        ),
    ),
)

"""Button: somebody pressed an action of a record's form."""

from __future__ import annotations

from engine.events import ActionPressed
from flow_engine.documents.planning import TriggerPlanning
from flow_engine.node_type import Examples
from flow_engine.option_schemas import EXPRESSION, KEY, NAME
from flow_engine.trigger_type import Occasion, TriggerPlan, TriggerType


def prepare(planning: TriggerPlanning) -> TriggerPlan:
    """Find the form and its action, type the condition."""
    form = planning.form()
    if form is None:
        return TriggerPlan()
    action = str(planning.options["action"])
    if form.action(action) is None:
        known = [one.key for one in form.actions]
        planning.fault("action", code="flow_action_unknown", action=action, form=form.title, known=known)
    return TriggerPlan(form=form.name, when=planning.condition(form), detail=action)


def occasions(plan: TriggerPlan, event: object) -> tuple[Occasion, ...]:
    """Return the press, where it was this form's action."""
    if not isinstance(event, ActionPressed) or (event.form, event.action) != (plan.form, plan.detail):
        return ()
    record = event.record
    return (Occasion(record_id=event.record_id, record=record, old=None, version=event.version, action=event.action),)


TRIGGER_TYPE = TriggerType(
    name="button",
    title={"zh-CN": "按钮", "en-US": "Button"},
    description={
        "zh-CN": "有人在记录上点击了表单的某个操作按钮。",
        "en-US": "Somebody pressed one of the form's action buttons on a record.",
    },
    options={"form": NAME, "action": KEY, "when": EXPRESSION},
    required=("form", "action"),
    prepare=prepare,
    occasions=occasions,
    examples=Examples(
        accepted=({"form": "crm.quote", "action": "to_order"},),
        refused=({"form": "crm.quote"}, {"form": "crm.quote", "action": "To order"}),
    ),
)

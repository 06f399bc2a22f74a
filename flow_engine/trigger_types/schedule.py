"""Schedule: the clock starts the flow, by a cron expression; once, or once for each record that matches."""

from __future__ import annotations

from engine.expressions import DATETIME, Members, record_of
from flow_engine.documents.json_types import JSON_RECORD
from flow_engine.documents.planning import TriggerPlanning
from flow_engine.documents.timetable import is_cron, is_time_zone
from flow_engine.node_type import Examples
from flow_engine.option_schemas import EXPRESSION, NAME, USERNAME
from flow_engine.trigger_type import Timetable, TriggerPlan, TriggerType

_INPUT = record_of(Members(JSON_RECORD, {"due_at": DATETIME}))


def prepare(planning: TriggerPlanning) -> TriggerPlan:
    """Read the timetable; find the form and check that the database can select its records."""
    options = planning.options
    cron, time_zone = str(options["cron"]), str(options.get("time_zone") or planning.notes.session.time_zone)
    if not is_cron(cron):
        planning.fault("cron", code="flow_cron_invalid", cron=cron)
    if not is_time_zone(time_zone):
        planning.fault("time_zone", code="flow_time_zone_unknown", time_zone=time_zone)
    if planning.runs != "in_background":
        planning.fault(code="flow_in_background_only")
    timetable = Timetable(cron=cron, time_zone=time_zone)
    if "form" not in options:
        if "when" in options:
            planning.fault("when", code="flow_when_without_form")
        return TriggerPlan(input=_INPUT, timetable=timetable)
    form = planning.form()
    if form is None:
        return TriggerPlan(input=_INPUT, timetable=timetable)
    return TriggerPlan(form=form.name, when=planning.selection(form), input=_INPUT, timetable=timetable)


TRIGGER_TYPE = TriggerType(
    name="schedule",
    title={"zh-CN": "定时", "en-US": "Schedule"},
    description={
        "zh-CN": "按 cron 表达式到点启动一次；写了 `form` 时，为每张满足 `when` 的单据各启动一次。",
        "en-US": "Starts when a cron expression is due; with `form`, once for each of its records that `when` selects.",
    },
    options={
        "cron": {"type": "string", "minLength": 9, "maxLength": 200},
        "time_zone": {"type": "string", "minLength": 1, "maxLength": 60},
        "form": NAME,
        "when": EXPRESSION,
        "as": USERNAME,
    },
    required=("cron",),
    prepare=prepare,
    examples=Examples(
        accepted=(
            {"cron": "0 8 * * MON-FRI"},
            {
                "cron": "30 7 * * *",
                "time_zone": "Asia/Shanghai",
                "form": "erp.work_order",
                "when": "due_date < TODAY() and status != 'done'",
                "as": "planner",
            },
        ),
        refused=({}, {"cron": "daily"}, {"cron": "0 8 * * *", "form": "work_order"}, {"cron": "0 8 * * *", "as": ""}),
    ),
)

"""Delete record: one record, or every record of a list, goes to the recycle bin. An empty record changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.expressions import Expression
from flow_engine.acting.targets import target_ids, target_plan
from flow_engine.documents.planning import Planning
from flow_engine.node_type import Complete, Examples, NodeType, Prepared, Result
from flow_engine.option_schemas import EXPRESSION, NAME
from flow_engine.runs.running import Running
from form_engine.definition import Form
from form_engine.record import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The record (or list of records) and its form."""

    form: Form
    record: Expression


def prepare(planning: Planning) -> Prepared:
    """Find out which form's record it is."""
    found = target_plan(planning)
    return Prepared() if found is None else Prepared(plan=Plan(form=found[0], record=found[1]))


def run(running: Running) -> Result:
    """Delete all records in one batch."""
    plan: Plan = running.plan
    ids = target_ids(running, plan.record)
    if ids:
        running.apply(plan.form, [Change(action="delete", id=one) for one in ids])
    return Complete()


NODE_TYPE = NodeType(
    name="delete_record",
    title={"zh-CN": "删除记录", "en-US": "Delete record"},
    description={
        "zh-CN": "把一条记录或列表中的每一条移入回收站。",
        "en-US": "Moves one record, or every record of a list, to the recycle bin.",
    },
    options={"form": NAME, "record": EXPRESSION},
    required=("record",),
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=({"record": "reservation"}, {"record": "reservation", "form": "erp.stock_reservation"}),
        refused=({}, {"record": ""}),
    ),
)

"""Notification: a message in the inbox of people, with a link to the record."""

from __future__ import annotations

from dataclasses import dataclass

from flow_engine import notifications
from flow_engine.acting.people import Person, find_people, plan_people
from flow_engine.documents.planning import Planning
from flow_engine.documents.template import Template
from flow_engine.node_type import Complete, Examples, NodeType, Prepared, Result
from flow_engine.option_schemas import PEOPLE, TEXT
from flow_engine.runs.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who hears what."""

    to: tuple[Person, ...]
    text: Template


def prepare(planning: Planning) -> Prepared:
    """Check who is told, and the gaps of the text."""
    to = plan_people(planning, "to")
    text = planning.template("text")
    return Prepared() if text is None else Prepared(plan=Plan(to=to, text=text))


def run(running: Running) -> Result:
    """Tell everybody found; nobody found is no fault, the log shows it."""
    plan: Plan = running.plan
    people = find_people(running, plan.to)
    text = plan.text.fill(running.evaluate, running.session.time_zone)
    running.inputs["to"] = [str(one) for one in people]
    running.inputs["text"] = text
    notifications.send(running.session, people, text, link=notifications.record_link(running.form, running.record_id))
    return Complete()


NODE_TYPE = NodeType(
    name="notification",
    title={"zh-CN": "站内通知", "en-US": "Notification"},
    description={
        "zh-CN": "给指定的人发站内消息，文字中可用 {record.number} 这样的表达式。",
        "en-US": "Sends people a message; its text may hold expressions in braces, `{record.number}`.",
    },
    options={"to": PEOPLE, "text": TEXT},
    required=("to", "text"),
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=({"to": [{"type": "field", "value": "sales_rep"}], "text": "订单 {record.number} 已通过审批"},),
        refused=({}, {"to": [], "text": "x"}, {"to": [{"type": "starter"}], "text": ""}),
    ),
)

"""Mail: a message by SMTP to people, or to the address that an expression gives."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Conflict
from engine.expressions import TEXT as TEXT_TYPE
from engine.expressions import Expression, Members, list_of, record_of
from engine.texts import DEFAULT_LANGUAGE, localized
from flow_engine.acting.people import Person, find_mailboxes, find_people, plan_people
from flow_engine.documents.planning import Planning
from flow_engine.documents.template import Template
from flow_engine.node_type import Complete, Examples, Fail, NodeType, Prepared, Result, Send, failing_exits
from flow_engine.option_schemas import ATTEMPTS, EXPRESSION, PEOPLE, TEXT
from flow_engine.runs.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who is written to (people or an address), and what."""

    people: tuple[Person, ...]
    address: Expression | None
    subject: Template
    text: Template


def prepare(planning: Planning) -> Prepared:
    """Check who is written to, and the gaps of the texts."""
    is_address = isinstance(planning.option("to"), str)
    address = planning.expression("to", expected=TEXT_TYPE) if is_address else None
    people = () if is_address else plan_people(planning, "to")
    subject, text = planning.template("subject"), planning.template("text")
    output = record_of(Members("mail", {"refused": list_of(TEXT_TYPE), "error": TEXT_TYPE}))
    if subject is None or text is None or (is_address and address is None):
        return Prepared(output=output)
    return Prepared(plan=Plan(people=people, address=address, subject=subject, text=text), output=output)


def run(running: Running) -> Result:
    """Hand the mail to the outbox; nobody with an address is no fault, the log shows it. One language: the first one's."""
    plan: Plan = running.plan
    language: str = DEFAULT_LANGUAGE
    if plan.address is None:
        boxes = find_mailboxes(running.session, find_people(running, plan.people))
        to = [box.address for box in boxes]
        language = boxes[0].language if boxes else language
    else:
        found = running.evaluate(plan.address)
        to = [str(found)] if found else []
    running.inputs["to"] = to
    if not to:
        return Complete()
    if any(not one.isprintable() or "@" not in one or any(sign in one for sign in ",;<> ") for one in to):
        return Fail(error=Conflict("flow_address_invalid", node=running.node.title, address=", ".join(to)))
    subject = localized(plan.subject.fill(running.evaluate, running.session.time_zone), language)
    text = localized(plan.text.fill(running.evaluate, running.session.time_zone), language)
    running.inputs["subject"] = subject
    attempts = running.node.options.get("attempts")
    return Send(kind="mail", payload={"to": to, "subject": subject, "text": text, "attempts": attempts})


NODE_TYPE = NodeType(
    name="mail",
    title={"zh-CN": "发邮件", "en-US": "Mail"},
    description={
        "zh-CN": "发邮件给指定的人，或发到表达式给出的地址；主题和正文可用 {record.number} 这样的表达式。",
        "en-US": "Sends mail to people or to an address; subject and text may hold expressions in braces, `{record.number}`.",
    },
    options={
        "to": {"if": {"type": "string"}, "then": EXPRESSION, "else": PEOPLE},
        "subject": {"type": "string", "minLength": 1, "maxLength": 200},
        "text": {**TEXT, "maxLength": 20_000},
        "attempts": ATTEMPTS,
    },
    required=("to", "subject", "text"),
    ports=failing_exits,
    may_wait=True,
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=(
            {"to": "record.email", "subject": "{record.number}", "text": "已发货"},
            {"to": [{"type": "starter"}], "subject": "订单", "text": "订单 {record.number} 已通过审批"},
        ),
        refused=({}, {"to": [], "subject": "x", "text": "x"}, {"to": "record.email", "text": "x"}),
    ),
)

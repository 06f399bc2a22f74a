"""Wait: for a while, until a moment, or for something to happen to a record.

The run lies in the database meanwhile and survives every restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.errors import Conflict
from engine.expressions import DATE, DATETIME, Expression
from flow_engine.acting.awaiting import EventPlan, event_values, find_existing, plan_event
from flow_engine.documents.planning import Planning
from flow_engine.node_type import (
    Complete,
    Examples,
    Fail,
    Listen,
    NodeType,
    Options,
    Port,
    Prepared,
    Result,
    Sleep,
    one_exit,
)
from flow_engine.option_schemas import DURATION, EXPRESSION, EXPRESSIONS, NAME
from flow_engine.runs.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """For how long, until when, or for which event (and how long for that at most)."""

    duration: timedelta | None = None
    until: Expression | None = None
    event: EventPlan | None = None


def ports(options: Options) -> tuple[Port, ...]:
    """Return the exits: of an event that is not waited for for ever, also the one for when it has not come."""
    if "event" not in options or "timeout" not in options:
        return one_exit(options)
    return (
        *one_exit(options),
        Port(key="timeout", title={"zh-CN": "超时", "en-US": "Timed out"}, required=True, is_late=True),
    )


def prepare(planning: Planning) -> Prepared:
    """Read the duration, type the moment, or check the event."""
    if sum(planning.option(one) is not None for one in ("duration", "until", "event")) != 1:
        planning.fault(code="flow_wait_needs_one")
        return Prepared()
    timeout = planning.option("timeout")
    if planning.option("event") is not None:
        event = plan_event(planning, "event")
        if event is None:
            return Prepared()
        longest = timedelta(**timeout) if timeout is not None else None
        plan = Plan(event=event, duration=longest)
        return Prepared(plan=plan, output=event.output, awaits=event.awaited)
    if timeout is not None:
        planning.fault("timeout", code="flow_timeout_without_event")
    duration = planning.option("duration")
    if duration is not None:
        return Prepared(plan=Plan(duration=timedelta(**duration)))
    until = planning.expression("until")
    if until is not None and until.type not in (DATE, DATETIME):
        planning.fault("until", code="flow_wait_no_moment", found=str(until.type))
        return Prepared()
    return Prepared(plan=Plan(until=until))


def run(running: Running) -> Result:
    """Sleep or listen; a date is its first moment in the platform's time zone."""
    plan: Plan = running.plan
    if plan.event is not None:
        return _listen(running, plan, plan.event)
    if plan.until is None:
        until = running.session.now + (plan.duration or timedelta())
    else:
        found = running.evaluate(plan.until)
        if found is None:
            return Fail(error=Conflict("flow_wait_moment_empty", node=running.node.title))
        until = _moment(found, running.session.time_zone)
    running.inputs["until"] = until
    return Sleep(until=until)


def _listen(running: Running, plan: Plan, event: EventPlan) -> Result:
    values = event_values(running, event)
    empty = sorted(field for field, value in values.items() if value is None)
    if empty:
        return Fail(error=Conflict("flow_wait_match_empty", node=running.node.title, fields=", ".join(empty)))
    until = None if plan.duration is None else running.session.now + plan.duration
    running.inputs.update(form=event.awaited.form, match=values, until=until)
    if event.takes_existing and (found := find_existing(running, event, values)) is not None:
        return Complete(output=found)
    return Listen(form=event.awaited.form, values=values, until=until, looks_again=event.takes_existing)


def _moment(found: date, time_zone: str) -> datetime:
    if isinstance(found, datetime):
        return found.astimezone(UTC)
    return datetime(found.year, found.month, found.day, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


NODE_TYPE = NodeType(
    name="wait",
    title={"zh-CN": "等待", "en-US": "Wait"},
    description={
        "zh-CN": "等一段时间、等到表达式给出的时刻，或等某张单据发生变化，再继续；等单据时可设超时出口。",
        "en-US": "Waits for a while, until a moment, or until something happens to a record, at most as long as told.",
    },
    options={
        "duration": DURATION,
        "until": EXPRESSION,
        "event": {
            "type": "object",
            "properties": {
                "form": NAME,
                "on": {
                    "type": "array",
                    "minItems": 1,
                    "uniqueItems": True,
                    "items": {"enum": ["create", "update", "delete", "restore"]},
                },
                "match": EXPRESSIONS,
                "when": EXPRESSION,
                "existing": {"type": "boolean"},
            },
            "required": ["form", "on"],
            "additionalProperties": False,
        },
        "timeout": DURATION,
    },
    ports=ports,
    may_wait=True,
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=(
            {"duration": {"days": 3}},
            {"duration": {"hours": 1, "minutes": 30}},
            {"until": "record.due_date"},
            {
                "event": {
                    "form": "erp.shipment",
                    "on": ["create", "update"],
                    "match": {"sales_order": "record"},
                    "when": "status == 'shipped'",
                    "existing": True,
                },
                "timeout": {"days": 14},
                "next": {"next": "invoice", "timeout": "remind"},
            },
        ),
        refused=(
            {"duration": {}},
            {"duration": {"days": -1}},
            {"duration": {"weeks": 1}},
            {"until": ""},
            {"event": {"form": "erp.shipment"}},
            {"event": {"form": "erp.shipment", "on": ["save"]}},
            {"event": {"form": "erp.shipment", "on": ["create"], "match": {}}},
        ),
    ),
)

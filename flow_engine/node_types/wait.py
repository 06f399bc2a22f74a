"""Wait: for a while, or until a moment. The run lies in the database meanwhile and survives every restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.errors import Conflict
from engine.expressions import DATE, DATETIME, Expression
from flow_engine.documents.planning import Planning
from flow_engine.node_type import Examples, Fail, NodeType, Prepared, Result, Sleep
from flow_engine.option_schemas import EXPRESSION
from flow_engine.runs.running import Running

_UNITS = {"days": 3660, "hours": 87_840, "minutes": 5_270_400, "seconds": 316_224_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """For how long, or until when."""

    duration: timedelta | None = None
    until: Expression | None = None


def prepare(planning: Planning) -> Prepared:
    """Read the duration, or type the moment."""
    duration = planning.option("duration")
    if (duration is None) == (planning.option("until") is None):
        planning.fault(code="flow_wait_needs_one")
        return Prepared()
    if duration is not None:
        return Prepared(plan=Plan(duration=timedelta(**duration)))
    until = planning.expression("until")
    if until is not None and until.type not in (DATE, DATETIME):
        planning.fault("until", code="flow_wait_no_moment", found=str(until.type))
        return Prepared()
    return Prepared(plan=Plan(until=until))


def run(running: Running) -> Result:
    """Sleep; a date is its first moment in the platform's time zone."""
    plan: Plan = running.plan
    if plan.until is None:
        until = running.session.now + (plan.duration or timedelta())
    else:
        found = running.evaluate(plan.until)
        if found is None:
            return Fail(error=Conflict("flow_wait_moment_empty", node=running.node.title))
        until = _moment(found, running.session.time_zone)
    running.inputs["until"] = until
    return Sleep(until=until)


def _moment(found: date, time_zone: str) -> datetime:
    if isinstance(found, datetime):
        return found.astimezone(UTC)
    return datetime(found.year, found.month, found.day, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


NODE_TYPE = NodeType(
    name="wait",
    title={"zh-CN": "等待", "en-US": "Wait"},
    description={
        "zh-CN": "等一段时间，或等到表达式给出的时刻，再继续。",
        "en-US": "Waits for a while, or until the moment that an expression gives, then goes on.",
    },
    options={
        "duration": {
            "type": "object",
            "properties": {unit: {"type": "integer", "minimum": 0, "maximum": most} for unit, most in _UNITS.items()},
            "minProperties": 1,
            "additionalProperties": False,
        },
        "until": EXPRESSION,
    },
    may_wait=True,
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=({"duration": {"days": 3}}, {"duration": {"hours": 1, "minutes": 30}}, {"until": "record.due_date"}),
        refused=({"duration": {}}, {"duration": {"days": -1}}, {"duration": {"weeks": 1}}, {"until": ""}),
    ),
)

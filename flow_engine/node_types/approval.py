"""Approval: people decide; the flow goes on by `approve`, `reject` or `return`.

The node's value, and the name `decision`, is what was decided last: `outcome`, `opinion`, `by`, `decided_at`. `return`
is offered only where it leads somewhere: to a node that sets the record back to draft, or to an approval by the
starter, whose `approve` leads back here.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Conflict
from engine.expressions import USER
from flow_engine.acting.people import Person, find_administrators, find_people, plan_people
from flow_engine.documents.planning import Planning
from flow_engine.documents.shapes import decision_type
from flow_engine.node_type import Complete, Examples, Fail, NodeType, Port, Prepared, Result, Wait
from flow_engine.option_schemas import PEOPLE
from flow_engine.runs.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who decides, and what happens when nobody is found."""

    assignees: tuple[Person, ...]
    nobody_found: str


def prepare(planning: Planning) -> Prepared:
    """Check who is to decide."""
    plan = Plan(
        assignees=plan_people(planning, "assignees"),
        nobody_found=str(planning.option("nobody_found") or "to_administrators"),
    )
    decision = decision_type(USER)
    return Prepared(plan=plan, output=decision, names={"decision": decision})


def run(running: Running) -> Result:
    """Ask the people found; where nobody is found, do as the flow says."""
    plan: Plan = running.plan
    mode = str(running.node.options.get("mode", "any"))
    found = find_people(running, plan.assignees)
    if not found and plan.nobody_found == "approve":
        running.inputs["nobody_found"] = "approve"
        decision = {"outcome": "approve", "opinion": None, "by": None, "decided_at": running.session.now}
        return Complete(port="approve", output=decision, names={"decision": decision})
    if not found and plan.nobody_found == "to_administrators":
        running.inputs["nobody_found"] = "to_administrators"
        found, mode = find_administrators(running.session), "any"
    if not found:
        return Fail(error=Conflict("flow_nobody_found", node=running.node.title))
    running.inputs["assignees"] = [str(one) for one in found]
    return Wait(assignees=found, mode=mode)


NODE_TYPE = NodeType(
    name="approval",
    title={"zh-CN": "审批", "en-US": "Approval"},
    description={
        "zh-CN": "由人决定：任一人、全部或依次；可通过、驳回，连了“退回”时可退回。",
        "en-US": "People decide: any one, all, or one after the other; approve, reject, and return where it leads somewhere.",
    },
    options={
        "mode": {"enum": ["any", "all", "sequence"]},
        "assignees": PEOPLE,
        "nobody_found": {"enum": ["to_administrators", "approve", "refuse"]},
    },
    required=("assignees",),
    ports=lambda _options: (
        Port(key="approve", title={"zh-CN": "通过", "en-US": "Approve"}),
        Port(key="reject", title={"zh-CN": "驳回", "en-US": "Reject"}),
        Port(key="return", title={"zh-CN": "退回", "en-US": "Return"}, optional=True),
    ),
    main_port="approve",
    may_wait=True,
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=(
            {"mode": "any", "assignees": [{"type": "role", "value": "crm.sales_manager"}]},
            {
                "mode": "sequence",
                "assignees": [{"type": "department_head", "value": 1}, {"type": "field", "value": "owner"}],
            },
            {"assignees": [{"type": "starter"}], "nobody_found": "refuse"},
        ),
        refused=(
            {},
            {"assignees": []},
            {"mode": "most", "assignees": [{"type": "starter"}]},
            {"assignees": [{"type": "role"}]},
            {"assignees": [{"type": "department_head", "value": 0}]},
        ),
    ),
)

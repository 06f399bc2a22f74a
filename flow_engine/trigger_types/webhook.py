"""Webhook: another system starts the flow by a signed request, with the input that the flow declares."""

from __future__ import annotations

from flow_engine.documents import json_types
from flow_engine.documents.planning import TriggerPlanning
from flow_engine.node_type import Examples
from flow_engine.option_schemas import JSON_SCHEMA, USERNAME
from flow_engine.trigger_type import Reception, TriggerPlan, TriggerType


def prepare(planning: TriggerPlanning) -> TriggerPlan:
    """Check the schema of the input; expressions read `input` by it."""
    schema = planning.options["input"]
    faults = list(json_types.check(schema, "trigger", "input"))
    for fault in faults:
        planning.notes.fault(fault.pointer, fault.code, **fault.params)
    if faults:
        schema = {"type": "object"}
    return TriggerPlan(input=json_types.type_of(schema), reception=Reception(schema=schema))


TRIGGER_TYPE = TriggerType(
    name="webhook",
    title={"zh-CN": "外部请求", "en-US": "Webhook"},
    description={
        "zh-CN": "外部系统发来签名的请求时启动；流程用 `input` 读取请求内容。",
        "en-US": "Another system sends a signed request; the flow reads what it brings as `input`.",
    },
    options={"input": JSON_SCHEMA, "as": USERNAME},
    required=("input",),
    prepare=prepare,
    examples=Examples(
        accepted=(
            {
                "input": {
                    "type": "object",
                    "required": ["company"],
                    "properties": {
                        "company": {"type": "string", "minLength": 1, "maxLength": 100},
                        "employees": {"type": "integer"},
                    },
                },
                "as": "sales",
            },
        ),
        refused=({}, {"input": "company"}, {"input": {"type": "object"}, "secret": "x"}),
    ),
)

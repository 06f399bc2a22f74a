"""HTTP request: asks another system; status and body of its answer are read by later nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from engine.expressions import NUMBER, Expression, Members, Type, record_of
from engine.expressions import TEXT as TEXT_TYPE
from engine.texts import DEFAULT_LANGUAGE, localized
from flow_engine.documents import json_types
from flow_engine.documents.plain_values import json_input
from flow_engine.documents.planning import Planning
from flow_engine.documents.template import Template
from flow_engine.node_type import Examples, NodeType, Prepared, Result, Send, failing_exits
from flow_engine.option_schemas import ATTEMPTS, EXPRESSIONS, JSON_SCHEMA
from flow_engine.runs.running import Running

#: Headers that belong to the platform.
_RESERVED = ("accept-encoding", "connection", "content-length", "host", "idempotency-key", "transfer-encoding")
_URL = "^https?://[^\\s/{}]+(/.*)?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The request with its gaps."""

    url: Template
    headers: Mapping[str, Template]
    body: Mapping[str, Expression]


def prepare(planning: Planning) -> Prepared:
    """Check the gaps of address and headers, and the expressions of the body."""
    output = record_of(Members("http_answer", _members(planning)))
    url = planning.template("url")
    headers: dict[str, Template] = {}
    for name in planning.option("headers") or {}:
        if name.lower() in _RESERVED:
            planning.fault("headers", name, code="flow_header_reserved", name=name)
        elif (value := planning.template("headers", name)) is not None:
            headers[name] = value
    compiled = {key: planning.expression("body", key) for key in planning.option("body") or {}}
    body = {key: one for key, one in compiled.items() if one is not None}
    if url is None:
        return Prepared(output=output)
    return Prepared(plan=Plan(url=url, headers=headers, body=body), output=output)


def _members(planning: Planning) -> dict[str, Type]:
    """Return what later nodes can read, with the members of the answer where its schema is declared."""
    members = {"status": NUMBER, "body": TEXT_TYPE, "error": TEXT_TYPE}
    schema = planning.option("answer")
    if schema is None:
        return members
    faults = list(json_types.check(schema, "nodes", planning.node.key, "answer", takes_list=True))
    for fault in faults:
        planning.notes.fault(fault.pointer, fault.code, **fault.params)
    return members if faults else {**members, "answer": json_types.type_of(schema)}


def run(running: Running) -> Result:
    """Hand the request to the outbox. Values in the address are escaped: they can be no further path or query."""
    plan: Plan = running.plan
    options = running.node.options
    url = localized(
        plan.url.fill(running.evaluate, running.session.time_zone, lambda text: quote(text, safe="")), DEFAULT_LANGUAGE
    )
    body = {key: json_input(running.evaluate(one)) for key, one in plan.body.items()} if "body" in options else None
    running.inputs["url"] = url
    if body is not None:
        running.inputs["body"] = body
    headers = {
        name: localized(one.fill(running.evaluate, running.session.time_zone), DEFAULT_LANGUAGE)
        for name, one in plan.headers.items()
    }
    payload = {
        "method": options["method"],
        "url": url,
        "headers": headers,
        "body": body,
        "timeout_seconds": options.get("timeout_seconds", 10),
        "attempts": options.get("attempts"),
        "answer": options.get("answer"),
    }
    return Send(kind="http", payload=payload)


NODE_TYPE = NodeType(
    name="http_request",
    title={"zh-CN": "HTTP 请求", "en-US": "HTTP request"},
    description={
        "zh-CN": "调用外部系统的接口；后续节点可用“节点.status”“节点.body”，写明 `answer` 的结构后可用“节点.answer.成员”。",
        "en-US": "Calls another system; later nodes read `node.status`, `node.body`, and `node.answer.x` as declared.",
    },
    options={
        "method": {"enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]},
        "url": {"type": "string", "maxLength": 2000, "pattern": _URL},
        "headers": {
            "type": "object",
            "maxProperties": 30,
            "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9-]{0,63}$"},
            "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 2000},
        },
        "body": EXPRESSIONS,
        "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 30},
        "attempts": ATTEMPTS,
        "answer": JSON_SCHEMA,
    },
    required=("method", "url"),
    ports=failing_exits,
    may_wait=True,
    prepare=prepare,
    run=run,
    examples=Examples(
        accepted=(
            {"method": "GET", "url": "https://api.example.com/stock/{record.number}"},
            {"method": "POST", "url": "https://api.example.com/orders", "body": {"number": "record.number"}},
            {
                "method": "GET",
                "url": "https://api.example.com/rate",
                "answer": {"type": "object", "required": ["rate"], "properties": {"rate": {"type": "number"}}},
                "attempts": 3,
                "next": {"next": "note", "failed": "tell"},
            },
        ),
        refused=(
            {"method": "GET"},
            {"method": "TRACE", "url": "https://api.example.com"},
            {"method": "GET", "url": "file:///etc/passwd"},
            {"method": "GET", "url": "https://{record.host}/"},
            {"method": "GET", "url": "https://api.example.com", "timeout_seconds": 31},
            {"method": "GET", "url": "https://api.example.com", "attempts": 13},
        ),
    ),
)

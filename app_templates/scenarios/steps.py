"""What each step of a scenario does, by its verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from app_templates.scenarios.stage import Stage, moment, span, work_until
from app_templates.scenarios.values import given
from engine.actor import SYSTEM
from engine.errors import NotFound
from flow_engine import flows, tasks
from form_engine import actions, records
from form_engine.record import Query, Record

Step = Mapping[str, Any]


class Missing(LookupError):
    """Something a step or claim needs is not there; `code` and `params` make the sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def run(stage: Stage, verb: str, step: Step) -> None:
    """Do one step, and whatever is due after it; raises the refusal of the platform, or `Missing`."""
    _STEPS[verb](stage, step)
    work_until(stage, stage.session.now)


def matching(stage: Stage, form: str, where: Mapping[str, Any], limit: int) -> list[Record]:
    """Return records whose fields have the given values, oldest first."""
    wanted = given(stage, where)
    condition = " and ".join(f"{key} == {_literal(value)}" for key, value in wanted.items()) or None
    query = Query(filter=condition, sort="created_at", limit=limit, count="exact")
    return list(records.list_page(stage.session, SYSTEM, form, query).items)


def count(stage: Stage, form: str, where: Mapping[str, Any]) -> int:
    """Return how many records have the given values."""
    wanted = given(stage, where)
    condition = " and ".join(f"{key} == {_literal(value)}" for key, value in wanted.items()) or None
    query = Query(filter=condition, limit=1, count="exact")
    return records.list_page(stage.session, SYSTEM, form, query).count or 0


def _literal(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _keep(stage: Stage, step: Step, record: Record) -> None:
    if "name" in step:
        stage.records[step["name"]] = (record.form, record.id)


def _create(stage: Stage, step: Step) -> None:
    sent = given(stage, step["values"])
    _keep(stage, step, records.create(stage.session, stage.actor(step.get("as")), step["create"], sent))


def _update(stage: Stage, step: Step) -> None:
    form, record_id = stage.records[step["update"]]
    sent = given(stage, step["values"])
    records.update(stage.session, stage.actor(step.get("as")), form, record_id, sent, version=None)


def _delete(stage: Stage, step: Step) -> None:
    form, record_id = stage.records[step["delete"]]
    records.delete(stage.session, stage.actor(step.get("as")), form, record_id)


def _press(stage: Stage, step: Step) -> None:
    form, record_id = stage.records[step["record"]]
    actions.press(stage.session, stage.actor(step["as"]), form, record_id, step["press"])


def _deciding(decision: str) -> Callable[[Stage, Step], None]:
    def decide(stage: Stage, step: Step) -> None:
        form, record_id = stage.records[step[decision]]
        person = stage.actor(step["as"])
        waiting = tasks.open_on_record(stage.session, person, form, record_id)
        if not waiting:
            raise Missing("scenario_no_task", person=step["as"], record=step[decision])
        tasks.decide(stage.session, person, UUID(waiting[0]["id"]), decision, step.get("opinion"))

    return decide


def _start(stage: Stage, step: Step) -> None:
    record_id = stage.records[step["record"]][1] if "record" in step else None
    flows.start(stage.session, stage.actor(step["as"]), step["start"], record_id)


def _find(stage: Stage, step: Step) -> None:
    found = matching(stage, step["find"], step["where"], 2)
    if len(found) != 1:
        raise Missing("scenario_not_one", form=step["find"], count=count(stage, step["find"], step["where"]))
    _keep(stage, step, found[0])


def _on(stage: Stage, step: Step) -> None:
    at = moment(stage.session, step["on"])
    if at < stage.session.now:
        raise Missing("scenario_clock_back", on=step["on"])
    work_until(stage, at)


def _wait(stage: Stage, step: Step) -> None:
    work_until(stage, stage.session.now + span(step["wait"]))


_STEPS: Final[Mapping[str, Callable[[Stage, Step], None]]] = {
    "create": _create,
    "update": _update,
    "delete": _delete,
    "press": _press,
    "approve": _deciding("approve"),
    "reject": _deciding("reject"),
    "return": _deciding("return"),
    "start": _start,
    "find": _find,
    "on": _on,
    "wait": _wait,
}


def shown(stage: Stage, name: str) -> dict[str, Any]:
    """Return a record as the API shows it to the platform; raises `Missing` where it was deleted."""
    form, record_id = stage.records[name]
    try:
        record = records.get(stage.session, SYSTEM, form, record_id)
    except NotFound as error:
        raise Missing("scenario_record_gone", record=name) from error
    whole = records.show(stage.session, SYSTEM, form, [record])[0]
    values: dict[str, Any] = whole["values"]
    # A form's own field called `title` is meant before the record's title.
    return {"title": whole["title"], "owner": whole["owner"], "id": whole["id"], **values}

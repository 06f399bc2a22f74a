"""What a scenario expects, by its verb: what was said, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app_templates.scenarios.stage import Stage
from app_templates.scenarios.steps import Missing, count, shown
from app_templates.scenarios.values import at, given, is_same
from engine.actor import SYSTEM
from engine.errors import DomainError, NotAllowed, NotFound
from engine.texts import localized
from flow_engine import notifications, tasks
from form_engine import balances, records
from form_engine.record import Query

Claim = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A claim that does not hold."""

    expected: Any
    found: Any


def check(stage: Stage, verb: str, claim: Claim, refusal: DomainError | None) -> Difference | None:
    """Return how the claim differs from what is there, None where it holds; raises `Missing`.

    refusal -- of the last step, where it was refused.
    """
    if verb == "refused":
        return _refused(claim, refusal, stage.language)
    return _CLAIMS[verb](stage, claim)


def _record(stage: Stage, claim: Claim) -> Difference | None:
    found = shown(stage, claim["record"])
    return _differences(stage, claim["has"], found)


def _differences(stage: Stage, has: Mapping[str, Any], found: Mapping[str, Any]) -> Difference | None:
    wrong = {
        path: (value, at(found, path))
        for path, value in has.items()
        if not is_same(given(stage, value), at(found, path))
    }
    if not wrong:
        return None
    return Difference(
        expected={path: value for path, (value, _) in wrong.items()},
        found={path: value for path, (_, value) in wrong.items()},
    )


def _count(stage: Stage, claim: Claim) -> Difference | None:
    return _number(claim["is"], count(stage, claim["count"], claim.get("where", {})))


def _number(expected: int, found: int) -> Difference | None:
    return None if expected == found else Difference(expected=expected, found=found)


def _balance(stage: Stage, claim: Claim) -> Difference | None:
    name, where = claim["balance"], given(stage, claim["where"])
    one = balances.get(stage.session, name)
    condition = " and ".join(f"{key} == {value!r}" for key, value in where.items()) or None
    page = balances.list_page(stage.session, SYSTEM, name, Query(filter=condition, limit=2))
    rows = balances.show(stage.session, SYSTEM, name, page.items)
    if len(rows) > 1:
        raise Missing("scenario_not_one", form=name, count=len(rows))
    # A row that is not there adds up to nothing.
    found = rows[0]["values"] if rows else dict.fromkeys(one.measures, "0")
    return _differences(stage, claim["has"], found)


def _tasks(stage: Stage, claim: Claim) -> Difference | None:
    person = stage.actor(claim["tasks"])
    if "record" in claim:
        form, record_id = stage.records[claim["record"]]
        return _number(claim["is"], len(tasks.open_on_record(stage.session, person, form, record_id)))
    return _number(claim["is"], tasks.counts(stage.session, person)["open"])


def _messages(stage: Stage, claim: Claim) -> Difference | None:
    items = notifications.list_for(stage.session, stage.actor(claim["messages"]), limit=200).items
    texts = [str(item["text"]) for item in items]
    found = [text for text in texts if claim.get("text", "") in text]
    return None if len(found) == claim["is"] else Difference(expected=claim["is"], found=texts)


def _sees(stage: Stage, claim: Claim) -> Difference | None:
    form, record_id = stage.records[claim["sees"]]
    try:
        records.get(stage.session, stage.actor(claim["as"]), form, record_id)
    except (NotFound, NotAllowed):
        found = False
    else:
        found = True
    return None if found is claim["is"] else Difference(expected=claim["is"], found=found)


def _refused(claim: Claim, refusal: DomainError | None, language: str) -> Difference | None:
    if refusal is None:
        return Difference(expected=dict(claim["refused"]), found=None)
    ((word, wanted),) = claim["refused"].items()
    params = [refusal.params, *(spot.params for spot in refusal.violations)]
    met = {
        "code": [refusal.code, *(spot.code for spot in refusal.violations)],
        "rule": [each[key] for each in params for key in ("rule", "check") if key in each],
        "field": [spot.pointer.partition("/")[2].partition("/")[0] for spot in refusal.violations],
    }
    if wanted in met[word]:
        return None
    return Difference(expected=dict(claim["refused"]), found=told(refusal, language))


def told(refusal: DomainError, language: str) -> dict[str, Any]:
    """Return a refusal for a reader of the failure: code, sentence, the spots with theirs."""
    return {
        "code": refusal.code,
        "detail": refusal.detail(language),
        "errors": [
            {
                "pointer": spot.pointer,
                "code": spot.code,
                "rule": _key(spot.params, language),
                "detail": spot.detail(language),
            }
            for spot in refusal.violations[:10]
        ],
    }


def _key(params: Mapping[str, Any], language: str) -> str | None:
    found = params.get("rule", params.get("check"))
    return None if found is None else localized(found, language)


_CLAIMS: Final[Mapping[str, Callable[[Stage, Claim], Difference | None]]] = {
    "record": _record,
    "count": _count,
    "balance": _balance,
    "tasks": _tasks,
    "messages": _messages,
    "sees": _sees,
}

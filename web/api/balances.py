"""Balances: running totals, read like forms, and proved against their sources."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from engine import time_limits
from form_engine import balances
from form_engine.record import Query as RecordQuery
from web.answers import json_answer, shows
from web.api.records import Count, Cursor, Filter, Limit, Search, Sort
from web.bodies import JsonRoute
from web.dependencies import Administrator, SignedIn
from web.schemas.apps import FormSchema
from web.schemas.records import BalancePage, Differences

router = APIRouter(prefix="/api/balances/{app}/{balance}", tags=["balances"], route_class=JsonRoute)


@router.get("", responses=shows(BalancePage))
def list_balance_rows(
    call: SignedIn,
    app: str,
    balance: str,
    where: Filter = None,
    search: Search = None,
    sort: Sort = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    count: Count = "none",
) -> Response:
    """List the balance's rows, a page at a time; the same query language as records."""
    query = RecordQuery(filter=where, search=search, sort=sort, limit=limit, cursor=cursor, count=count)
    page = balances.list_page(call.session, call.actor, f"{app}.{balance}", query)
    items = balances.show(call.session, call.actor, f"{app}.{balance}", page.items)
    return json_answer({"items": items, "next_cursor": page.next_cursor, "count": page.count})


@router.get("/schema", responses=shows(FormSchema))
def get_balance_schema(call: SignedIn, app: str, balance: str) -> Response:
    """Return the shape of the balance's rows, like a form's schema."""
    return json_answer(balances.schema(call.session, call.actor, f"{app}.{balance}"))


@router.post("/verify", responses=shows(Differences))
def verify_balance(call: Administrator, app: str, balance: str) -> Response:
    """Compute the balance anew from its sources and list every difference; changes nothing."""
    return json_answer({"items": _differences(call, f"{app}.{balance}")})


@router.post("/rebuild", responses=shows(Differences))
def rebuild_balance(call: Administrator, app: str, balance: str) -> Response:
    """Make the balance what its sources say; lists what was different."""
    name = f"{app}.{balance}"
    differences = _differences(call, name)
    balances.rebuild(call.session, name)
    return json_answer({"items": differences})


def _differences(call: Administrator, name: str) -> list[dict[str, object]]:
    time_limits.lift(call.session)  # it adds up all sources
    return [
        {"key": difference.key, "expected": difference.expected, "stored": difference.stored}
        for difference in balances.verify(call.session, name)
    ]

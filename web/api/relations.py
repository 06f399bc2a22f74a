"""Choices for a relation: the records of a form that the reader may pick."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from engine.errors import InvalidInput, Violation
from form_engine.querying import pickers
from web.answers import json_answer, shows
from web.api.records import Filter, Search
from web.bodies import JsonRoute
from web.dependencies import SignedIn
from web.schemas.session import PickerPage

router = APIRouter(prefix="/api/relations", tags=["records"], route_class=JsonRoute)

Limit = Annotated[int, Query(ge=1, le=100)]
Ids = Annotated[list[str] | None, Query(description="Only these, whatever is searched for; repeated, or with commas.")]
Fill = Annotated[str | None, Query(max_length=1000, description="`price,unit`: values to bring along.")]


@router.get("/{app}/{form}", responses=shows(PickerPage))
def list_choices(
    call: SignedIn,
    app: str,
    form: str,
    search: Search = None,
    where: Filter = None,
    limit: Limit = 20,
    ids: Ids = None,
    fill: Fill = None,
) -> Response:
    """List records to choose from, by title; with `fill`, values of theirs that the chosen one brings along."""
    choices = pickers.choices(
        call.session,
        call.actor,
        f"{app}.{form}",
        search=search,
        filter=where,
        limit=limit,
        ids=read_ids(ids),
        fill=[key.strip() for key in fill.split(",")] if fill else (),
    )
    return json_answer({"items": [{"id": one.id, "title": one.title, "fill": one.fill} for one in choices]})


def read_ids(texts: list[str] | None) -> list[UUID]:
    """Return the ids of a query; raises `InvalidInput` at `#/query/ids`."""
    try:
        return [UUID(part) for text in texts or () for part in text.split(",") if part.strip()]
    except ValueError as error:
        spot = Violation(pointer="#/query/ids", code="format", params={"format": "UUID"})
        raise InvalidInput(violations=[spot]) from error

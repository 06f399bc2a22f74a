"""Notifications: what flows told one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from flow_engine import notifications
from web.answers import json_answer, shows
from web.bodies import JsonRoute
from web.dependencies import SignedIn
from web.schemas.session import NotificationPage, NotificationsCounted, NotificationsRead

router = APIRouter(prefix="/api/notifications", tags=["notifications"], route_class=JsonRoute)


@router.get("", responses=shows(NotificationPage))
def list_notifications(
    call: SignedIn,
    unread: Annotated[bool, Query(description="Only those not read yet.")] = False,  # noqa: FBT002 - it has a name
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """List one's notifications, newest first."""
    page = notifications.list_for(call.session, call.actor, is_unread=unread, limit=limit, cursor=cursor)
    return json_answer({"items": page.items, "next_cursor": page.next_cursor})


@router.post("/read", responses=shows(NotificationsCounted))
def mark_notifications(call: SignedIn, body: NotificationsRead | None = None) -> Response:
    """Mark notifications as read: those of `ids`, all without."""
    notifications.mark_read(call.session, call.actor, body.ids if body else None)
    return json_answer({"unread": notifications.count_unread(call.session, call.actor)})

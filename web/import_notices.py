"""A message to whoever started an import, once it has ended: they may have left the page long ago."""

from __future__ import annotations

from engine.db import Session
from engine.texts import LANGUAGES, LocalizedText, message
from flow_engine import notifications
from form_engine.exchange.runs import ImportEnded

_CODES = {
    "completed": "import_notice_completed",
    "failed": "import_notice_failed",
    "cancelled": "import_notice_cancelled",
}


def subscriber(session: Session, event: object) -> None:
    """Put the message into the inbox; the link opens the import."""
    if not isinstance(event, ImportEnded):
        return
    app, _, form = event.form.partition(".")
    params = {"file": event.file_name, "created": event.created, "updated": event.updated, "failed": event.failed}
    text: LocalizedText = {language: message(_CODES[event.status], params, language) for language in LANGUAGES}
    notifications.send(session, [event.user_id], text, link=f"/apps/{app}/forms/{form}?import={event.id}")

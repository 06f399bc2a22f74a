"""A message to whoever asked for an export that took its time: they may have left the page."""

from __future__ import annotations

from datetime import timedelta

from engine.db import Session
from engine.texts import LANGUAGES, LocalizedText, message
from flow_engine import notifications
from form_engine.exchange.export_runs import ExportEnded

#: Who waits no longer than this is still there: the page takes the file by itself.
_SHORT = timedelta(seconds=5)
_CODES = {"completed": "export_notice_completed", "failed": "export_notice_failed"}


def subscriber(session: Session, event: object) -> None:
    """Put the message into the inbox; the link opens the export. Whoever cancelled it knows."""
    if not isinstance(event, ExportEnded) or event.took < _SHORT or event.status not in _CODES:
        return
    app, _, key = event.source.partition(".")
    params = {"file": event.file_name, "records": event.records}
    text: LocalizedText = {language: message(_CODES[event.status], params, language) for language in LANGUAGES}
    kind = "balances" if event.is_balance else "forms"
    notifications.send(session, [event.user_id], text, link=f"/apps/{app}/{kind}/{key}?export={event.id}")

"""The shipped apps come to life: definitions, people, records, all in one transaction."""

from __future__ import annotations

from app_templates import installer, loader
from engine.actor import SYSTEM
from engine.db import Session
from form_engine import balances


def test_installs_both_apps_with_their_records(session: Session) -> None:
    made = installer.install(session, SYSTEM, loader.load_catalog(), demo=True)

    assert made.apps == ("crm", "erp")
    assert made.records == sum(len(rows) for template in loader.load_catalog() for rows in template.rows.values())
    assert balances.verify(session, "erp.stock") == []
    assert balances.verify(session, "erp.availability") == []

"""What a run shows of the records that it is about."""

from __future__ import annotations

from engine.db import Session
from flow_engine import shown_runs
from form_engine import forms
from tests.factories import shop as factory


def test_titles_of_a_run_keep_what_is_hidden_from_the_reader(session: Session) -> None:
    shop = factory.build(session)
    section = {**factory.ORDER["x-form"], "record_title": "{number} {customer.credit}"}
    forms.publish(session, shop.admin, {**factory.ORDER, "x-form": section})
    made = factory.order(session, shop)
    run = {"started_by": shop.admin.user_id, "form": "shop.order", "record_id": made.id}
    shown = shown_runs.titles_of(session, shop.sales, [run])
    assert shown["shop.order", made.id] == "SO202611-0001"
    assert shown_runs.titles_of(session, shop.admin, [run])["shop.order", made.id] == "SO202611-0001 900"

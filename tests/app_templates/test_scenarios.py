"""Scenarios: the shipped ones hold, nothing of them stays, and one that fails says where and why."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from app_templates import checks, exporter, loader
from app_templates.scenarios import running
from app_templates.scenarios.documents import CLAIMS, SCENARIO_SCHEMA, VERBS
from engine import json_schema
from web.platform import Platform

SHIPPED = [(each.key, one.key) for each in loader.load_catalog() for one in each.scenarios]


def shipped(app: str, key: str) -> dict[str, Any]:
    (template,) = (each for each in loader.load_catalog() if each.key == app)
    return deepcopy(next(dict(one.body) for one in template.scenarios if one.key == key))


def state(platform: Platform) -> list[Any]:
    """Return what a scenario could leave behind: rows of every kind, by number."""
    tables = ["crm.sales_order", "erp.stock_move", "meta.user", "meta.user_role", "meta.department", "meta.audit"]
    tables += ["meta.flow_instance", "meta.flow_task", "meta.job", "meta.notification", "meta.serial", "erp.stock"]
    with platform.database.unit_of_work() as session:
        query = " union all ".join(f"select '{name}', count(*) from {name}" for name in tables)
        return [tuple(row) for row in session.execute(sa.text(query))]


def test_six_of_each_shipped_app_hold_and_leave_nothing(demo_platform: Platform) -> None:
    before = state(demo_platform)
    with demo_platform.database.unit_of_work() as session:
        now = session.now
        for app in ("crm", "erp"):
            outcomes = running.play_all(session, exporter.scenarios(session, app))
            assert {one.key: one.failure for one in outcomes} == dict.fromkeys(
                (key for owner, key in SHIPPED if owner == app), None
            )
            assert len(outcomes) == 6
        assert (session.now, session.after_commit) == (now, [])
    assert state(demo_platform) == before


def play(platform: Platform, scenario: Mapping[str, Any]) -> running.Outcome:
    with platform.database.unit_of_work() as session:
        return running.play(session, scenario)


def test_a_claim_that_does_not_hold_names_step_expected_and_found(demo_platform: Platform) -> None:
    scenario = shipped("crm", "order_approved_by_manager")
    scenario["story"][0]["then"][0]["has"] = {"status": "approved", "total": "12000", "sales_rep": "@zhao"}

    failure = play(demo_platform, scenario).failure

    assert failure is not None
    assert (failure.place, failure.code) == ("story/0/then/0", "scenario_differs")
    assert failure.expected == {"status": "approved", "sales_rep": "@zhao"}
    assert failure.found["status"] == "draft"
    assert failure.found["sales_rep"]["title"] == "李销售"


def test_a_refused_step_names_the_rule(demo_platform: Platform) -> None:
    scenario = shipped("crm", "submitted_order_is_locked")
    scenario["story"][0]["then"] = [{"count": "crm.sales_order", "where": {"customer": "@customer"}, "is": 0}]

    failure = play(demo_platform, scenario).failure

    assert failure is not None
    assert (failure.place, failure.code) == ("story/0/when/0", "scenario_step_refused")
    assert [spot["rule"] for spot in failure.found["errors"]] == ["dates"]


def test_a_refusal_that_does_not_come_fails(demo_platform: Platform) -> None:
    scenario = shipped("crm", "order_approved_by_manager")
    scenario["story"][0]["then"] = [{"refused": {"rule": "dates"}}]

    failure = play(demo_platform, scenario).failure

    assert failure is not None
    assert (failure.place, failure.expected, failure.found) == ("story/0/then/0", {"rule": "dates"}, None)


def test_nobody_else_is_asked_and_who_is_not_asked_cannot_decide(demo_platform: Platform) -> None:
    scenario = shipped("crm", "order_approved_by_manager")
    scenario["story"][2]["when"][0]["as"] = "qian"

    failure = play(demo_platform, scenario).failure

    assert failure is not None
    assert (failure.place, failure.code) == ("story/2/when/0", "scenario_no_task")
    assert dict(failure.params) == {"person": "qian", "record": "order"}


def waiting_flow() -> dict[str, Any]:
    """Return a flow that solves a ticket nobody touched for three days."""
    return {
        "key": "forgotten",
        "format": 1,
        "title": "久无人理",
        "trigger": {"type": "record", "form": "crm.ticket", "on": ["create"]},
        "runs": "in_background",
        "nodes": {
            "start": {"type": "start", "next": "pause"},
            "pause": {"type": "wait", "duration": {"days": 3}, "next": "close"},
            "close": {
                "type": "update_record",
                "record": "record",
                "values": {"status": "'solved'", "solution": "'过期'"},
                "next": "end",
            },
            "end": {"type": "end"},
        },
    }


def test_a_flow_that_waits_goes_on_when_the_clock_says_so(demo_platform: Platform) -> None:
    from engine.actor import SYSTEM
    from flow_engine import flows

    scenario = {
        "key": "forgotten",
        "format": 1,
        "title": "三天后自动关闭",
        "on": "2026-11-21",
        "given": [{"create": "crm.customer", "name": "customer", "values": {"name": "甲公司"}}],
        "story": [
            {
                "when": [
                    {"create": "crm.ticket", "name": "t", "values": {"subject": "?", "customer": "@customer"}},
                    {"wait": "2 days"},
                ],
                "then": [{"record": "t", "has": {"status": "open"}}],
            },
            {"when": [{"on": "2026-11-24T09:01"}], "then": [{"record": "t", "has": {"status": "solved"}}]},
            {"when": [{"on": "2026-11-22"}], "then": [{"record": "t", "has": {"status": "solved"}}]},
        ],
    }
    with demo_platform.database.unit_of_work() as session:
        flows.publish(session, SYSTEM, "crm", waiting_flow())
        outcome = running.play(session, scenario)
        assert outcome.failure is not None
        # Everything up to the step that would set the clock back went as told.
        assert (outcome.failure.place, outcome.failure.code) == ("story/2/when/0", "scenario_clock_back"), outcome
        assert session.now == datetime(2026, 11, 21, 8, tzinfo=UTC)


@pytest.mark.parametrize("verb", sorted({*VERBS, *CLAIMS}))
def test_every_verb_is_in_the_schema_and_the_reference(verb: str) -> None:
    from tests.architecture.sources import ROOT

    assert f"`{verb}`" in (ROOT / "docs/reference/scenarios.md").read_text("utf-8")


def test_a_shape_that_cannot_be_is_refused_at_its_place() -> None:
    scenario = shipped("erp", "order_walk")
    scenario["story"][0]["when"][0]["price"] = 5
    scenario["story"][0]["then"][0] = {"claim": 1}
    scenario["on"] = "tomorrow"
    spots = json_schema.validator("test.scenario", SCENARIO_SCHEMA).violations(scenario)
    assert {spot.pointer for spot in spots} >= {"#/on", "#/story/0/then/0"}
    assert any(spot.pointer.startswith("#/story/0/when/0") for spot in spots)


def test_every_name_of_a_scenario_must_lead_somewhere() -> None:
    from dataclasses import replace

    crm, erp = loader.load_catalog()
    body = shipped("crm", "order_approved_by_manager")
    body["people"]["li"]["roles"] = ["crm.nobody"]
    body["given"][0]["create"] = "crm.none"
    body["story"][0]["when"][0]["values"]["colour"] = "red"
    body["story"][0]["when"][0]["values"]["lines"][0]["colour"] = "red"
    body["story"][0]["then"] = [{"record": "other", "has": {"status": 1}}, {"tasks": "ghost", "is": 0}]
    body["story"][1]["when"][0]["press"] = "explode"
    body["story"][2]["then"] = [{"count": "crm.ticket", "where": {"customer": "@void"}, "is": 0}]
    changed = replace(crm, scenarios=(replace(crm.scenarios[1], body=body),))

    found = {(spot.pointer.partition("#")[2], spot.code) for spot in checks.faults([changed, erp])}

    assert found == {
        ("/people/li/roles/0", "template_role_unknown"),
        ("/given/0/create", "template_form_unknown"),
        ("/story/0/when/0/values/colour", "template_column_unknown"),
        ("/story/0/when/0/values/lines/0/colour", "template_column_unknown"),
        ("/story/0/then/0/record", "scenario_name_unknown"),
        ("/story/0/then/1/tasks", "scenario_person_unknown"),
        ("/story/1/when/0/press", "scenario_button_unknown"),
        ("/story/2/then/0/where/customer", "scenario_name_unknown"),
    }

"""A run whose mail failed for good, over HTTP: the list, the run, background work and the doctor agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from flow_engine.outside.channel import Outside, use_outside
from tests.peers import Peer, mail_server
from web.doctor import examine_platform
from web.platform import Platform

AsUser = Callable[[str], httpx.Client]
WHY = {
    "zh-CN": ("邮件服务器不收这些收件人：“team@example.com: 550 5.1.1 user unknown”。请核对收件地址后重试。"),
    "en-US": (
        'The mail server took none of the recipients: "team@example.com: 550 5.1.1 user unknown". '
        "Check their addresses, then try again."
    ),
}
FLOW = {
    "key": "tell_team",
    "format": 1,
    "title": "新客户 → 通知",
    "runs": "in_background",
    "trigger": {"type": "record", "form": "crm.customer", "on": ["create"]},
    "nodes": {
        "start": {"type": "start", "next": "mail"},
        "mail": {
            "type": "mail",
            "title": "通知团队",
            "to": "'team@example.com'",
            "subject": "{record.name}",
            "text": "x",
            "next": "end",
        },
        "end": {"type": "end"},
    },
}


@pytest.fixture
def post(demo_platform: Platform) -> Iterator[Peer]:
    """A mail server that does not know the team."""
    with mail_server() as peer:
        peer.replies = [b"550 5.1.1 user unknown"]
        use_outside(demo_platform.database, Outside(smtp_url=f"smtp://127.0.0.1:{peer.port}"))
        yield peer


def fail(platform: Platform, admin: httpx.Client) -> str:
    """Publish the flow, make a customer; return the run, which has failed."""
    platform.worker().run_due()
    assert admin.put("/api/apps/crm/flows/tell_team", json=FLOW).json()["violations"] == []
    assert admin.post("/api/apps/crm/flows/tell_team/publish").status_code == 200
    assert admin.post("/api/records/crm/customer", json={"values": {"name": "恒达机械"}}).status_code == 201
    platform.worker().run_due()
    found = [one for one in admin.get("/api/instances").json()["items"] if one["flow"]["key"] == "tell_team"]
    return str(found[0]["id"])


def told(platform: Platform) -> dict[str, Any]:
    """Return what the doctor counts, by code."""
    return {one.code: one.params.get("count") for one in examine_platform(platform) if one.severity == "warning"}


def test_a_failed_mail_is_seen_as_a_failed_run_wherever_one_looks(
    demo_platform: Platform, post: Peer, as_user: AsUser
) -> None:
    admin = as_user("admin")
    run = fail(demo_platform, admin)
    for language, why in WHY.items():
        assert admin.patch("/api/session", json={"language": language}).status_code == 200
        (listed,) = admin.get("/api/instances", params={"status": "failed"}).json()["items"]
        shown = admin.get(f"/api/instances/{run}").json()
        (dead,) = admin.get("/api/effects", params={"status": "dead"}).json()["items"]
        assert (listed["id"], shown["status"], dead["instance"]) == (run, "failed", run)
        assert [one["error"]["detail"] for one in (listed, shown, shown["nodes"][-1])] == [why, why, why]
        assert [one["error"] for one in (shown["effects"][0], dead)] == [why, why]
        assert (shown["error"]["node"], shown["error"]["node_title"]) == ("mail", "通知团队")
    overview = admin.get("/api/jobs/overview").json()
    assert (overview["effects"]["dead"], overview["instances"]["failed"], overview["dead"]) == (1, 1, 0)
    counted = told(demo_platform)
    assert (counted["runs_failed"], counted["effects_dead"]) == (1, 1)
    assert post.mails == []


@pytest.mark.parametrize(("action", "mails"), [("retry", 1), ("drop", 0)])
def test_from_background_work_the_run_goes_on(
    demo_platform: Platform, post: Peer, as_user: AsUser, action: str, mails: int
) -> None:
    admin = as_user("admin")
    run = fail(demo_platform, admin)
    (dead,) = admin.get("/api/effects", params={"status": "dead"}).json()["items"]
    address = f"/api/effects/{dead['id']}/{action}"
    assert as_user("sales").post(address).status_code == 403
    assert admin.post(address).status_code == 200
    again = admin.post(address)
    assert (again.status_code, again.json()["code"]) == (409, "flow_effect_not_dead")
    demo_platform.worker().run_due()
    assert admin.get(f"/api/instances/{run}").json()["status"] == "completed"
    assert not {"runs_failed", "effects_dead"} & set(told(demo_platform))
    assert len(post.mails) == mails

"""Signing in and out, and what a session says."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
import sqlalchemy as sa

from engine import identity
from engine.models import session_token
from engine.texts import Language
from web.platform import Platform

SignIn = Callable[[str], httpx.Client]


def sessions(platform: Platform) -> int:
    with platform.database.unit_of_work() as session:
        return int(session.execute(sa.select(sa.func.count()).select_from(session_token)).scalar_one())


def test_signs_in_with_a_cookie_that_no_script_can_read(client: httpx.Client, people: dict[str, identity.User]) -> None:
    answer = client.post("/api/session", json={"username": "berta", "password": "demo"})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("dougong_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert answer.json() == {
        "user": {
            "id": str(people["berta"].id),
            "username": "berta",
            "name": "Berta",
            "language": "en-US",
            "department": None,
        },
        "is_administrator": False,
        "roles": [],
        "time_zone": "Asia/Shanghai",
        "apps": [],
        "forms": {},
        "open_tasks": 0,
        "unread_notifications": 0,
    }
    assert client.get("/api/session").json() == answer.json()


@pytest.mark.parametrize(("username", "password"), [("berta", "wrong"), ("nobody", "demo")])
def test_does_not_say_which_of_name_and_password_is_wrong(
    client: httpx.Client, people: dict[str, identity.User], platform: Platform, username: str, password: str
) -> None:
    assert people
    answer = client.post("/api/session", json={"username": username, "password": password})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_failed")
    assert "set-cookie" not in answer.headers
    assert sessions(platform) == 0


def test_counts_failed_sign_ins_and_says_how_long_to_wait(
    client: httpx.Client, people: dict[str, identity.User]
) -> None:
    assert people
    for _ in range(6):
        client.post("/api/session", json={"username": "berta", "password": "wrong"})
    answer = client.post("/api/session", json={"username": "berta", "password": "demo"})
    assert (answer.status_code, answer.json()["code"]) == (429, "sign_in_throttled")
    assert int(answer.headers["retry-after"]) >= 1


def test_signs_out_for_good(signed_in: SignIn, platform: Platform) -> None:
    client = signed_in("berta")
    cookie = client.cookies["dougong_session"]
    assert client.delete("/api/session").status_code == 204
    assert sessions(platform) == 0
    client.cookies.set("dougong_session", cookie)
    answer = client.get("/api/session")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")
    assert answer.headers["www-authenticate"] == 'Bearer realm="dougong"'


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "找不到"), ("en-US", "Not found")])
def test_answers_in_the_language_one_chose(signed_in: SignIn, language: Language, title: str) -> None:
    client = signed_in("anna")
    changed = client.patch("/api/session", json={"language": language})
    assert changed.json()["user"]["language"] == language
    answer = client.get("/api/apps/crm/forms/customer", headers={"Accept-Language": "de"})
    assert (answer.status_code, answer.json()["title"]) == (404, title)


def test_refuses_a_language_it_does_not_have(signed_in: SignIn) -> None:
    client = signed_in("berta")
    answer = client.patch("/api/session", json={"language": "tlh"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "#/language", "code": "enum", "detail": "This must be one of: 'zh-CN', 'en-US'."}
    ]
    assert client.get("/api/session").json()["user"]["language"] == "en-US"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Requested-With": ""}, 403),
        ({"X-Requested-With": "dougong"}, 200),
        ({"X-Requested-With": "", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_writes_by_cookie_must_come_from_our_own_page(signed_in: SignIn, headers: dict[str, str], status: int) -> None:
    client = signed_in("berta")
    answer = client.patch("/api/session", json={"language": "zh-CN"}, headers=headers)
    assert answer.status_code == status
    expected = "zh-CN" if status == 200 else "en-US"
    assert client.get("/api/session").json()["user"]["language"] == expected


def test_a_page_of_another_site_cannot_sign_anybody_in(client: httpx.Client, people: dict[str, identity.User]) -> None:
    assert people
    body = {"username": "berta", "password": "demo"}
    answer = client.post("/api/session", json=body, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


def test_demo_sign_ins_are_told_in_demo_mode_alone(client: httpx.Client) -> None:
    assert client.get("/api/demo").json() == {"demo": False, "users": []}

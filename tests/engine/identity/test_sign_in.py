"""Signing in: throttled, constant in time, with tokens that end."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from engine import definitions, identity
from engine.actor import SYSTEM, Actor
from engine.db import Database, Session
from engine.errors import DomainError, InvalidInput, NotFound, NotSignedIn, TooManyRequests
from engine.identity import PasswordPolicy, SignInFailed, User
from engine.ids import new_id
from engine.models import audit, session_token, sign_in_attempt, user


def attempt(database: Database, username: str, password: str, address: str | None = "10.0.0.1") -> str:
    """Sign in in a unit of work of its own; return `signed in` or the refusal's code."""
    try:
        with database.unit_of_work() as session:
            identity.sign_in(session, username, password, address=address)
    except DomainError as error:
        return error.code
    return "signed in"


@pytest.fixture
def ann(cheap: Database, admin: Actor) -> User:
    with cheap.unit_of_work() as session:
        return identity.create_user(session, admin, username="Ann", name="Ann", password="open sesame")


def test_gives_a_token_that_tells_who_acts(people: Session, new_user: Callable[..., User]) -> None:
    ann = new_user("Ann", language="en-US")
    token, actor = identity.sign_in(people, " ann ", "open sesame", address="10.0.0.1", user_agent="x" * 999)
    assert (actor.user_id, actor.username, actor.language, actor.is_administrator) == (ann.id, "Ann", "en-US", False)
    assert identity.actor_for_token(people, token) == actor
    stored = people.execute(sa.select(session_token)).one()
    assert token.encode() not in bytes(stored.token_hash)
    assert len(token) >= 40
    assert len(stored.user_agent) == 300


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ann", "wrong"),
        ("ann", ""),
        ("nobody", "open sesame"),
        ("", ""),
        ("ann", "\ud800"),
        ("\ud800", "x"),
        ("a\x00", "x"),
    ],
)
def test_does_not_say_what_was_wrong(cheap: Database, ann: User, username: str, password: str) -> None:
    with pytest.raises(SignInFailed) as refusal, cheap.unit_of_work() as session:
        identity.sign_in(session, username, password)
    assert refusal.value.code == "sign_in_failed"
    assert refusal.value.params == {}


def test_a_closed_account_and_one_without_a_password_do_not_sign_in(
    people: Session, new_user: Callable[..., User], admin: Actor
) -> None:
    closed = new_user("closed")
    identity.update_user(people, admin, closed.id, is_active=False)
    new_user("fresh", password=None)
    for username in ("closed", "fresh"):
        with pytest.raises(SignInFailed):
            identity.sign_in(people, username, "open sesame")


def test_failures_are_counted_although_the_request_fails(cheap: Database, ann: User, clock: Any) -> None:
    assert [attempt(cheap, "ann", "wrong") for _ in range(5)] == ["sign_in_failed"] * 5
    assert attempt(cheap, "ANN ", "open sesame") == "sign_in_throttled"
    clock.advance(seconds=2)
    assert attempt(cheap, "ann", "wrong") == "sign_in_failed"
    clock.advance(seconds=1)
    assert attempt(cheap, "ann", "open sesame") == "sign_in_throttled"
    clock.advance(seconds=2)
    assert attempt(cheap, "ann", "open sesame") == "signed in"
    assert attempt(cheap, "ann", "wrong") == "sign_in_failed"
    assert attempt(cheap, "ann", "open sesame") == "signed in"


def test_says_when_to_come_back(cheap: Database, ann: User) -> None:
    for _ in range(5):
        attempt(cheap, "ann", "wrong")
    with pytest.raises(TooManyRequests) as refusal, cheap.unit_of_work() as session:
        identity.sign_in(session, "ann", "open sesame")
    assert refusal.value.params == {"seconds": 2}


def test_pauses_grow_to_a_quarter_of_an_hour_and_are_forgotten(cheap: Database, ann: User, clock: Any) -> None:
    for _ in range(30):
        attempt(cheap, "ann", "wrong")
        with cheap.unit_of_work() as session:
            until = session.execute(
                sa.select(sign_in_attempt.c.blocked_until).where(sign_in_attempt.c.key == "user:ann")
            ).scalar_one()
        clock.now = max(until or clock.now, clock.now)
    clock.advance(hours=1, seconds=1)
    assert [attempt(cheap, "ann", "wrong", "10.0.0.2") for _ in range(5)] == ["sign_in_failed"] * 5
    assert attempt(cheap, "ann", "open sesame", "10.0.0.2") == "sign_in_throttled"


def test_an_address_that_tries_many_accounts_is_throttled(cheap: Database, ann: User) -> None:
    assert {attempt(cheap, f"user{number}", "x") for number in range(50)} == {"sign_in_failed"}
    assert attempt(cheap, "ann", "open sesame") == "sign_in_throttled"
    assert attempt(cheap, "ann", "open sesame", "10.0.0.2") == "signed in"


def test_an_unknown_name_takes_as_long(database: Database, admin: Actor) -> None:
    identity.use_policy(database, PasswordPolicy(memory_kib=4096, passes=2))
    with database.unit_of_work() as session:
        identity.create_user(session, admin, username="ann", name="Ann", password="open sesame")
    attempt(database, "nobody", "wrong", None)
    taken: dict[str, list[float]] = {"ann": [], "nobody": []}
    for number in range(4):
        for username, times in taken.items():
            begun = time.process_time()
            attempt(database, username, f"wrong{number}", None)
            times.append(time.process_time() - begun)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert unknown > known / 2


def test_a_session_slides_and_ends(cheap: Database, ann: User, clock: Any, counted: Callable[[], Any]) -> None:
    with cheap.unit_of_work() as session:
        token, _ = identity.sign_in(session, "ann", "open sesame")

    def statements() -> int:
        with cheap.unit_of_work() as session, counted() as ran:
            identity.actor_for_token(session, token)
        return len(ran)

    assert statements() == 1
    clock.advance(hours=11)
    assert statements() == 2
    assert statements() == 1
    for _ in range(20):
        clock.advance(hours=11)
        assert statements() == 2
    clock.advance(hours=12)
    with pytest.raises(NotSignedIn, match="token_not_valid"):
        statements()


def test_a_session_ends_after_a_fortnight_in_any_case(cheap: Database, ann: User, clock: Any) -> None:
    with cheap.unit_of_work() as session:
        token, _ = identity.sign_in(session, "ann", "open sesame")
    for _ in range(33):
        clock.advance(hours=10)
        with cheap.unit_of_work() as session:
            identity.actor_for_token(session, token)
    clock.advance(hours=10)
    with pytest.raises(NotSignedIn), cheap.unit_of_work() as session:
        identity.actor_for_token(session, token)


def test_a_reading_session_tells_who_acts_without_writing(cheap: Database, ann: User, clock: Any) -> None:
    with cheap.unit_of_work() as session:
        token, actor = identity.sign_in(session, "ann", "open sesame")
    clock.advance(hours=1)
    with cheap.read_only() as session:
        assert identity.actor_for_token(session, token) == actor


def test_signing_out_ends_the_session(people: Session, new_user: Callable[..., User]) -> None:
    new_user("ann")
    token, _ = identity.sign_in(people, "ann", "open sesame")
    other, _ = identity.sign_in(people, "ann", "open sesame")
    identity.sign_out(people, token)
    identity.sign_out(people, "unknown")
    with pytest.raises(NotSignedIn):
        identity.actor_for_token(people, token)
    assert identity.actor_for_token(people, other).username == "ann"


@pytest.mark.parametrize("token", ["", "x", "dgt_x", "\ud800", "' OR 1=1 --", "x" * 100_000])
def test_no_other_token_signs_in(people: Session, token: str) -> None:
    with pytest.raises(NotSignedIn):
        identity.actor_for_token(people, token)


def test_a_hash_of_an_older_policy_is_made_anew(cheap: Database, ann: User) -> None:
    def stored() -> str:
        with cheap.unit_of_work() as session:
            return str(session.execute(sa.select(user.c.password_hash).where(user.c.id == ann.id)).scalar_one())

    assert stored().startswith("$argon2id$")
    assert "m=8,t=1" in stored()
    identity.use_policy(cheap, PasswordPolicy(memory_kib=16, passes=2))
    assert attempt(cheap, "ann", "open sesame") == "signed in"
    assert "m=16,t=2" in stored()
    assert attempt(cheap, "ann", "open sesame") == "signed in"


def test_a_new_password_ends_the_other_sessions(people: Session, new_user: Callable[..., User]) -> None:
    new_user("ann")
    here, actor = identity.sign_in(people, "ann", "open sesame")
    there, _ = identity.sign_in(people, "ann", "open sesame")
    with pytest.raises(InvalidInput) as refusal:
        identity.change_password(people, actor, "wrong", "new password")
    assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [("#/current", "password_wrong")]
    identity.change_password(people, actor, "open sesame", "new password", keep=here)
    assert identity.actor_for_token(people, here) == actor
    with pytest.raises(NotSignedIn):
        identity.actor_for_token(people, there)
    assert identity.sign_in(people, "ann", "new password")
    with pytest.raises(SignInFailed):
        identity.sign_in(people, "ann", "open sesame")


@pytest.mark.parametrize(("password", "code"), [("seven77", "password_too_short"), ("x" * 201, "password_too_long")])
def test_refuses_passwords_that_are_too_short_or_too_long(
    people: Session, admin: Actor, password: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        identity.create_user(people, admin, username="ann", name="Ann", password=password)
    assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [("#/password", code)]
    assert identity.find_user(people, "ann") is None


def test_a_link_sets_a_password_once(cheap: Database, admin: Actor, clock: Any) -> None:
    with cheap.unit_of_work() as session:
        ann = identity.create_user(session, admin, username="ann", name="Ann")
        first, second = (identity.create_password_link(session, ann.id) for _ in range(2))
    with pytest.raises(InvalidInput), cheap.unit_of_work() as session:
        identity.redeem_password_link(session, first, "short")
    with cheap.unit_of_work() as session:
        token, actor = identity.redeem_password_link(session, first, "open sesame")
        assert actor.user_id == ann.id
        assert identity.actor_for_token(session, token) == actor
    for secret in (first, second, "unknown"):
        with pytest.raises(NotSignedIn, match="password_link_not_valid"), cheap.unit_of_work() as session:
            identity.redeem_password_link(session, secret, "open sesame 2")
    with cheap.unit_of_work() as session:
        third = identity.create_password_link(session, ann.id)
    clock.advance(days=3)
    with pytest.raises(NotSignedIn), cheap.unit_of_work() as session:
        identity.redeem_password_link(session, third, "open sesame 3")


def test_forgets_what_is_over(cheap: Database, ann: User, clock: Any) -> None:
    attempt(cheap, "ann", "wrong", None)
    attempt(cheap, "bob", "wrong", None)
    attempt(cheap, "ann", "open sesame", None)
    with cheap.unit_of_work() as session:
        identity.create_password_link(session, ann.id)
        assert identity.forget_expired(session) == 0
    clock.advance(days=4)
    with cheap.unit_of_work() as session:
        # A session, a link and bob's count; ann's ended with her sign-in.
        assert identity.forget_expired(session) == 3


def test_a_background_run_acts_as_the_account(people: Session, new_user: Callable[..., User]) -> None:
    ann = new_user("ann")
    _, actor = identity.sign_in(people, "ann", "open sesame")
    assert identity.actor_for_user(people, ann.id) == actor
    assert identity.actor_for_user(people, SYSTEM.user_id) == SYSTEM
    with pytest.raises(NotFound):
        identity.actor_for_user(people, new_id())


def test_the_actor_brings_the_catalogue_along(cheap: Database, ann: User, admin: Actor, counted: Any) -> None:
    with cheap.unit_of_work() as session:
        definitions.publish(session, admin, "forms", "crm", "customer", {})
        definitions.catalog(session)
        token, _ = identity.sign_in(session, "ann", "open sesame")
    with cheap.unit_of_work() as session, counted() as ran:
        identity.actor_for_token(session, token)
        assert definitions.catalog(session).find("forms", "crm.customer") is not None
        assert len(ran) == 1


def test_sign_ins_and_passwords_are_audited_without_secrets(people: Session, new_user: Callable[..., User]) -> None:
    new_user("ann")
    _, actor = identity.sign_in(people, "ann", "open sesame", address="10.0.0.1")
    identity.change_password(people, actor, "open sesame", "new password")
    rows = people.execute(sa.select(audit.c.action, audit.c.after).order_by(audit.c.id)).all()
    assert [tuple(row) for row in rows] == [
        ("create", {"username": "ann", "name": "Ann", "language": "zh-CN", "is_administrator": False}),
        ("sign_in", {"address": "10.0.0.1"}),
        ("set_password", None),
    ]

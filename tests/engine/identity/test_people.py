"""Accounts, departments and API tokens: who may change what, and who heads whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import identity, permissions
from engine.actor import Actor
from engine.db import Database, Session
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotSignedIn
from engine.identity import Department, User
from engine.ids import new_id
from engine.models import api_token

NewUser = Callable[..., User]


def publish_roles(session: Session, admin: Actor) -> None:
    documents = [{"key": key, "title": key, "format": 1} for key in ("sales", "boss")]
    permissions.publish(session, admin, "crm", documents)


def test_creates_an_account(people: Session, new_user: NewUser, admin: Actor) -> None:
    publish_roles(people, admin)
    ann = new_user("Ann", roles=["crm.sales", "crm.boss", "crm.sales"], email="ann@example.com")
    assert ann.roles == ("crm.boss", "crm.sales")
    assert identity.get_user(people, ann.id) == ann
    assert identity.find_user(people, "aNN") == ann
    assert identity.find_user(people, "bob") is None
    assert identity.users_by_username(people, ["ANN", "bob"]) == {"Ann": ann}
    assert identity.user_names(people, [ann.id, new_id()]) == {ann.id: "Ann"}
    assert identity.actor_for_user(people, ann.id).roles == {"crm.sales", "crm.boss"}


@pytest.mark.parametrize("username", ["", " ", "a b", "a/b", "-a", "a" * 101, "a\x00"])
def test_refuses_names_that_cannot_be(people: Session, new_user: NewUser, username: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        new_user(username)
    assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [("#/username", "username_invalid")]


def test_refuses_what_is_taken_or_unknown(people: Session, new_user: NewUser, admin: Actor) -> None:
    new_user("Ann")
    with pytest.raises(Conflict, match="username_taken"):
        new_user("ANN")
    with pytest.raises(InvalidInput) as refusal:
        new_user("bob", language="fr-FR")
    assert [spot.pointer for spot in refusal.value.violations] == ["#/language"]
    with pytest.raises(InvalidInput) as refusal:
        new_user("bob", roles=["crm.none"])
    assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [("#/roles/0", "role_unknown")]


def test_only_an_administrator_changes_accounts(people: Session, new_user: NewUser) -> None:
    ann = new_user("ann")
    actor = identity.actor_for_user(people, ann.id)
    attempts: list[Callable[[], object]] = [
        lambda: identity.create_user(people, actor, username="x", name="x"),
        lambda: identity.update_user(people, actor, ann.id, is_administrator=True),
        lambda: identity.set_roles(people, actor, ann.id, []),
        lambda: identity.set_password(people, actor, ann.id, "open sesame 2"),
        lambda: identity.create_department(people, actor, key="a", title="A"),
        lambda: identity.update_department(people, actor, new_id(), head_id=ann.id),
    ]
    for forbidden in attempts:
        with pytest.raises(NotAllowed, match="administrator_only"):
            forbidden()
    assert identity.get_user(people, ann.id) == ann
    identity.set_language(people, actor, "en-US")
    assert identity.get_user(people, ann.id).language == "en-US"
    with pytest.raises(InvalidInput):
        identity.set_language(people, actor, "xx")


def test_closing_an_account_ends_all_it_can_act_with(people: Session, new_user: NewUser, admin: Actor) -> None:
    ann = new_user("ann")
    token, actor = identity.sign_in(people, "ann", "open sesame")
    secret, _ = identity.create_api_token(people, actor, title="t", scopes=["*:read"])
    link = identity.create_password_link(people, ann.id)
    identity.update_user(people, admin, ann.id, is_active=False)
    for ended in (token, secret):
        with pytest.raises(NotSignedIn):
            identity.actor_for_token(people, ended)
    with pytest.raises(NotFound):
        identity.actor_for_user(people, ann.id)
    assert identity.list_users(people) == []
    assert [found.username for found in identity.list_users(people, only_active=False)] == ["ann"]
    identity.update_user(people, admin, ann.id, is_active=True)
    with pytest.raises(NotSignedIn, match="password_link_not_valid"):
        identity.redeem_password_link(people, link, "open sesame 2")


def test_the_last_administrator_stays_one(people: Session, new_user: NewUser, admin: Actor) -> None:
    ann = new_user("ann", is_administrator=True)
    for changes in ({"is_administrator": False}, {"is_active": False}):
        with pytest.raises(Conflict, match="last_administrator"):
            identity.update_user(people, admin, ann.id, **changes)
    assert identity.get_user(people, ann.id) == ann
    new_user("bob", is_administrator=True)
    assert not identity.update_user(people, admin, ann.id, is_administrator=False).is_administrator


def test_lists_accounts_by_search_role_and_id(people: Session, new_user: NewUser, admin: Actor, counted: Any) -> None:
    publish_roles(people, admin)
    zoe, ann, bob = new_user("zoe", name="Zoë 100%"), new_user("Ann", roles=["crm.boss"]), new_user("bob")

    def names(**more: Any) -> list[str]:
        with counted() as ran:
            found = identity.list_users(people, **more)
        assert len(ran) == 1
        return [user.username for user in found]

    assert names() == ["Ann", "bob", "zoe"]
    assert names(search="B") == ["bob"]
    assert names(search="%") == ["zoe"]
    assert names(role="crm.boss") == ["Ann"]
    assert names(ids=[zoe.id, bob.id]) == ["bob", "zoe"]
    assert names(limit=1) == ["Ann"]
    assert ann.roles == ("crm.boss",)


@pytest.fixture
def tree(people: Session, admin: Actor) -> dict[str, Department]:
    """Company > sales > north, and company > plant."""
    made: dict[str, Department] = {}
    for key, parent in (("company", None), ("sales", "company"), ("north", "sales"), ("plant", "company")):
        parent_id = made[parent].id if parent else None
        made[key] = identity.create_department(people, admin, key=key, title=key.title(), parent_id=parent_id)
    return made


def test_the_head_is_found_upwards(
    people: Session, new_user: NewUser, admin: Actor, tree: dict[str, Department], counted: Any
) -> None:
    director = new_user("director", department_id=tree["company"].id)
    manager = new_user("manager", department_id=tree["sales"].id)
    seller = new_user("seller", department_id=tree["north"].id)
    worker = new_user("worker", department_id=tree["plant"].id)
    loner = new_user("loner")
    identity.update_department(people, admin, tree["company"].id, head_id=director.id)
    identity.update_department(people, admin, tree["sales"].id, head_id=manager.id)

    def head(of: User, level: int = 1) -> Any:
        with counted() as ran:
            found = identity.department_head(people, of.id, level)
        assert len(ran) == 1
        return found

    assert head(seller) == manager.id
    assert head(seller, 2) == director.id
    assert head(seller, 3) is None
    assert head(manager) == director.id
    assert head(director) is None
    assert head(worker) == director.id
    assert head(loner) is None
    assert head(seller, 0) is None
    identity.update_user(people, admin, manager.id, is_active=False)
    assert head(seller) == director.id


def test_an_actor_has_the_departments_below_the_own_head(
    people: Session, new_user: NewUser, admin: Actor, tree: dict[str, Department]
) -> None:
    manager = new_user("manager", department_id=tree["plant"].id)
    seller = new_user("seller", department_id=tree["sales"].id)
    identity.update_department(people, admin, tree["sales"].id, head_id=manager.id)
    actor = identity.actor_for_user(people, manager.id)
    assert actor.department == tree["plant"].id
    assert actor.departments == {tree[key].id for key in ("plant", "sales", "north")}
    assert identity.actor_for_user(people, seller.id).departments == {tree["sales"].id}


def test_the_tree_stays_a_tree(people: Session, admin: Actor, tree: dict[str, Department]) -> None:
    for below in ("company", "north"):
        with pytest.raises(Conflict, match="department_cycle"):
            identity.update_department(people, admin, tree["company"].id, parent_id=tree[below].id)
    moved = identity.update_department(people, admin, tree["north"].id, parent_id=tree["plant"].id)
    assert moved.parent_id == tree["plant"].id
    assert identity.departments_below(people, [tree["plant"].id]) == {tree["plant"].id, tree["north"].id}
    with pytest.raises(Conflict, match="department_key_taken"):
        identity.create_department(people, admin, key="north", title="North")
    assert [found.key for found in identity.list_departments(people, search="LA")] == ["plant"]
    assert identity.department_titles(people, [tree["sales"].id]) == {tree["sales"].id: "Sales"}
    with pytest.raises(NotFound):
        identity.get_department(people, new_id())


def test_a_token_acts_for_its_owner_until_it_ends(cheap: Database, admin: Actor, clock: Any) -> None:
    with cheap.unit_of_work() as session:
        ann = identity.create_user(session, admin, username="ann", name="Ann")
        actor = identity.actor_for_user(session, ann.id)
        secret, token = identity.create_api_token(session, actor, title=" report ", scopes=["crm.*:read"])
        assert secret.startswith("dgt_")
        assert (token.title, token.hint, token.scopes) == ("report", secret[:10], ("crm.*:read",))
        assert token.expires_at == clock.now + timedelta(days=90)
        assert secret not in str(session.execute(sa.select(api_token)).one())
    with cheap.unit_of_work() as session:
        acting = identity.actor_for_token(session, secret)
        assert (acting.user_id, acting.token_scopes) == (ann.id, frozenset({"crm.*:read"}))
        (listed,) = identity.list_api_tokens(session, actor)
        assert listed.used_at == clock.now
        with pytest.raises(NotAllowed, match="token_makes_no_token"):
            identity.create_api_token(session, acting, title="x", scopes=["*:write"])
    clock.advance(days=90)
    with pytest.raises(NotSignedIn), cheap.unit_of_work() as session:
        identity.actor_for_token(session, secret)


def test_a_token_is_deleted_by_its_owner_or_an_administrator(people: Session, new_user: NewUser, admin: Actor) -> None:
    ann, bob = (identity.actor_for_user(people, new_user(name).id) for name in ("ann", "bob"))
    secret, token = identity.create_api_token(people, ann, title="t", scopes=["*:read"])
    _, other = identity.create_api_token(people, ann, title="t", scopes=["*:read"])
    with pytest.raises(NotFound):
        identity.delete_api_token(people, bob, token.id)
    assert identity.list_api_tokens(people, bob) == []
    identity.delete_api_token(people, ann, token.id)
    with pytest.raises(NotSignedIn):
        identity.actor_for_token(people, secret)
    identity.delete_api_token(people, admin, other.id)
    assert identity.list_api_tokens(people, ann) == []


def test_points_at_what_is_wrong_in_a_token(people: Session, new_user: NewUser, clock: Any) -> None:
    actor = identity.actor_for_user(people, new_user("ann").id)

    def spots(**more: Any) -> list[tuple[str, str]]:
        with pytest.raises(InvalidInput) as refusal:
            identity.create_api_token(people, actor, **{"title": "t", "scopes": ["*:read"], **more})
        return [(spot.pointer, spot.code) for spot in refusal.value.violations]

    assert spots(scopes=[]) == [("#/scopes", "minItems")]
    assert spots(scopes=["*:read", "all", "crm:read", "crm.*:delete"]) == [
        (f"#/scopes/{index}", "token_scope_invalid") for index in (1, 2, 3)
    ]
    assert spots(title=" ") == [("#/title", "required")]
    assert spots(expires_at=clock.now) == [("#/expires_at", "token_expiry")]
    assert spots(expires_at=clock.now + timedelta(days=367)) == [("#/expires_at", "token_expiry")]
    assert identity.list_api_tokens(people, actor) == []

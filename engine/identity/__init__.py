"""Identity: accounts, departments, sign-in, tokens, and the actor that they make.

Owns the tables of `engine.models.identity`. Leaves what an actor may do to `engine.permissions`.
"""

from __future__ import annotations

from engine.identity.actors import actor_for_token, actor_for_user
from engine.identity.api_tokens import ApiToken, create_api_token, delete_api_token, list_api_tokens
from engine.identity.departments import (
    Department,
    create_department,
    department_head,
    department_titles,
    departments_below,
    get_department,
    list_departments,
    update_department,
)
from engine.identity.passwords import PasswordPolicy, use_policy
from engine.identity.people import (
    User,
    change_password,
    create_user,
    find_user,
    get_user,
    list_users,
    require_administrator,
    set_language,
    set_password,
    set_roles,
    update_user,
    user_names,
    users_by_username,
)
from engine.identity.sign_in import (
    SignInFailed,
    create_password_link,
    end_sessions,
    forget_expired,
    open_session,
    redeem_password_link,
    sign_in,
    sign_out,
)

__all__ = [
    "ApiToken",
    "Department",
    "PasswordPolicy",
    "SignInFailed",
    "User",
    "actor_for_token",
    "actor_for_user",
    "change_password",
    "create_api_token",
    "create_department",
    "create_password_link",
    "create_user",
    "delete_api_token",
    "department_head",
    "department_titles",
    "departments_below",
    "end_sessions",
    "find_user",
    "forget_expired",
    "get_department",
    "get_user",
    "list_api_tokens",
    "list_departments",
    "list_users",
    "open_session",
    "redeem_password_link",
    "require_administrator",
    "set_language",
    "set_password",
    "set_roles",
    "sign_in",
    "sign_out",
    "update_department",
    "update_user",
    "use_policy",
    "user_names",
    "users_by_username",
]

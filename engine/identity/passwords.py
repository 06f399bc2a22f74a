"""Passwords: argon2id hashes (RFC 9106) and the rule for new ones."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache

import argon2

from engine.db import Database, Session
from engine.errors import InvalidInput, Violation

MAXIMUM_LENGTH = 200
_POLICY = "engine.password_policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPolicy:
    """What hashing a password costs and what a new one must be.

    The defaults are OWASP's for argon2id: 19 MiB, two passes, one lane; about 20 ms.
    """

    memory_kib: int = 19_456
    passes: int = 2
    minimum_length: int = 8


def use_policy(database: Database, policy: PasswordPolicy) -> None:
    """Let every session of `database` hash and check by `policy`; the composition root's call."""
    database.shared[_POLICY] = policy


def new_hash(session: Session, password: str) -> str:
    """Return the hash to store for a new password; raises `InvalidInput` when it breaks the rule."""
    policy = _policy(session)
    if len(password) < policy.minimum_length:
        raise _refusal("password_too_short", policy.minimum_length)
    if len(password) > MAXIMUM_LENGTH:
        raise _refusal("password_too_long", MAXIMUM_LENGTH)
    return _hasher(policy).hash(_bytes(password))


def verify(session: Session, stored: str | None, password: str) -> bool:
    """Whether `password` is the one behind `stored`; takes the same time where there is none."""
    policy = _policy(session)
    hasher = _hasher(policy)
    try:
        hasher.verify(stored or _decoy(policy), _bytes(password[:MAXIMUM_LENGTH]))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return stored is not None


def is_outdated(session: Session, stored: str) -> bool:
    """Whether the hash was made under another policy and is to be made anew."""
    return _hasher(_policy(session)).check_needs_rehash(stored)


def _bytes(password: str) -> bytes:
    """Return what is hashed; a lone surrogate is no reason to fail."""
    return password.encode("utf-8", "replace")


def _policy(session: Session) -> PasswordPolicy:
    policy: PasswordPolicy = session.shared.get(_POLICY, PasswordPolicy())
    return policy


@lru_cache(maxsize=8)
def _hasher(policy: PasswordPolicy) -> argon2.PasswordHasher:
    return argon2.PasswordHasher(time_cost=policy.passes, memory_cost=policy.memory_kib, parallelism=1)


@lru_cache(maxsize=8)
def _decoy(policy: PasswordPolicy) -> str:
    return _hasher(policy).hash(secrets.token_urlsafe(16))


def _refusal(code: str, limit: int) -> InvalidInput:
    return InvalidInput(violations=[Violation(pointer="#/password", code=code, params={"limit": limit})])

"""The domain's errors: one tree, one shape of violation, no HTTP.

    DomainError                 code, params (and a sentence in any language through `engine.texts`)
    ├── InvalidInput            what was sent breaks a rule; `violations` say where         (web answers 422)
    │   └── InvalidDefinition   a form, flow, report, role or app that may not go live      (422)
    ├── NotSignedIn             nobody is signed in, or the sign-in failed                  (401)
    ├── NotAllowed              the actor may see it but not do this                        (403)
    ├── NotFound                it is not there, or the actor may not see it                (404)
    ├── Conflict                the state forbids it (a decided task, a used row)           (409)
    ├── Stale                   somebody changed it since it was read                       (412)
    ├── TooLarge                the body or the file is over a limit                        (413)
    ├── TooManyRequests         the same again too often; `params['seconds']` says when to come back (429)
    └── Unavailable             the database or another service is away for the moment      (503)
        └── StorageFull         there is no room left to write: somebody must make some     (507)

Raise the narrowest one. `code` is a key of a `messages.json`; params fill its sentence. Codes are stable: programs
compare them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.texts import message


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One invalid spot.

    pointer -- RFC 6901 fragment into what was sent: `#/lines/0/quantity`; `#` is the whole.
    code    -- key of the message catalogue.
    params  -- what fills the sentence; JSON values or localized texts.
    """

    pointer: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def detail(self, language: str) -> str:
        """Return the sentence for this spot in `language`."""
        return message(self.code, self.params, language)


def pointer(*parts: str | int) -> str:
    """Return the JSON pointer fragment for `parts` (RFC 6901 section 6, without percent-encoding)."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


class DomainError(Exception):
    """What went wrong, as a code with parameters; the sentence is made for the reader's language."""

    code = "error"
    #: Whether the transaction that raises it is committed all the same: a failed sign-in is counted.
    keeps_changes = False

    def __init__(self, code: str | None = None, *, violations: Iterable[Violation] = (), **params: Any) -> None:
        self.code = code or type(self).code
        self.params: Mapping[str, Any] = params
        self.violations: tuple[Violation, ...] = tuple(violations)
        super().__init__(self.code, params, self.violations)

    def detail(self, language: str) -> str:
        """Return one helpful sentence in `language`."""
        return message(self.code, self.params, language)

    def __str__(self) -> str:
        spots = "; ".join(f"{spot.pointer}: {spot.detail('en-US')}" for spot in self.violations[:20])
        return f"{self.detail('en-US')} [{self.code}]" + (f" ({spots})" if spots else "")


class InvalidInput(DomainError):
    """What was sent breaks a rule; each violation names a spot."""

    code = "invalid_input"


class InvalidDefinition(InvalidInput):
    """A definition may not be published; pointers lead into its document."""

    code = "invalid_definition"


class NotSignedIn(DomainError):
    """Nobody is signed in, or the sign-in failed."""

    code = "not_signed_in"


class NotAllowed(DomainError):
    """The actor may see the thing, but may not do this to it."""

    code = "not_allowed"


class NotFound(DomainError):
    """The thing is not there, or the actor may not see it: the two cannot be told apart from outside."""

    code = "not_found"


class Conflict(DomainError):
    """The present state forbids it."""

    code = "conflict"


class Stale(DomainError):
    """Somebody changed the thing since the actor read it; `params['current']` holds what it is now."""

    code = "stale"


class TooLarge(DomainError):
    """A body, a file or a result is over its limit."""

    code = "too_large"


class TooManyRequests(DomainError):
    """The same was tried too often; it may be tried again after `params['seconds']`."""

    code = "too_many_requests"


class Unavailable(DomainError):
    """Something we depend on is away for the moment; the same request may work later."""

    code = "unavailable"


class StorageFull(Unavailable):
    """There is no room left where we would write: it stays so until an administrator makes some."""

    code = "storage_full"

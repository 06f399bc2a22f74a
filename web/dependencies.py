"""What a path gets with a request: its transaction, who acts, and the answer it may have given before.

The transaction ends before the answer is sent, so that a commit that fails is an error answer, and nobody reads an
answer to a write that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.responses import Response

from engine import identity, traces
from engine.actor import Actor
from engine.db import Session
from engine.errors import NotAllowed, NotSignedIn
from engine.identity.actors import MAX_AGE
from web.platform import Platform
from web.problems import CrossSite

COOKIE = "dougong_session"
_SIGN_IN: Final = "/api/session"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Where the services apply the scopes of an API token themselves, with the rights to forms and reports.
_GRANTED_PATHS = tuple(
    f"/api/{resource}/"
    for resource in ("records", "imports", "exports", "forms", "balances", "relations", "reports", "dashboards")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of somebody signed in.

    token -- what the session is known by, None where an API token was used.
    """

    platform: Platform
    session: Session
    actor: Actor
    request: Request
    token: str | None = None

    @property
    def language(self) -> str:
        """The language the answer is written in."""
        return self.actor.language


def platform_of(request: Request) -> Platform:
    """Return the platform that serves this request."""
    platform: Platform = request.app.state.platform
    return platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a path is promised: it becomes a `Call`, or a `Session` where nobody need be signed in, in `entered`.

    It is opened, used and committed in one piece by one thread (`within_transaction`): each hop between threads costs
    as much as a statement, and three of them were a third of a small request.
    """

    request: Request
    is_anyone: bool = False
    is_administrator: bool = False
    is_report: bool = False

    @contextmanager
    def entered(self) -> Iterator[Call | Session]:
        """Begin the transaction and find out who acts; raises `NotSignedIn`, `NotAllowed`, `CrossSite`, `StorageFull`."""
        platform = platform_of(self.request)
        if self._changes_something():
            platform.room.require()
        if self.is_anyone:
            with platform.requests.unit_of_work() as session:
                yield session
            return
        request, bearer = self.request, _bearer(self.request)
        cookie = request.cookies.get(COOKIE)
        if bearer is None:
            if cookie is None:
                raise NotSignedIn
            refuse_cross_site(request, is_proof_needed=True)
        with self._transaction(platform) as session:
            actor = identity.actor_for_token(session, bearer or str(cookie))
            request.state.language = actor.language
            traces.note(actor=str(actor.user_id))
            _refuse_narrow_token(request, actor)
            if self.is_administrator:
                identity.require_administrator(actor)
            token = None if bearer else cookie
            yield Call(platform=platform, session=session, actor=actor, request=request, token=token)

    def _changes_something(self) -> bool:
        """Whether it is more than reading; who signs in may still come to read."""
        request = self.request
        return request.method not in _SAFE_METHODS and not self.is_report and request.url.path != _SIGN_IN

    @contextmanager
    def _transaction(self, platform: Platform) -> Iterator[Session]:
        """Begin a transaction; reports have connections of their own, and a door that is not open without end."""
        if not self.is_report:
            with platform.requests.unit_of_work() as session:
                yield session
            return
        with platform.report_gate.passed(), platform.reports.unit_of_work() as session:
            yield session

    def prove(self) -> None:
        """Find out who acts and do nothing; raises what `entered` does."""
        with self.entered():
            pass


async def _anyone(request: Request) -> Opening:
    return Opening(request=request, is_anyone=True)


async def _signed_in(request: Request) -> Opening:
    return Opening(request=request)


async def _administrator(request: Request) -> Opening:
    return Opening(request=request, is_administrator=True)


async def _report_reader(request: Request) -> Opening:
    return Opening(request=request, is_report=True)


#: A transaction with nobody signed in.
Anyone = Annotated[Session, Depends(_anyone)]
#: A transaction of somebody signed in, by cookie or bearer token.
SignedIn = Annotated[Call, Depends(_signed_in)]
#: The same, refused to everybody but administrators.
Administrator = Annotated[Call, Depends(_administrator)]
#: A transaction of somebody signed in, on the connections of reports.
ReportReader = Annotated[Call, Depends(_report_reader)]

#: What the framework calls to make a path's opening, and what is made of it there.
OPENINGS: Final[Mapping[Callable[..., Any], Callable[[Request], Opening]]] = {
    _anyone: lambda request: Opening(request=request, is_anyone=True),
    _signed_in: lambda request: Opening(request=request),
    _administrator: lambda request: Opening(request=request, is_administrator=True),
    _report_reader: lambda request: Opening(request=request, is_report=True),
}


def within_transaction(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Return the endpoint with its opening entered around it; its transaction ends before its answer is sent."""

    @wraps(endpoint)
    def run(**arguments: Any) -> Any:
        for name, value in arguments.items():
            if isinstance(value, Opening):
                with value.entered() as opened:
                    return endpoint(**{**arguments, name: opened})
        return endpoint(**arguments)

    return run


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _refuse_narrow_token(request: Request, actor: Actor) -> None:
    """Refuse an API token on paths where rights to forms do not decide, unless it was made for everything."""
    if actor.token_scopes is None or f"{request.url.path}/".startswith(_GRANTED_PATHS):
        return
    needed = "*:read" if request.method in _SAFE_METHODS else "*:write"
    if needed not in actor.token_scopes and "*:write" not in actor.token_scopes:
        raise NotAllowed("token_scope_missing", scope=needed)


def set_cookie(request: Request, response: Response, token: str | None) -> None:
    """Let the answer give the browser a session's cookie, or take it away."""
    response.set_cookie(
        COOKIE,
        token or "",
        max_age=int(MAX_AGE.total_seconds()) if token else 0,
        path="/",
        secure=platform_of(request).settings.is_https,
        httponly=True,
        samesite="lax",
    )


def refuse_cross_site(request: Request, *, is_proof_needed: bool) -> None:
    """Raise `CrossSite` when a write may come from a page of another site.

    is_proof_needed -- refuse also where neither `X-Requested-With` nor the browser tells whose page it is; otherwise
                       (sign-in, where no cookie acts yet) only where it is known to be another's.
    """
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise CrossSite
    if origin is not None and not _is_own(request, origin):
        raise CrossSite
    is_proven = site == "same-origin" or origin is not None or request.headers.get("x-requested-with") == "dougong"
    if is_proof_needed and not is_proven:
        raise CrossSite


def _is_own(request: Request, origin: str) -> bool:
    base = platform_of(request).settings.base_url
    own = {request.headers.get("host", "")} | ({urlsplit(base).netloc} if base else set())
    return urlsplit(origin).netloc in own

"""The page behind a one-time link: choose a password and be signed in. Plain HTML, works before the UI is built."""

from __future__ import annotations

from html import escape
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from engine import identity
from engine.errors import DomainError, InvalidInput, NotSignedIn
from engine.texts import message
from web.dependencies import platform_of, refuse_cross_site, set_cookie

router = APIRouter(include_in_schema=False)

PATH = "/password"
Secret = Annotated[str, Query(alias="token", max_length=100)]


def link(base_url: str, secret: str) -> str:
    """Return the address of the page for a secret."""
    return f"{base_url}{PATH}?token={quote(secret, safe='')}"


@router.get(PATH)
def show_form(request: Request, secret: Secret) -> Response:
    """Show the form; the link is not used up by looking."""
    return _page(request.state.language, secret)


@router.post(PATH)
def set_password(request: Request, secret: Secret, password: Annotated[str, Form(max_length=1000)]) -> Response:
    """Set the password, use the link up, sign in, and go to the page."""
    refuse_cross_site(request, is_proof_needed=False)
    try:
        with platform_of(request).requests.unit_of_work() as session:
            token, _ = identity.redeem_password_link(session, secret, password)
    except (InvalidInput, NotSignedIn) as error:
        return _page(request.state.language, secret, error)
    response = RedirectResponse("/", status_code=303)
    set_cookie(request, response, token)
    return response


def _page(language: str, secret: str, error: DomainError | None = None) -> HTMLResponse:
    title = message("password_page_title", {}, language)
    wrong = ""
    if error is not None:
        details = [spot.detail(language) for spot in error.violations] or [error.detail(language)]
        wrong = f'<p role="alert" style="color:#b42318">{escape(" ".join(details))}</p>'
    return HTMLResponse(
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{title}</title><body style="font:16px/1.6 system-ui;max-width:24rem;'
        f'margin:4rem auto;padding:0 1rem"><h1 style="font-size:1.4rem">Dougong 斗拱</h1>{wrong}'
        f'<form method="post" action="{PATH}?token={quote(secret, safe="")}"><label for="password">{title}</label>'
        '<input id="password" name="password" type="password" autocomplete="new-password" required autofocus '
        'style="display:block;width:100%;font:inherit;padding:.5rem;margin:.5rem 0 1rem;box-sizing:border-box">'
        f'<button style="font:inherit;padding:.5rem 1.5rem">{message("password_page_save", {}, language)}</button>'
        "</form>",
        status_code=200 if error is None else 422,
        # Not "no-referrer": browsers would then send the form with `Origin: null`, which is refused as another site's.
        headers={"Cache-Control": "no-store", "Referrer-Policy": "same-origin"},
    )

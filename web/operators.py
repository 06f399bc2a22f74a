"""Who may see how the platform does: whoever sits on its machine, and whoever has the token. For its operators alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from engine.settings import Settings

#: What a proxy adds to what it passes on.
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def may_look(settings: Settings, headers: Mapping[str, str], client: str) -> bool:
    """Whether a request comes from this machine or has the token; names of `headers` in any case, `client` an address."""
    secret = settings.metrics_token
    return _is_from_here(headers, client) or (secret is not None and _has(headers, secret.get_secret_value()))


def _has(headers: Mapping[str, str], token: str) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode())


def _is_from_here(headers: Mapping[str, str], client: str) -> bool:
    """Whether somebody on this machine asks, and no proxy on it for somebody elsewhere."""
    if any(name in headers for name in _FORWARDED):
        return False
    asked = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    return _is_loopback(client) and _is_loopback(asked)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""How sending fails, in words: connections that did not come about, and what the other side said of it.

Strangers write some of it: what they say is quoted, shortened, and holds nothing that a database or a page cannot take.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from typing import Final

from engine.errors import Violation
from engine.texts import LocalizedText
from flow_engine.outside.channel import SendingFailed

#: So many characters of an answer say enough.
QUOTED_MAX: Final = 300
_NOTHING: Final = {"zh-CN": "（没有内容）", "en-US": "(nothing)"}


def said(text: object) -> LocalizedText:
    """Return what a peer said as one quoted line; of nothing, that it said nothing."""
    words = plain(text)
    return {"zh-CN": f"“{words}”", "en-US": f'"{words}"'} if words else _NOTHING


def plain(text: object) -> str:
    """Return a text as one short line of printable characters."""
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in decoded[: 10 * QUOTED_MAX]).split())
    return words if len(words) <= QUOTED_MAX else f"{words[:QUOTED_MAX]}…"


def spots(found: Sequence[Violation]) -> LocalizedText:
    """Return where an answer is not as it should be, and how; the first few of it."""
    joints = {"zh-CN": "；", "en-US": "; "}
    return {
        language: plain(joint.join(f"{one.pointer} {one.detail(language).rstrip('.。')}" for one in found[:5]))
        for language, joint in joints.items()
    }


def unreachable(host: str, port: int, error: Exception) -> SendingFailed:
    """Return the failure of a connection that did not come about or ended too early; another try may go better."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return SendingFailed("sending_certificate_invalid", host=host, port=port, reason=plain(error.verify_message))
    if isinstance(error, ConnectionRefusedError):
        return SendingFailed("sending_connection_refused", host=host, port=port)
    if isinstance(error, socket.gaierror):
        return SendingFailed("sending_name_unknown", host=host, reason=plain(error.strerror or error))
    if isinstance(error, TimeoutError):
        return SendingFailed("sending_connection_timed_out", host=host, port=port)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else f"{type(error).__name__}: {error}"
    return SendingFailed("sending_connection_failed", host=host, port=port, reason=plain(reason))

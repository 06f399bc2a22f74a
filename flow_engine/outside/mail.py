"""Mail by SMTP. The Message-ID comes from the idempotency key, so a mail that was sent twice is one to its reader."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from flow_engine.outside.channel import Outside, SendingFailed

TIMEOUT_SECONDS: Final = 30


def send(outside: Outside, payload: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Send the mail of an effect; return `refused`, the addresses that the server did not take."""
    if outside.smtp_url is None:
        raise SendingFailed("no mail server is set up (DOUGONG_SMTP_URL)", is_final=True)
    url = urlsplit(outside.smtp_url)
    user = unquote(url.username or "")
    is_safe = url.hostname in ("localhost", "127.0.0.1", "::1")
    sender = outside.mail_from or (user if "@" in user else f"dougong@{url.hostname}")
    try:
        message = _message(payload, sender, key)
    except ValueError as error:  # an address or subject that mail cannot carry
        raise SendingFailed(f"the mail cannot be written: {error}"[:500], is_final=True) from error
    try:
        with _server(url.scheme, url.hostname or "localhost", url.port) as server:
            if user and not (is_safe or isinstance(server.sock, ssl.SSLSocket)):
                raise SendingFailed("the mail server offers no TLS, so it gets no password", is_final=True)
            if user:
                server.login(user, unquote(url.password or ""))
            refused = server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise SendingFailed(f"no recipient was taken: {error}"[:500], is_final=min(codes) >= 500) from error
    except smtplib.SMTPResponseException as error:
        raise SendingFailed(f"SMTP {error.smtp_code}: {error.smtp_error!r}"[:500], is_final=_is_final(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise SendingFailed(f"{type(error).__name__}: {error}"[:500]) from error
    return {"refused": sorted(refused)}


def _is_final(error: smtplib.SMTPResponseException) -> bool:
    # A wrong password is mended in the settings, not in the mail.
    return error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError)


def _server(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port or 587, timeout=TIMEOUT_SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    return server


def _message(payload: Mapping[str, Any], sender: str, key: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(addr_spec=sender)
    message["To"] = [Address(addr_spec=one) for one in payload["to"]]
    message["Subject"] = " ".join(str(payload["subject"]).split())
    message["Message-ID"] = f"<{key}@dougong>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(str(payload["text"]))
    return message

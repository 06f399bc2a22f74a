"""Mail by SMTP. The Message-ID comes from the idempotency key, so a mail that was sent twice is one to its reader."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

from flow_engine.outside.channel import Answer, Outside, SendingFailed

#: Of one answer of the server, and of the whole conversation: a timeout of the socket starts anew with every byte.
TIMEOUT_SECONDS: Final = 30
MAX_SECONDS: Final = 90


def send(outside: Outside, payload: Mapping[str, Any], key: str, *, seconds: float = MAX_SECONDS) -> Answer:
    """Send the mail of an effect within `seconds`; return `refused`, the addresses that the server did not take."""
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
    is_over = threading.Event()
    try:
        with _server(url.scheme, url.hostname or "localhost", url.port, seconds, is_over) as server:
            if user and not (is_safe or isinstance(server.sock, ssl.SSLSocket)):
                raise SendingFailed("the mail server offers no TLS, so it gets no password", is_final=True)
            if user:
                server.login(user, unquote(url.password or ""))
            refused = server.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        if is_over.is_set():  # whatever a conversation that was cut looked like
            raise SendingFailed(f"no mail was taken within {seconds:g} s") from error
        raise _failure(error) from error
    return Answer(values={"refused": sorted(refused)})


def _failure(error: Exception) -> SendingFailed:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return SendingFailed(f"no recipient was taken: {error}"[:500], is_final=min(codes) >= 500)
    if isinstance(error, smtplib.SMTPResponseException):
        # A wrong password is mended in the settings, not in the mail.
        is_final = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError)
        return SendingFailed(f"SMTP {error.smtp_code}: {error.smtp_error!r}"[:500], is_final=is_final)
    return SendingFailed(f"{type(error).__name__}: {error}"[:500])


class _Known:
    """A client that is known before it connects: smtplib connects while it is made."""

    def __init__(self, known: list[smtplib.SMTP], *arguments: Any, **more: Any) -> None:
        known.append(cast("smtplib.SMTP", self))
        super().__init__(*arguments, **more)


class _Plain(_Known, smtplib.SMTP):
    pass


class _Tls(_Known, smtplib.SMTP_SSL):
    pass


@contextmanager
def _server(
    scheme: str, host: str, port: int | None, seconds: float, is_over: threading.Event
) -> Iterator[smtplib.SMTP]:
    """Give a client that is connected, with TLS where the server offers it; after so long its connection is cut."""
    known: list[smtplib.SMTP] = []

    def cut() -> None:
        is_over.set()
        held = getattr(known[0], "sock", None) if known else None
        if held is not None:
            with suppress(OSError):  # it has been closed meanwhile
                # Of the socket below TLS: no farewell to a peer that does not listen.
                socket.socket.shutdown(held, socket.SHUT_RDWR)

    guard = threading.Timer(seconds, cut)
    guard.daemon = True
    guard.start()
    try:
        if scheme == "smtps":
            server: smtplib.SMTP = _Tls(
                known, host, port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = _Plain(known, host, port or 587, timeout=TIMEOUT_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
        yield server
        # The mail has been taken: what the server makes of a farewell changes nothing.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        guard.cancel()
        for one in known:
            one.close()


def _message(payload: Mapping[str, Any], sender: str, key: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(addr_spec=sender)
    message["To"] = [Address(addr_spec=one) for one in payload["to"]]
    message["Subject"] = " ".join(str(payload["subject"]).split())
    message["Message-ID"] = f"<{key}@dougong>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(str(payload["text"]))
    return message

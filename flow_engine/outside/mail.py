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
from flow_engine.outside.failing import plain, said, unreachable

#: Of one answer of the server, and of the whole conversation: a timeout of the socket starts anew with every byte.
TIMEOUT_SECONDS: Final = 30
MAX_SECONDS: Final = 90
_PORTS: Final = {"smtps": 465}


def send(outside: Outside, payload: Mapping[str, Any], key: str, *, seconds: float = MAX_SECONDS) -> Answer:
    """Send the mail of an effect within `seconds`; return `refused`, the addresses that the server did not take."""
    if outside.smtp_url is None:
        raise SendingFailed("sending_no_mail_server", is_final=True)
    url = urlsplit(outside.smtp_url)
    user = unquote(url.username or "")
    is_safe = url.hostname in ("localhost", "127.0.0.1", "::1")
    sender = outside.mail_from or (user if "@" in user else f"dougong@{url.hostname}")
    try:
        message = _message(payload, sender, key)
    except ValueError as error:  # an address or subject that mail cannot carry
        raise SendingFailed("sending_mail_invalid", is_final=True, reason=plain(error)) from error
    host, port = url.hostname or "localhost", url.port or _PORTS.get(url.scheme, 587)
    is_over = threading.Event()
    try:
        with _server(url.scheme, host, port, seconds, is_over) as server:
            if user and not (is_safe or isinstance(server.sock, ssl.SSLSocket)):
                raise SendingFailed("sending_mail_without_tls", is_final=True, host=host)
            if user:
                server.login(user, unquote(url.password or ""))
            refused = server.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        if is_over.is_set():  # whatever a conversation that was cut looked like
            raise SendingFailed("sending_mail_too_slow", host=host, port=port, seconds=f"{seconds:g}") from error
        raise _failure(error, host, port) from error
    return Answer(values={"refused": sorted(refused)})


def _failure(error: Exception, host: str, port: int) -> SendingFailed:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        replies = [f"{address}: {code} {plain(reply)}" for address, (code, reply) in error.recipients.items()]
        return SendingFailed("sending_recipients_refused", is_final=min(codes) >= 500, said=said("; ".join(replies)))
    if isinstance(error, smtplib.SMTPResponseException):
        status, words = error.smtp_code, said(error.smtp_error)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            # A wrong password is mended in the settings, not in the mail.
            return SendingFailed("sending_mail_password_refused", status=status, said=words)
        if status >= 500:
            return SendingFailed("sending_mail_refused", is_final=True, status=status, said=words)
        return SendingFailed("sending_mail_later", status=status, said=words)
    return unreachable(host, port, error)


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
def _server(scheme: str, host: str, port: int, seconds: float, is_over: threading.Event) -> Iterator[smtplib.SMTP]:
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
                known, host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = _Plain(known, host, port, timeout=TIMEOUT_SECONDS)
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

"""Mail by a real server that wants TLS and a password: STARTTLS and smtps, right and wrong certificates and passwords."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from flow_engine.outside import mail
from flow_engine.outside.channel import Outside, SendingFailed

#: In `smtps` TLS lies below what the server knows of.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

PASSWORD = "p%40ss%2Fword"
MAIL = {"to": ["a@example.com"], "subject": "订单 SO1", "text": "已通过"}
How = Literal["smtp", "smtps"]


class Box(Message):
    """What the server took."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Any] = []
        self.replies: list[str] = []
        self.sender_replies: list[str] = []

    async def handle_MAIL(  # noqa: N802 - a name of aiosmtpd
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.sender_replies:
            return self.sender_replies.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - a name of aiosmtpd
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.replies:
            return self.replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Any) -> None:
        self.taken.append(message)


def protocol(box: Box, tls: ssl.SSLContext, how: How) -> SMTP:
    """Return one conversation of the server: by STARTTLS, or inside TLS already."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"erp", b"p@ss/word")
        return AuthResult(success=is_right, handled=False)

    is_starttls = how == "smtp"
    return SMTP(
        box,
        hostname="localhost",
        tls_context=tls if is_starttls else None,
        require_starttls=is_starttls,
        authenticator=check,
        auth_required=True,
        auth_require_tls=is_starttls,
    )


class Server(Controller):
    """The server in a thread of its own."""

    def __init__(self, box: Box, tls: ssl.SSLContext, how: How, port: int) -> None:
        self.conversation: Callable[[], SMTP] = partial(protocol, box, tls, how)
        super().__init__(box, hostname="127.0.0.1", port=port, ssl_context=tls if how == "smtps" else None)

    def factory(self) -> SMTP:
        return self.conversation()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> trustme.CA:
    """Who signs the server's certificate."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the authority."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


@pytest.fixture(params=["smtp", "smtps"])
def served(request: pytest.FixtureRequest, authority: trustme.CA) -> Iterator[tuple[Box, str]]:
    """A server by each way, and its address without the password."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    box = Box()
    server = Server(box, tls, request.param, free_port())
    server.start()
    try:
        yield box, f"{request.param}://erp:{{}}@localhost:{server.port}"
    finally:
        server.stop()


def send(url: str, password: str = PASSWORD) -> Any:
    return mail.send(Outside(smtp_url=url.format(password), mail_from="erp@example.com"), MAIL, "key-1").values


@pytest.mark.usefixtures("trusted")
def test_mail_goes_by_tls_with_name_and_password(served: tuple[Box, str]) -> None:
    box, url = served
    assert send(url) == {"refused": []}
    (taken,) = box.taken
    assert (taken["From"], taken["To"], taken["Message-ID"]) == ("erp@example.com", "a@example.com", "<key-1@dougong>")


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_tried_again_for_it_is_mended_in_the_settings(served: tuple[Box, str]) -> None:
    box, url = served
    with pytest.raises(SendingFailed, match="535") as failed:
        send(url, "wrong")
    assert not failed.value.is_final
    assert (failed.value.detail("zh-CN"), failed.value.detail("en-US")) == (
        "邮件服务器不接受用户名和密码，答复 535：“5.7.8 Authentication credentials invalid”。请改正 DOUGONG_SMTP_URL 后重试。",
        (
            'The mail server did not accept the user name and password and answered 535: "5.7.8 Authentication credentials '
            'invalid". Mend DOUGONG_SMTP_URL, then try again.'
        ),
    )
    assert box.taken == []


def test_a_certificate_that_nobody_vouches_for_gets_no_password(served: tuple[Box, str]) -> None:
    box, url = served
    with pytest.raises(SendingFailed) as failed:
        send(url)
    assert not failed.value.is_final
    server = url.rpartition("@")[2]
    assert (failed.value.detail("zh-CN"), failed.value.detail("en-US")) == (
        (
            f"{server} 的 TLS 证书不可信，没有发送（unable to get local issuer certificate）。"
            "请更换证书，或让服务器信任签发它的机构后重试。"
        ),
        (
            f"The TLS certificate of {server} cannot be trusted, so nothing was sent (unable to get local issuer certificate). "
            "Have it replaced, or have this server trust who signed it, then try again."
        ),
    )
    assert box.taken == []


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("reply", "is_final"),
    [("450 4.2.0 greylisted, come back later", False), ("550 5.1.1 no such user", True), ("552 5.2.2 full", True)],
)
def test_later_is_tried_again_and_never_is_not(served: tuple[Box, str], reply: str, is_final: bool) -> None:
    box, url = served
    box.replies = [reply]
    with pytest.raises(SendingFailed, match=reply[:3]) as failed:
        send(url)
    assert failed.value.is_final is is_final
    assert send(url) == {"refused": []}
    assert len(box.taken) == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("reply", "is_final", "chinese", "english"),
    [
        (
            "553 5.7.1 sender not owned by user",
            True,
            "邮件服务器拒收这封邮件，答复 553：“5.7.1 sender not owned by user”。请按它说的改正后重试。",
            (
                'The mail server refused the mail and answered 553: "5.7.1 sender not owned by user". '
                "Mend what it names, then try again."
            ),
        ),
        (
            "451 4.3.0 try later",
            False,
            "邮件服务器暂时不收这封邮件，答复 451：“4.3.0 try later”。请稍后重试。",
            'The mail server does not take the mail for now and answered 451: "4.3.0 try later". Try again later.',
        ),
    ],
)
def test_what_the_server_says_of_the_sender_is_quoted(
    served: tuple[Box, str], reply: str, is_final: bool, chinese: str, english: str
) -> None:
    box, url = served
    box.sender_replies = [reply]
    with pytest.raises(SendingFailed) as failed:
        send(url)
    assert (failed.value.is_final, failed.value.detail("zh-CN"), failed.value.detail("en-US")) == (
        is_final,
        chinese,
        english,
    )

"""What administrators read when sending failed: what happened, why, and what to do, in both languages; peers quoted."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from flow_engine.outside import http, mail
from flow_engine.outside.channel import Outside, SendingFailed
from flow_engine.outside.failing import QUOTED_MAX, plain, said
from tests.peers import Peer

MAIL = {"to": ["a@example.com"], "subject": "x", "text": "x"}


def told(send: Callable[[], Any]) -> tuple[str, str]:
    """Return the sentences of a failure: Chinese, English."""
    with pytest.raises(SendingFailed) as failed:
        send()
    return failed.value.detail("zh-CN"), failed.value.detail("en-US")


def get(port: int, **more: Any) -> Callable[[], Any]:
    payload = {"method": "GET", "url": f"http://127.0.0.1:{port}/", **more}
    return lambda: http.send(Outside(http_allow=frozenset({f"127.0.0.1:{port}"})), payload, "key-1")


def write(port: int, *, user: str = "", **more: Any) -> Callable[[], Any]:
    outside = Outside(smtp_url=f"smtp://{user}127.0.0.1:{port}")
    return lambda: mail.send(outside, {**MAIL, **more}, "key-1")


RATE = {"type": "object", "required": ["rate"], "properties": {"rate": {"type": "number"}}}


@pytest.mark.parametrize(
    ("answer", "more", "chinese", "english"),
    [
        (
            (503, {}, "维护中\r\n\0\x1b[31m".encode()),
            {},
            "对方暂时处理不了请求，答复 HTTP 503：“维护中 [31m”。请待对方恢复后重试。",
            (
                'The other side could not handle the request for now and answered HTTP 503: "维护中 [31m". '
                "Try again once it has recovered."
            ),
        ),
        (
            (429, {}, b""),
            {},
            "对方暂时处理不了请求，答复 HTTP 429：（没有内容）。请待对方恢复后重试。",
            (
                "The other side could not handle the request for now and answered HTTP 429: (nothing). "
                "Try again once it has recovered."
            ),
        ),
        (
            (200, {}, b"<html>login</html>"),
            {"answer": RATE},
            "对方的答复不是 JSON，无法读取：“<html>login</html>”。请核对请求地址，或修改节点里 answer 的声明后重试。",
            (
                'The answer is no JSON and cannot be read: "<html>login</html>". '
                "Check the address of the request, or the answer that the node declares, then try again."
            ),
        ),
        (
            (200, {}, b'{"rate": "x"}'),
            {"answer": RATE},
            "对方的答复与节点里 answer 的声明不符：#/rate 此项须为数字。请与对方核对，或修改声明后重试。",
            (
                "The answer is not as the node declares it: #/rate This must be a number. "
                "Ask the other side, or mend the declaration, then try again."
            ),
        ),
        (
            (302, {"Location": "/again"}, b""),
            {},
            "请求被转向超过 3 次，没有得到答复。请把流程里的地址改成最终地址后重试。",
            (
                "The request was redirected more than 3 times and got no answer. "
                "Write the final address into the flow, then try again."
            ),
        ),
        (
            (200, {"Content-Encoding": "gzip"}, b"x"),
            {},
            "对方的答复是压缩过的，平台不解压，没有读取。请让对方不压缩答复后重试。",
            (
                "The answer is compressed, which is not opened here, so it was not read. "
                "Have the other side answer uncompressed, then try again."
            ),
        ),
        (
            (200, {"Content-Length": "9"}, b"x"),
            {},
            "对方的答复中途断开，不知道请求是否已处理。请与对方核对后重试。",
            "The answer broke off, so nobody knows whether the request was carried out. Ask the other side, then try again.",
        ),
        (
            (200, {}, b"ok"),
            {"url": "ftp://example.com/x"},
            "“ftp://example.com/x”不是完整的 http 或 https 地址，没有发送。请改正流程里的地址后重试。",
            (
                '"ftp://example.com/x" is no complete http or https address, so nothing was sent. '
                "Mend the address in the flow, then try again."
            ),
        ),
        (
            (200, {}, b"ok"),
            {"url": "http://intern.example/a/../b"},
            "地址“http://intern.example/a/../b”的路径里填入了 . 或 ..，会指向别处，没有发送。请改正填入的值后重试。",
            (
                'A value put . or .. into the path of "http://intern.example/a/../b", which would lead elsewhere, '
                "so nothing was sent. Mend the value, then try again."
            ),
        ),
        (
            (200, {}, b"ok"),
            {"url": "http://10.0.0.7:8080/"},
            "10.0.0.7:8080 在内部网络里，没有发送。确要访问时，请把它加入 DOUGONG_HTTP_ALLOW 后重试。",
            (
                "10.0.0.7:8080 lies in an inside network, so nothing was sent. "
                "If it is to be reached, add it to DOUGONG_HTTP_ALLOW, then try again."
            ),
        ),
    ],
)
def test_a_request_tells(
    web: Peer, answer: tuple[int, dict[str, str], bytes], more: dict[str, Any], chinese: str, english: str
) -> None:
    web.answers = [answer]
    assert told(get(web.port, **more)) == (chinese, english)


def test_a_host_that_is_away_slow_or_unknown_is_named(web: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    assert told(get(port)) == (
        f"127.0.0.1:{port} 拒绝连接，那里没有服务在运行。请核对地址和端口，待服务启动后重试。",
        (
            f"127.0.0.1:{port} refused the connection: no service runs there. "
            "Check the address and the port, and try again once the service runs."
        ),
    )
    web.drips = True
    assert told(get(web.port, timeout_seconds=0.3)) == (
        f"127.0.0.1:{web.port} 在 0.3 秒内没有答复，不知道请求是否已处理。请检查对方的服务后重试。",
        (
            f"127.0.0.1:{web.port} did not answer within 0.3 s, so nobody knows whether the request was carried out. "
            "Check the service there, then try again."
        ),
    )

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert told(get(80, url="http://nobody.example/")) == (
        "找不到主机 nobody.example（Name or service not known）。请核对主机名和本机的 DNS 设置后重试。",
        (
            "The host nobody.example was not found (Name or service not known). "
            "Check its name and the DNS settings of this server, then try again."
        ),
    )


@pytest.mark.parametrize(
    ("reply", "chinese", "english"),
    [
        (
            b"550 5.1.1 no such user",
            "邮件服务器不收这些收件人：“a@example.com: 550 5.1.1 no such user”。请核对收件地址后重试。",
            (
                'The mail server took none of the recipients: "a@example.com: 550 5.1.1 no such user". '
                "Check their addresses, then try again."
            ),
        ),
        (
            b"421 4.3.2 shutting down",
            "邮件服务器不收这些收件人：“a@example.com: 421 4.3.2 shutting down”。请核对收件地址后重试。",
            (
                'The mail server took none of the recipients: "a@example.com: 421 4.3.2 shutting down". '
                "Check their addresses, then try again."
            ),
        ),
    ],
)
def test_a_mail_server_is_quoted(post: Peer, reply: bytes, chinese: str, english: str) -> None:
    post.replies = [reply]
    assert told(write(post.port)) == (chinese, english)


def test_mail_without_a_server_or_tls_says_which_setting(post: Peer) -> None:
    assert told(lambda: mail.send(Outside(), MAIL, "key-1")) == (
        "没有设置邮件服务器，邮件没有发送。请设置 DOUGONG_SMTP_URL 后重试。",
        "No mail server is set up, so the mail was not sent. Set DOUGONG_SMTP_URL, then try again.",
    )
    outside = Outside(smtp_url=f"smtp://erp:secret@127.1:{post.port}", mail_from="a@example.com")
    assert told(lambda: mail.send(outside, MAIL, "key-1")) == (
        "邮件服务器 127.1 不支持 TLS，没有交出密码，邮件没有发送。请让它启用 TLS，或去掉 DOUGONG_SMTP_URL 里的密码后重试。",
        (
            "The mail server 127.1 offers no TLS, so it got no password and the mail was not sent. "
            "Have it offer TLS, or take the password out of DOUGONG_SMTP_URL, then try again."
        ),
    )
    assert post.mails == []


def test_what_strangers_say_is_one_short_printable_line() -> None:
    assert plain(b"a\0\r\n\tb\xff\x1b c") == "a b\ufffd c"
    assert plain("\ud800x\u202ey") == "x y"
    assert plain("x" * 5000) == "x" * QUOTED_MAX + "…"
    assert said(" \r\n") == {"zh-CN": "（没有内容）", "en-US": "(nothing)"}

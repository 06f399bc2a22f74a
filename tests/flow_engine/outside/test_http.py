"""HTTP requests to strangers: where they may go, how long they last, how much they bring."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import time
from decimal import Decimal
from typing import Any

import pytest

from flow_engine.outside import http
from flow_engine.outside.addresses import is_public
from flow_engine.outside.channel import Outside, SendingFailed
from tests.peers import Peer


def get(web: Peer, *, allowed: bool = True, **more: Any) -> Any:
    """Ask the server under the name `localhost`."""
    allow = frozenset({f"localhost:{web.port}"}) if allowed else frozenset()
    payload = {"method": "GET", "url": f"http://localhost:{web.port}/", **more}
    return http.send(Outside(http_allow=allow), payload, "key-1").values


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:4700:4700::1111", True),
        *(
            (one, False)
            for one in (
                "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
                "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1",
                "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
                "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
            )
        ),
    ],
)  # fmt: skip
def test_only_the_public_internet_is_public(address: str, expected: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is expected


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]"])
def test_no_name_leads_inside(web: Peer, host: str) -> None:
    with pytest.raises(SendingFailed, match="sending_inside_network") as failed:
        get(web, allowed=False, url=f"http://{host}:{web.port}/")
    assert failed.value.is_final
    assert web.requests == []


def test_a_redirection_leads_inside_no_more_than_the_first_request(web: Peer) -> None:
    web.answers = [(302, {"Location": f"http://127.0.0.1:{web.port}/secret"}, b"")]
    with pytest.raises(SendingFailed, match="sending_inside_network"):
        get(web)
    assert len(web.requests) == 1


def test_three_redirections_are_followed_and_no_more(web: Peer) -> None:
    away = (302, {"Location": "/next"}, b"")
    web.answers = [away, away, away, (200, {}, b"here")]
    assert get(web)["body"] == "here"
    web.answers = [away]
    with pytest.raises(SendingFailed, match="sending_too_many_redirects"):
        get(web)


def test_an_answer_that_never_ends_is_cut(web: Peer) -> None:
    web.drips = True
    begun = time.monotonic()
    with pytest.raises(SendingFailed, match="did not answer within 1 s"):
        get(web, timeout_seconds=1)
    assert time.monotonic() - begun < 4


def test_an_answer_that_breaks_off_is_none(web: Peer) -> None:
    web.answers = [(200, {"Content-Length": "1000"}, b".")]
    with pytest.raises(SendingFailed, match="sending_answer_broke_off"):
        get(web)


def test_an_answer_in_no_charset_is_read_all_the_same(web: Peer) -> None:
    for charset in ("nonsense", "rot13", "idna"):
        web.answers = [(200, {"Content-Type": f"text/plain; charset={charset}"}, b"a\0\xff")]
        assert get(web)["body"].startswith("a")
        assert "\0" not in get(web)["body"]


def test_an_answer_that_is_too_large_is_refused(web: Peer) -> None:
    web.answers = [(200, {}, b"x" * (http.MAX_BYTES + 1))]
    with pytest.raises(SendingFailed, match="sending_answer_too_large"):
        get(web)


@pytest.mark.parametrize(
    "path", ["stock/../admin", "stock/..%2Fadmin", "stock/%2E%2E/admin", "stock/.", "a/..\\b", "a%5C..%5Cb"]
)
def test_a_value_in_the_address_leads_nowhere_else(web: Peer, path: str) -> None:
    with pytest.raises(SendingFailed, match="sending_path_leads_elsewhere") as failed:
        get(web, url=f"http://localhost:{web.port}/{path}")
    assert failed.value.is_final
    assert web.requests == []
    assert get(web, url=f"http://localhost:{web.port}/stock/a..b/...?from=../x")["status"] == 200


def test_nobody_there_is_tried_again_and_nonsense_is_not(web: Peer) -> None:
    with pytest.raises(SendingFailed) as refused:
        http.send(Outside(http_allow=frozenset({"localhost:1"})), {"method": "GET", "url": "http://localhost:1/"}, "k")
    assert not refused.value.is_final
    for url in ("ftp://example.com/", "http://", "http://localhost:x/"):
        with pytest.raises(SendingFailed) as failed:
            get(web, url=url)
        assert failed.value.is_final
    with pytest.raises(SendingFailed) as failed:
        get(web, headers={"X-One": "a\r\nX-Two: b"})
    assert failed.value.is_final


def test_a_name_is_resolved_once_and_the_address_that_was_checked_is_called(
    web: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name whose first answer is public and whose next one is not (DNS rebinding)."""
    asked: list[str] = []
    called: list[Any] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address: Any, *_: Any, **__: Any) -> Any:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(SendingFailed, match="sending_connection_refused"):
        get(web, allowed=False, url=f"http://rebinding.example:{web.port}/")
    assert (asked, called) == (["rebinding.example"], [("93.184.216.34", web.port)])
    with pytest.raises(SendingFailed, match="sending_inside_network"):
        get(web, allowed=False, url=f"http://rebinding.example:{web.port}/")
    assert web.requests == []


def test_a_name_with_one_address_inside_is_not_called(web: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [
        (socket.AF_INET, 1, 6, "", ("93.184.216.34", 80)),
        (socket.AF_INET6, 1, 6, "", ("::ffff:10.0.0.1", 80, 0, 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(SendingFailed, match="sending_inside_network"):
        get(web, allowed=False, url="http://mixed.example/")


@pytest.mark.parametrize(("method", "status"), [("GET", 204), ("DELETE", 204), ("HEAD", 200), ("GET", 304)])
def test_an_answer_without_a_body_is_an_answer(web: Peer, method: str, status: int) -> None:
    web.answers = [(status, {"Content-Length": "5"} if method == "HEAD" else {}, b"")]
    assert get(web, method=method) == {"status": status, "body": ""}
    assert web.requests[0][0] == method


def test_an_answer_that_is_compressed_is_not_opened(web: Peer) -> None:
    web.answers = [(200, {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 10_000_000))]
    with pytest.raises(SendingFailed, match="sending_answer_compressed") as failed:
        get(web)
    assert failed.value.is_final
    assert web.requests[0][2]["Accept-Encoding"] == "identity"


def test_an_answer_in_pieces_without_end_is_cut_at_its_size(web: Peer) -> None:
    piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    web.answers = [(200, {"Transfer-Encoding": "chunked"}, piece * 20)]
    with pytest.raises(SendingFailed, match="sending_answer_too_large"):
        get(web)


RATE = {"type": "object", "required": ["rate"], "properties": {"rate": {"type": "number", "minimum": 0}}}


def test_an_answer_as_declared_is_read_exactly(web: Peer) -> None:
    web.answers = [(200, {}, b'{"rate": 0.1, "more": []}')]
    assert get(web, answer=RATE)["answer"] == {"rate": Decimal("0.1"), "more": []}
    web.answers = [(404, {}, b"no such thing")]
    assert get(web, answer=RATE) == {"status": 404, "body": "no such thing"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "sending_answer_no_json"),
        (b'{"rate": NaN}', "sending_answer_no_json"),
        (b"{}", "#/rate"),
        (b'{"rate": -1}', "#/rate"),
        (b"[" * 90_000, "sending_answer_no_json"),
    ],
)
def test_an_answer_that_is_not_as_declared_fails_for_good(web: Peer, body: bytes, reason: str) -> None:
    web.answers = [(200, {}, body)]
    with pytest.raises(SendingFailed, match=reason) as failed:
        get(web, answer=RATE)
    assert failed.value.is_final

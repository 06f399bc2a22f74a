"""Mail to servers that are away, slow or odd: nobody waits for ever, and a mail that was taken is not sent again."""

from __future__ import annotations

import time
from typing import Any

import pytest

from flow_engine.outside import mail
from flow_engine.outside.channel import Outside, SendingFailed
from tests.peers import Peer


def send(port: int, **more: Any) -> Any:
    payload = {"to": ["a@example.com"], "subject": "x", "text": "x"}
    return mail.send(Outside(smtp_url=f"smtp://127.0.0.1:{port}"), payload, "key-1", **more)


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(SendingFailed, match="sending_connection_refused") as failed:
        send(1)
    assert not failed.value.is_final


def test_a_server_that_never_comes_to_an_end_is_cut(post: Peer) -> None:
    post.drips = True
    begun = time.monotonic()
    with pytest.raises(SendingFailed, match=r"did not take the mail within 0\.5 s") as failed:
        send(post.port, seconds=0.5)
    assert time.monotonic() - begun < 3
    assert not failed.value.is_final
    assert post.mails == []


def test_a_mail_that_was_taken_is_sent_whatever_the_farewell(post: Peer) -> None:
    post.farewell = b"554 go away"
    assert send(post.port).values == {"refused": []}
    assert len(post.mails) == 1

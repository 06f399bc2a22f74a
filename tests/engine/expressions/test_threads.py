"""Many threads read expressions at once, as a server's requests do."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator

import pytest

from engine.expressions import parse

TEXT = "status == 'approved' and order_date >= DATE(2026, 1, 3) and (total + 4) * (1 + 2 * (3 + (4 - x))) > 7"


@pytest.fixture
def _often_interrupted() -> Iterator[None]:
    """Let other threads in wherever the collector runs: in the middle of the making of a tree, too."""
    before = gc.get_threshold()

    def let_others_in(_phase: str, _info: dict[str, int]) -> None:
        time.sleep(0.0001)

    gc.callbacks.append(let_others_in)
    gc.set_threshold(20)
    yield
    gc.set_threshold(*before)
    gc.callbacks.remove(let_others_in)


@pytest.mark.usefixtures("_often_interrupted")
def test_threads_do_not_spoil_one_anothers_reading() -> None:
    read: list[str] = []

    def work() -> None:
        read.extend(parse(TEXT).text for _ in range(60))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert read == [TEXT] * 240

"""The worker: runs jobs until told to stop; a thread of the server, or a process of its own."""

from __future__ import annotations

import threading

from web.platform import Platform


def work(platform: Platform, stop: threading.Event) -> None:
    """Run jobs until `stop` is set."""
    stop.wait()

"""The worker as a process of its own: runs jobs until it is told to stop, then ends those under way."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from engine import logs
from web import memory, worker_listener
from web.platform import Platform


def work_until_signalled(platform: Platform) -> None:
    """Run jobs until SIGTERM or SIGINT; a second signal has its usual effect. Raises what `listening` does."""
    logs.configure(platform.settings.log_format, platform.settings.log_level)
    stop = threading.Event()

    def told_to_stop(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told_to_stop)
    memory.collect_seldom()
    worker = platform.worker()
    with worker_listener.listening(platform, worker):
        worker.run(stop)

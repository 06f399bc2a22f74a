"""What `/metrics` tells Prometheus: its text format (version 0.0.4), written here because it is a page of rules.

Of this process: requests, statements, jobs, pools, memory, CPU. Of the database, alike from whichever process is asked: jobs,
effects, instances, workers; counted at most every few seconds. No value of a record, no name of a person.
"""

from __future__ import annotations

import os
import resource
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from engine.jobs.tally import Tally
from web import openapi, work_counts
from web.observing import BUCKETS, Requests
from web.platform import REQUESTS_BEYOND, Platform, work_connections

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
#: However often one asks, the database is asked no oftener.
COUNTED_EVERY_SECONDS: Final = 5.0
_SHARED: Final = "web.metrics"
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")

Labels = Mapping[str, str | int | float]


class Counted:
    """What was last counted in the database, and when."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_at = 0.0
        self._found: dict[str, Any] | None = None

    def now(self, platform: Platform) -> dict[str, Any] | None:
        """Return the counts, None while the database is away."""
        with self._lock:
            begun = time.monotonic()
            if begun >= self._next_at:
                self._found = _counted(platform)
                ended = time.monotonic()
                # Never more than a twentieth of the time, however many runs there are to count.
                self._next_at = ended + max(COUNTED_EVERY_SECONDS, 20 * (ended - begun))
            return self._found


def exposition(platform: Platform, requests: Requests, tally: Tally | None = None) -> str:
    """Return every metric of a serving process as text; `tally`: of its worker, where it runs jobs."""
    return _text(_of_requests(requests), _of_process(requests.begun_at), _of_both(platform, tally))


def of_worker(platform: Platform, tally: Tally, begun_at: float) -> str:
    """Return every metric of a worker's process as text; `begun_at` as `time.time()` has it."""
    return _text(_of_process(begun_at), _of_both(platform, tally))


def _text(*parts: Iterable[str]) -> str:
    return "\n".join(chain(*parts)) + "\n"


def _of_both(platform: Platform, tally: Tally | None) -> Iterator[str]:
    yield from _of_pools(platform)
    if tally is not None:
        yield from _of_tally(tally)
    counted: Counted = platform.database.shared.setdefault(_SHARED, Counted())
    yield from _of_work(counted.now(platform))


def _counted(platform: Platform) -> dict[str, Any] | None:
    try:
        with platform.requests.unit_of_work() as session:
            found = work_counts.overview(session)
            due = found["oldest_due_at"]
            found["oldest_seconds"] = max((session.now - due).total_seconds(), 0.0) if due is not None else 0.0
            return found
    except SQLAlchemyError:
        return None


def _metric(name: str, kind: str, told: str, samples: Iterable[tuple[Labels, float]]) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        yield _sample(name, labels, value)


def _sample(name: str, labels: Labels, value: float) -> str:
    text = ",".join(f'{key}="{_escaped(str(label))}"' for key, label in labels.items())
    return f"{name}{{{text}}} {value}" if text else f"{name} {value}"


def _escaped(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _of_requests(requests: Requests) -> Iterator[str]:
    # Copies: the event loop goes on counting.
    answered, durations = dict(requests.answered), dict(requests.durations)
    yield from _metric(
        "dougong_requests_total",
        "counter",
        "Requests answered; 499: the client went away first.",
        (
            ({"method": method, "route": route, "status": status}, count)
            for (method, route, status), count in sorted(answered.items())
        ),
    )
    yield from _metric("dougong_requests_under_way", "gauge", "Requests being served.", [({}, requests.under_way)])
    name = "dougong_request_seconds"
    yield f"# HELP {name} Duration of requests."
    yield f"# TYPE {name} histogram"
    for (method, route), found in sorted(durations.items()):
        labels = {"method": method, "route": route}
        total = 0
        for bound, count in zip(map(str, (*BUCKETS, "+Inf")), list(found.counts), strict=True):
            total += count
            yield _sample(f"{name}_bucket", {**labels, "le": bound}, total)
        yield _sample(f"{name}_sum", labels, round(found.seconds, 6))
        yield _sample(f"{name}_count", labels, total)
    yield from _metric(
        "dougong_request_statements_total",
        "counter",
        "Statements that requests sent to the database.",
        (
            ({"method": method, "route": route}, found.statements)
            for (method, route), found in sorted(durations.items())
        ),
    )


def _of_pools(platform: Platform) -> Iterator[str]:
    settings = platform.settings
    known = (
        ("requests", platform.requests, settings.pool_size + REQUESTS_BEYOND),
        ("reports", platform.reports, settings.report_pool_size),
        ("jobs", platform.database, work_connections(settings)),
    )
    pools = [(name, one.engine.pool, most) for name, one, most in known if isinstance(one.engine.pool, QueuePool)]
    if pools:
        used = [({"pool": name, "state": "used"}, pool.checkedout()) for name, pool, _ in pools]
        idle = [({"pool": name, "state": "idle"}, pool.checkedin()) for name, pool, _ in pools]
        told = "Database connections of this process."
        yield from _metric("dougong_pool_connections", "gauge", told, [*used, *idle])
        most = [({"pool": name}, count) for name, _, count in pools]
        yield from _metric("dougong_pool_connections_max", "gauge", "The most that this process opens.", most)


def _of_process(begun_at: float) -> Iterator[str]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield from _metric("dougong_build_info", "gauge", "The version that runs.", [({"version": openapi.VERSION}, 1)])
    yield from _metric(
        "process_cpu_seconds_total", "counter", "CPU time of this process.", [({}, used.ru_utime + used.ru_stime)]
    )
    yield from _metric(
        "process_resident_memory_bytes", "gauge", "Resident memory of this process.", [({}, _resident_bytes(used))]
    )
    yield from _metric("process_start_time_seconds", "gauge", "When this process began.", [({}, round(begun_at, 2))])


def _resident_bytes(used: resource.struct_rusage) -> int:
    """Return the memory in use; where the system does not tell (macOS), the most that was ever in use."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * _PAGE_BYTES
    except OSError:
        return used.ru_maxrss


def _of_tally(tally: Tally) -> Iterator[str]:
    ran, pulse = tally.ran(), tally.pulse()
    yield from _metric(
        "dougong_jobs_ended_total",
        "counter",
        "Jobs that this process ran: done, or an attempt that failed.",
        (
            ({"task": task, "outcome": outcome}, count)
            for task, one in ran.items()
            for outcome, count in (("done", one.done), ("failed", one.failed))
        ),
    )
    yield from _metric(
        "dougong_job_seconds_total",
        "counter",
        "How long they took.",
        (({"task": task}, round(one.seconds, 6)) for task, one in ran.items()),
    )
    yield from _metric(
        "dougong_worker_threads",
        "gauge",
        "Threads of this process's worker: that should live, that do, that run a job now.",
        [({"state": "all"}, pulse.threads), ({"state": "alive"}, pulse.alive), ({"state": "busy"}, pulse.busy)],
    )
    yield from _metric(
        "dougong_worker_silent_seconds",
        "gauge",
        "How long ago one of them asked the queue last.",
        [({}, round(pulse.silent_seconds, 3))],
    )


def _of_work(found: dict[str, Any] | None) -> Iterator[str]:
    yield from _metric(
        "dougong_database_up", "gauge", "Whether the database answers.", [({}, 0 if found is None else 1)]
    )
    if found is None:
        return
    yield from _metric(
        "dougong_jobs",
        "gauge",
        "Jobs by state.",
        (({"state": key}, found[key]) for key in ("waiting", "running", "dead")),
    )
    yield from _metric(
        "dougong_job_oldest_seconds",
        "gauge",
        "How long the oldest due job has waited.",
        [({}, round(found["oldest_seconds"], 3))],
    )
    yield from _metric(
        "dougong_effects",
        "gauge",
        "Outside effects by state.",
        (({"state": k}, n) for k, n in found["effects"].items()),
    )
    yield from _metric(
        "dougong_instances", "gauge", "Runs by state.", (({"state": k}, n) for k, n in found["instances"].items())
    )
    working = [one for one in found["workers"] if not one["is_silent"]]
    yield from _metric(
        "dougong_workers",
        "gauge",
        "Worker processes that are connected.",
        [({"state": "working"}, len(working)), ({"state": "silent"}, len(found["workers"]) - len(working))],
    )

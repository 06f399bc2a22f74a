"""Runs in the background: how many a second, how soon after the commit, and what a crowd of waiting runs costs.

A server without workers takes changes, worker processes do the runs of a flow with five nodes. The times are those that
the platform itself notes: a run's first node against the beginning of the transaction that queued it, which is earlier
than its commit.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench import servers
from bench.servers import ROOT, Server
from bench.world import World

_SIGNALS: Final = "/api/records/bench/signal"
_BATCH: Final = 100
_PAUSE_SECONDS: Final = 0.03
_LOOK_SECONDS: Final = 0.02
_LONGEST_SECONDS: Final = 300.0
_STOP_SECONDS: Final = 20.0


def compare(
    world: World, data_dir: Path, *, runs: int, samples: int, waiting: int, workers: int, report: Callable[[str], None]
) -> dict[str, Any]:
    """Measure with nothing else there, and again beside `waiting` runs that wait for a moment far away."""
    found: dict[str, Any] = {"runs": runs, "waiting": waiting, "workers": workers}
    with servers.dougong(world, data_dir, is_working=False) as server:
        bench = _Bench(world=world, server=server, data_dir=data_dir, workers=workers)
        with bench.working():
            # Not measured: the first runs of a database meet smaller tables than all later ones.
            bench.create(runs, "run")
            bench.finished()
        found["alone"] = bench.measured(runs, samples)
        bench.fill(waiting)
        found["beside"] = bench.measured(runs, samples)
    alone, beside = found["alone"], found["beside"]
    report(
        f"background: {alone['per_second']:.0f} runs/s, begun after {alone['median_ms']:.0f} ms;"
        f" beside {waiting:,} that wait: {beside['per_second']:.0f} runs/s, {beside['median_ms']:.0f} ms"
    )
    return found


class _Bench:
    """A server that does no work itself, and the workers beside it."""

    def __init__(self, *, world: World, server: Server, data_dir: Path, workers: int) -> None:
        self._world = world
        self._server = server
        self._environment = {"DOUGONG_DATABASE_URL": world.url, "DOUGONG_DATA_DIR": str(data_dir)}
        self._workers = workers
        self._number = 0

    @contextmanager
    def working(self) -> Iterator[None]:
        """Run the worker processes."""
        command = [str(Path(sys.executable).parent / "dougong"), "worker"]
        environment = {**os.environ, **self._environment}
        processes = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(self._workers)
        ]
        try:
            yield
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                try:
                    process.wait(_STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def measured(self, runs: int, samples: int) -> dict[str, float]:
        """Return runs a second of a full queue, and how long after the change a run of an idle one begins (ms)."""
        since = self._last()
        self.create(runs, "run")
        with self.working():
            self.finished()
            per_second = self._per_second(since)
            since = self._last()
            for _ in range(samples):
                self.create(1, "run")
                time.sleep(_PAUSE_SECONDS)
            self.finished()
        return {"per_second": per_second, **self._delays(since)}

    def create(self, count: int, kind: str) -> None:
        """Create signals, a batch a request."""
        host, _, port = self._server.address.rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        headers = {"Authorization": f"Bearer {self._world.token}", "Content-Type": "application/json"}
        for first in range(0, count, _BATCH):
            size = min(_BATCH, count - first)
            changes = [
                {"action": "create", "values": {"number": self._number + index, "kind": kind}} for index in range(size)
            ]
            self._number += size
            connection.request("POST", f"{_SIGNALS}/batch", json.dumps({"changes": changes}), headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} {said[:300].decode(errors='replace')}")
        connection.close()

    def finished(self) -> None:
        """Wait until no run is under way; raises when one has failed or the wait is too long."""
        until = time.monotonic() + _LONGEST_SECONDS
        with self._world.cursor() as cursor:
            # Only the queue is asked all the time: who reads the long table of runs would be measured with them.
            while time.monotonic() < until:
                cursor.execute("SELECT count(*) FROM meta.job WHERE task = 'flows.continue' AND status <> 'dead'")
                if cursor.fetchone() == (0,):
                    break
                time.sleep(_LOOK_SECONDS)
            cursor.execute(
                "SELECT count(*) FILTER (WHERE status = 'running'), count(*) FILTER (WHERE status = 'failed')"
                " FROM meta.flow_instance WHERE flow LIKE 'bench.signal%'"
            )
            running, failed = cursor.fetchone()
        if running or failed:
            raise RuntimeError(f"{failed} runs failed, {running} do not come to an end")

    def fill(self, waiting: int) -> None:
        """Leave so many runs waiting: one made by the platform, the others copies of its rows."""
        with self.working():
            self.create(1, "wait")
            self.finished()
        with self._world.cursor() as cursor:
            cursor.execute("SELECT id FROM meta.flow_instance WHERE flow = 'bench.signal_waits'")
            (one,) = cursor.fetchone()
            cursor.execute(
                "CREATE TEMP TABLE copies AS SELECT gen_random_uuid() id FROM generate_series(2, %s)", (waiting,)
            )
            for table, key in (("flow_instance", "id"), ("flow_token", "instance_id")):
                columns = self._columns(cursor, table, leave={key, "dedup_key"})
                cursor.execute(
                    f"INSERT INTO meta.{table} ({key}, {columns}) SELECT copies.id, {columns} FROM copies,"
                    f" (SELECT {columns} FROM meta.{table} WHERE {key} = %s) one",
                    (one,),
                )
                cursor.execute(f"VACUUM ANALYZE meta.{table}")
            cursor.execute("SELECT count(*) FROM meta.flow_instance WHERE status = 'waiting'")
            (there,) = cursor.fetchone()
        if there != waiting:
            raise RuntimeError(f"{there} runs wait, {waiting} should")

    def _columns(self, cursor: Any, table: str, leave: set[str]) -> str:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'meta' AND table_name = %s",
            (table,),
        )
        return ", ".join(f'"{name}"' for (name,) in cursor.fetchall() if name not in leave)

    def _last(self) -> Any:
        with self._world.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]

    def _per_second(self, since: Any) -> float:
        """Return the runs since over the seconds from the first node begun to now, when the last one is seen to have ended."""
        with self._world.cursor() as cursor:
            # A run's own end is the beginning of the transaction that it ended in.
            cursor.execute(
                f"SELECT count(*), extract(epoch FROM clock_timestamp() - min(begun)) FROM ({_TIMES}) times", (since,)
            )
            count, seconds = cursor.fetchone()
        return float(count) / float(seconds)

    def _delays(self, since: Any) -> Mapping[str, float]:
        with self._world.cursor() as cursor:
            cursor.execute(
                "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY delay), percentile_cont(0.95) WITHIN GROUP (ORDER BY"
                f" delay) FROM (SELECT extract(epoch FROM begun - queued) * 1000 AS delay FROM ({_TIMES}) times) delays",
                (since,),
            )
            median, p95 = cursor.fetchone()
        return {"median_ms": float(median), "p95_ms": float(p95)}


#: Of each run that was queued since: when it was, when its first node began, when it ended.
_TIMES: Final = (
    "SELECT i.started_at queued, i.ended_at ended, min(l.started_at) begun FROM meta.flow_instance i"
    " JOIN meta.flow_log l ON l.instance_id = i.id WHERE i.flow = 'bench.signal_seen' AND i.started_at > %s GROUP BY i.id"
)

"""`dougong bench`: a PostgreSQL of its own, the world, the servers, the run, everything gone afterwards."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from bench import background, machine, servers, sheets, world
from bench.measuring import FULL, QUICK, Bench, Sizes, load_process
from bench.servers import Server
from bench.world import World
from engine import migrations
from engine.embedded_postgres import EmbeddedPostgres
from engine.settings import Settings
from web.platform import Platform

Report = Callable[[str], None]
#: Worker processes that run flows in the background: one a core of the machine that the target speaks of.
WORKERS: Final = 2


def run(*, is_quick: bool, report: Report) -> dict[str, Any]:
    """Measure, and return everything that was measured; `report` hears how far it is."""
    with tempfile.TemporaryDirectory(prefix="dougong-bench-") as folder:
        with EmbeddedPostgres(Path(folder) / "postgres", fsync=True, die_with_parent=True) as url:
            return measured(url, Path(folder), QUICK if is_quick else FULL, report)


def measured(url: str, folder: Path, sizes: Sizes, report: Report) -> dict[str, Any]:
    """Run the whole bench on an empty database."""
    report("writing the rows …")
    # What is smaller than the first size is measured first: the world only grows.
    first, *_ = sorted({*sizes.growth, sizes.orders})
    with prepared(url, folder, orders=first, approvals=sizes.approvals) as made:
        facts = machine.facts(made)
        with ExitStack() as stack:
            started = {
                "dougong": stack.enter_context(servers.dougong(made, folder)),
                "reference": stack.enter_context(servers.reference(made)),
            }
            weighed = {name: _weighed(server) for name, server in started.items()}
            bench = Bench(
                world=made,
                load=stack.enter_context(load_process()),
                addresses={**{name: server.address for name, server in started.items()}, "raw": url},
                sizes=sizes,
            )
            operations, times = _sizes_in_turn(bench, first, report)
            imported = sheets.compare(made, bench.addresses, rows=sizes.import_rows, rounds=sizes.rounds, report=report)
            for name, server in started.items():
                weighed[name]["ended_mb"] = server.resident_mb()
        runs = background.compare(
            made,
            folder,
            runs=sizes.runs,
            samples=sizes.samples,
            waiting=sizes.waiting,
            workers=WORKERS,
            report=report,
        )
    return {
        "machine": facts,
        "sizes": asdict(sizes),
        "operations": operations,
        "list_ms": times,
        "import": imported,
        "background": runs,
        "servers": weighed,
        "load_average_after": machine.load_average(),
    }


@contextmanager
def prepared(url: str, folder: Path, *, orders: int, approvals: int) -> Iterator[World]:
    """Give an empty database the bench's app and rows."""
    platform = Platform.connect(Settings(data_dir=folder), url)
    try:
        migrations.upgrade(platform.database.engine)
        made = world.install(platform, url)
    finally:
        platform.database.dispose()
    world.fill(made, orders=orders, approvals=approvals)
    yield made


def _sizes_in_turn(bench: Bench, first: int, report: Report) -> tuple[dict[str, Any], Mapping[str, Any]]:
    operations: dict[str, Any] = {}
    times: dict[str, Any] = {}
    there = first
    for size in sorted({*bench.sizes.growth, bench.sizes.orders}):
        if size > there:
            report(f"growing to {size:,} orders …")
            world.grow(bench.world, first=there, orders=size, has_lines=size <= bench.sizes.orders)
            there = size
        if size in bench.sizes.growth:
            times[str(size)] = bench.list_times(size)
        if size == bench.sizes.orders:
            operations = bench.compare(size, report)
    return operations, times


def _weighed(server: Server) -> dict[str, float]:
    time.sleep(0.5)
    return {"start_seconds": server.start_seconds, "started_mb": server.resident_mb()}


def write(result: Mapping[str, Any], file: Path) -> None:
    """Write everything measured as JSON."""
    file.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")

"""One run: sizes, rounds, medians, ratios.

The contenders take turns within each round, so that whatever else the machine does in a minute meets all of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Final, cast

from bench.load import Job, Outcome
from bench.operations import CONTENDERS, OPERATIONS, Contender
from bench.servers import ROOT
from bench.world import SCHEMAS, World

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured.

    seconds, requests -- bounds of one measurement: an operation of one contender in one round.
    growth            -- at which numbers of orders the list is measured, too.
    import_rows       -- rows of the sheet that is imported.
    runs, samples     -- runs of a flow that wait in the queue to be done; runs that are begun one by one.
    waiting           -- runs that wait for a moment while the others are measured again.
    """

    orders: int
    approvals: int
    rounds: int
    seconds: float
    requests: int
    growth: tuple[int, ...]
    import_rows: int
    runs: int
    samples: int
    waiting: int
    connections: int = 8


FULL: Final = Sizes(
    orders=100_000,
    approvals=10_500,
    rounds=3,
    seconds=4.0,
    requests=3000,
    growth=(10_000, 100_000, 1_000_000),
    import_rows=50_000,
    runs=4000,
    samples=200,
    waiting=100_000,
)
QUICK: Final = Sizes(
    orders=5000,
    approvals=1200,
    rounds=3,
    seconds=0.4,
    requests=400,
    growth=(1000, 5000, 20_000),
    import_rows=2000,
    runs=400,
    samples=20,
    waiting=5000,
)


class LoadProcess:
    """The load generator, running."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, job: Job) -> Outcome:
        """Run one job; raise when an answer was wrong."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the load generator has no pipes")
        self._process.stdin.write(json.dumps(asdict(job)) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"failed": "the load generator died"}')
        if "failed" in answer:
            raise RuntimeError(answer["failed"])
        return Outcome(**answer)


@contextmanager
def load_process() -> Iterator[LoadProcess]:
    """Start the load generator; it ends when its input does."""
    command = [sys.executable, "-m", "bench.load"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        yield LoadProcess(process)


@dataclass(slots=True, kw_only=True)
class Bench:
    """A filled world with its servers and the load generator.

    asked -- how many numbers of each operation are used up; what makes new rows asks for each number once.
    """

    world: World
    load: LoadProcess
    addresses: Mapping[str, str]
    sizes: Sizes
    asked: dict[tuple[str, str], int] = field(default_factory=dict)

    def measure(self, contender: Contender, key: str, size: int, *, is_warming: bool = False) -> Outcome:
        """Run one operation of one contender once."""
        requests = 40 if is_warming else self.sizes.requests
        used = self.asked.get((contender, key), 0)
        if key == "approve":
            rest = self.sizes.approvals - used
            requests = max(1, min(requests, rest, (self.sizes.approvals - 40) // self.sizes.rounds))
        # Both kinds of creation number their orders: they must not meet.
        offset = 50_000_000 if key == "create_lines" else 0
        self.asked[contender, key] = used + requests
        return self.load.run(
            Job(
                contender=contender,
                operation=key,
                address=self.addresses[contender],
                token=self.world.token,
                schema=SCHEMAS[contender],
                size=size,
                first=offset + used,
                requests=requests,
                seconds=self.sizes.seconds,
                connections=self.sizes.connections,
            )
        )

    def compare(self, size: int, report: Report) -> dict[str, Any]:
        """Measure every operation: rounds in which the contenders take turns."""
        found: dict[str, Any] = {}
        for key, operation in OPERATIONS.items():
            for contender in CONTENDERS:
                self.measure(contender, key, size, is_warming=True)
            rounds = [
                {contender: self.measure(contender, key, size) for contender in CONTENDERS}
                for _ in range(self.sizes.rounds)
            ]
            found[key] = {
                "title": operation.title,
                "target": operation.target,
                **{contender: _middle([one[contender] for one in rounds]) for contender in CONTENDERS},
            }
            found[key]["ratio"] = found[key]["dougong"]["per_second"] / found[key]["reference"]["per_second"]
            report(f"{operation.title}: {found[key]['ratio']:.2f}")
        return found

    def list_times(self, size: int) -> dict[str, float]:
        """Return the median time of the list (ms) by contender; one connection, so that nothing waits for another."""
        alone = Bench(
            world=self.world,
            load=self.load,
            addresses=self.addresses,
            sizes=Sizes(**{**asdict(self.sizes), "connections": 1, "requests": 300}),
        )
        times: dict[str, list[float]] = {contender: [] for contender in CONTENDERS}
        for contender in CONTENDERS:
            alone.measure(contender, "list_page", size, is_warming=True)
        for _ in range(self.sizes.rounds):
            for contender in CONTENDERS:
                times[contender].append(alone.measure(contender, "list_page", size).median_ms)
        return {contender: median(values) for contender, values in times.items()}


def _middle(outcomes: list[Outcome]) -> dict[str, float]:
    return {
        name: median(cast("float", getattr(one, name)) for one in outcomes)
        for name in ("per_second", "median_ms", "p95_ms")
    }

"""A run's numbers, for people: the table of the terminal and of docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

IMPORT_TARGET: Final = 5000
RUNS_TARGET: Final = 200
DELAY_TARGET_MS: Final = 50


def lines(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the run as Markdown."""
    machine = result["machine"]
    loads = (
        ", ".join(f"{one:.1f}" for one in machine["load_average"]),
        ", ".join(f"{one:.1f}" for one in result["load_average_after"]),
    )
    yield (
        f"{machine['at']} · {machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB ·"
        f" PostgreSQL {machine['postgresql']}, fsync {machine['fsync']} · Python {machine['python']} ·"
        f" load average {loads[0]} before, {loads[1]} after"
    )
    yield ""
    yield from _operations(result)
    yield ""
    yield from _import(result["import"])
    yield ""
    yield from _growth(result["list_ms"])
    yield ""
    yield from _background(result["background"])
    yield ""
    yield from _servers(result["servers"])


def _operations(result: Mapping[str, Any]) -> Iterator[str]:
    sizes = result["sizes"]
    yield (
        f"| {sizes['connections']} connections, {sizes['orders']:,} orders | Dougong /s | by hand /s | psycopg2 /s |"
        " **ratio to by hand** | target | Dougong median, p95 ms | by hand median, p95 ms |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for one in result["operations"].values():
        ours, hand = one["dougong"], one["reference"]
        yield (
            f"| {one['title']} | {ours['per_second']:.0f} | {hand['per_second']:.0f} | {one['raw']['per_second']:.0f}"
            f" | **{one['ratio']:.2f}** | {one['target']} | {ours['median_ms']:.1f}, {ours['p95_ms']:.1f}"
            f" | {hand['median_ms']:.1f}, {hand['p95_ms']:.1f} |"
        )


def _import(one: Mapping[str, Any]) -> Iterator[str]:
    ours, hand, floor = (one[name]["per_second"] for name in ("dougong", "reference", "raw"))
    yield (
        f"| {one['rows']:,} rows of a sheet, rules checked | Dougong rows/s | by hand rows/s | COPY rows/s |"
        " **ratio to by hand** | target rows/s |"
    )
    yield "|---|---:|---:|---:|---:|---:|"
    yield f"| import | {ours:,.0f} | {hand:,.0f} | {floor:,.0f} | **{one['ratio']:.2f}** | {IMPORT_TARGET:,} |"


def _background(one: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"| flow of five nodes in the background, {one['workers']} workers | runs/s | target |"
        " begun after the change, median, p95 ms | target |"
    )
    yield "|---|---:|---:|---:|---:|"
    for title, key in (("alone", "alone"), (f"beside {one['waiting']:,} runs that wait", "beside")):
        found = one[key]
        yield (
            f"| {title} | {found['per_second']:.0f} | {RUNS_TARGET} | {found['median_ms']:.0f}, {found['p95_ms']:.0f}"
            f" | {DELAY_TARGET_MS} |"
        )


def _growth(times: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    yield "| list of 20, filtered and sorted, one connection | Dougong ms | by hand ms | psycopg2 ms |"
    yield "|---|---:|---:|---:|"
    for size, one in times.items():
        yield f"| {int(size):,} records | {one['dougong']:.2f} | {one['reference']:.2f} | {one['raw']:.2f} |"
    smallest, largest = next(iter(times.values())), list(times.values())[-1]
    growth = {name: largest[name] / smallest[name] for name in smallest}
    yield (f"| largest / smallest | {growth['dougong']:.2f} | {growth['reference']:.2f} | {growth['raw']:.2f} |")


def _servers(servers: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    yield "| server | cold start s | memory after start MB | memory after the run MB |"
    yield "|---|---:|---:|---:|"
    for name, one in servers.items():
        title = {"dougong": "Dougong", "reference": "by hand"}[name]
        yield f"| {title} | {one['start_seconds']:.2f} | {one['started_mb']:.0f} | {one['ended_mb']:.0f} |"


def put_into(document: Path, text: str, *, mark: str = "bench") -> None:
    """Replace what stands between the document's marks of that name: `<!-- bench -->` … `<!-- /bench -->`."""
    opening, closing = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before, begin, rest = document.read_text("utf-8").partition(opening)
    _, end, after = rest.partition(closing)
    if not begin or not end:
        raise ValueError(f"{document} has no marks {opening} … {closing}")
    document.write_text(f"{before}{opening}\n{text}\n{closing}{after}", "utf-8")

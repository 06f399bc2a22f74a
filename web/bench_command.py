"""`dougong bench`: how fast the platform is on this machine, its reports, and whether it loses anything when killed.

The bench itself stands in the folder `bench/` of a clone; an installed package does not carry it.
"""

from __future__ import annotations

from pathlib import Path
from random import SystemRandom
from typing import Annotated

import typer

from engine.errors import DomainError

benches = typer.Typer(rich_markup_mode=None)

Document = Annotated[
    Path | None, typer.Option("--document", help="Put the tables into this file, between the marks of this bench.")
]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Write everything measured to this file.")]


class BenchMissing(DomainError):
    """The bench is run from a clone; this is an installed package."""

    code = "bench_missing"


@benches.callback(invoke_without_command=True)
def bench(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="Smaller sizes, in about a minute.")] = False,
    json_file: JsonFile = None,
    document: Document = None,
) -> None:
    """Measure the platform, the same application written by hand, and raw SQL, on a PostgreSQL of its own."""
    if context.invoked_subcommand is not None:
        return
    try:
        from bench import run, table  # noqa: PLC0415 - not in an installed package
    except ModuleNotFoundError as error:
        raise BenchMissing from error
    result = run.run(is_quick=quick, report=lambda text: typer.echo(text, err=True))
    text = "\n".join(table.lines(result))
    typer.echo(text)
    if json_file is not None:
        run.write(result, json_file)
    if document is not None:
        table.put_into(document, text)


@benches.command()
def crash(
    minutes: Annotated[float, typer.Option("--minutes", min=0.1, help="How long processes are killed.")] = 1.0,
    approvals: Annotated[
        int, typer.Option("--approvals", min=1, help="Approvals before, and at least during it.")
    ] = 500,
    seed: Annotated[int | None, typer.Option("--seed", help="Repeats the choices of an earlier run.")] = None,
    json_file: JsonFile = None,
    document: Document = None,
) -> None:
    """Kill servers, workers and PostgreSQL under work, then count: nothing may be lost or doubled."""
    try:
        from bench import table  # noqa: PLC0415 - not in an installed package
        from bench.crash import run  # noqa: PLC0415 - not in an installed package
    except ModuleNotFoundError as error:
        raise BenchMissing from error
    plan = run.Plan(
        calm_approvals=approvals,
        seconds=minutes * 60,
        approvals=approvals,
        seed=SystemRandom().randrange(10**6) if seed is None else seed,
    )
    result = run.run(plan, lambda text: typer.echo(text, err=True))
    text = "\n".join(run.told(result))
    typer.echo(text)
    if json_file is not None:
        run.write(result, json_file)
    if document is not None:
        table.put_into(document, text, mark="crash")
    if not result["is_kept"]:
        raise SystemExit(1)


@benches.command()
def reports(
    orders: Annotated[int, typer.Option("--orders", min=100, help="Orders, of three lines each.")] = 1_000_000,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="How often each report is run.")] = 5,
    json_file: JsonFile = None,
    document: Annotated[
        Path | None, typer.Option("--document", help="Put the table into this file, between its marks for reports.")
    ] = None,
) -> None:
    """Measure the demo's reports over orders beside SQL written by hand for the same figures."""
    try:
        from bench import reports as bench_of_reports  # noqa: PLC0415 - not in an installed package
        from bench import run, table  # noqa: PLC0415 - likewise
    except ModuleNotFoundError as error:
        raise BenchMissing from error
    result = bench_of_reports.run(orders=orders, rounds=rounds, report=lambda text: typer.echo(text, err=True))
    text = "\n".join(bench_of_reports.lines(result))
    typer.echo(text)
    if json_file is not None:
        run.write(result, json_file)
    if document is not None:
        table.put_into(document, text, mark="reports")

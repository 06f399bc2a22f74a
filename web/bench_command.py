"""`dougong bench`: how fast the platform is on this machine, beside an application written by hand.

The bench itself stands in the folder `bench/` of a clone; an installed package does not carry it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.errors import DomainError


class BenchMissing(DomainError):
    """The bench is run from a clone; this is an installed package."""

    code = "bench_missing"


def bench(
    quick: Annotated[bool, typer.Option("--quick", help="Smaller sizes, in less than a minute.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write everything measured to this file.")] = None,
    document: Annotated[
        Path | None, typer.Option("--document", help="Put the tables into this file, between its bench marks.")
    ] = None,
) -> None:
    """Measure the platform, the same application written by hand, and raw SQL, on a PostgreSQL of its own."""
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

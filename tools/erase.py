"""`python -m tools.erase DIR`: drop a data folder. Runs inside `.venv`, for the server may have to be stopped first."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from engine.embedded_postgres import erase
from engine.errors import DomainError


def main(folder: Path) -> None:
    """Drop the folder when it is a data folder that nobody uses."""
    if any(folder.iterdir()) and not (folder / "postgres").is_dir():
        sys.exit(f"{folder} does not look like a data folder of Dougong: it has no folder `postgres`.")
    try:
        erase(folder / "postgres")
    except DomainError as error:
        sys.exit(error.detail("en-US"))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

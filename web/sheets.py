"""Sheets as answers: CSV and XLSX, written whole before the first byte goes out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from engine.files import FileRef
from form_engine.exchange.sheets import MEDIA_TYPES, Format

SHEETS: dict[int | str, dict[str, Any]] = {
    200: {"description": "A sheet", "content": {media_type: {} for media_type in MEDIA_TYPES.values()}}
}


def sheet(kind: Format, title: str, write: Callable[[Path], object]) -> Response:
    """Write a sheet and send it: first whole, so that a failure is a problem and not half a file."""
    handle, name = tempfile.mkstemp(suffix=f".{kind}")
    os.close(handle)
    path = Path(name)
    try:
        write(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return FileResponse(
        path,
        media_type=MEDIA_TYPES[kind],
        headers=attachment(f"{title}.{kind}"),
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


def stored(ref: FileRef, path: Path) -> Response:
    """Send a sheet that was kept: a CSV by its name, else a workbook."""
    kind: Format = "csv" if ref.name.endswith(".csv") else "xlsx"
    return FileResponse(path, media_type=MEDIA_TYPES[kind], headers=attachment(ref.name))


def attachment(name: str) -> dict[str, str]:
    """Return the headers of a file that is saved under `name` and kept by nobody on the way."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}", "Cache-Control": "no-store"}

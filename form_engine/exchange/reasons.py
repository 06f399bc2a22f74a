"""The error file: the sheet that was sent, with a column that says what is wrong."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from engine import files
from engine.actor import Actor
from engine.db import Session
from engine.texts import message
from form_engine.exchange import sheets
from form_engine.exchange.importing import Outcome

#: A larger sheet is given back without the rows that are right.
_MOST_WHOLE = 50_000


def write(
    session: Session, actor: Actor, path: Path, name: str, outcome: Outcome, titles: Mapping[str, str], *, whole: bool
) -> UUID:
    """Store the error file; return its id. Reads the sheet once more.

    whole -- the rows that are right are in it, too: what is put right can be sent again as it is.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    for error in outcome.errors:
        about = titles.get(error.path, error.path)
        detail = error.detail(actor.language)
        reasons[error.line].append(f"{about}: {detail}" if about else detail)
    kind = sheets.format_of(path)
    wanted = None if whole and outcome.read <= _MOST_WHOLE else outcome.failed_lines
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"errors.{kind}"
        with sheets.opened(path) as sheet, sheets.written(target, kind) as writer:
            _, header = next(sheet.lines)
            width = len(header)
            writer.row([*header, message("import_reasons", {}, actor.language)], is_header=True)
            for number, cells in sheet.lines:
                if wanted is None or number in wanted:
                    padded = [*cells, *([None] * (width - len(cells)))][:width]
                    writer.row([*padded, "; ".join(reasons.get(number, ()))])
        with target.open("rb") as stream:
            stem = Path(name).stem
            limit = 2 * max(path.stat().st_size, 64 * 1024 * 1024)
            return files.upload(session, actor, f"{stem}-errors.{kind}", stream, max_bytes=limit).id

"""The exports service: start, look, cancel, take the file; and the job that does the work.

Owns the table `export_run`. The job reads in one repeatable snapshot with the rights that its asker has then, and
writes a file that nobody sees before it is whole: a killed worker leaves nothing, and another begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from engine import files, identity, jobs
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, DomainError, NotAllowed, NotFound
from engine.files import FileRef
from engine.ids import new_id
from engine.jobs import Payload, Task
from engine.models import export_run
from engine.texts import localized, message
from form_engine import sources
from form_engine.exchange import exporting, sheets
from form_engine.exchange.sheets import Format
from form_engine.record import Query
from form_engine.values import instant

OWNER = "meta.export_run"
#: Sheets are copies of what may change, and of what one may lose the right to: they are not kept for long.
KEPT = timedelta(days=7)
_TASK = "records.export"
_MOST_ATTEMPTS = 3
_MOST_LISTED = 20
#: Of one person at a time: the threads that do them are everybody's.
_MOST_UNDER_WAY = 10
_UNDER_WAY = ("queued", "running")

Status = Literal["queued", "running", "completed", "failed", "cancelled"]
Row = sa.RowMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportEnded:
    """Published when an export has ended.

    took -- since it was asked for.
    """

    id: UUID
    source: str
    is_balance: bool
    user_id: UUID
    file_name: str
    status: Status
    records: int
    took: timedelta


class Cancelled(DomainError):
    """Somebody asked the export to stop."""

    code = "export_cancelled"


def start(session: Session, actor: Actor, name: str, query: Query, kind: Format) -> dict[str, Any]:
    """Queue an export of a form or a balance and return it as JSON.

    Raises what the list raises, `NotAllowed`, and `Conflict` while too many of the actor's are under way.
    """
    exporting.planned(session, actor, name, query)
    own = sa.and_(export_run.c.user_id == actor.user_id, export_run.c.status.in_(_UNDER_WAY))
    if session.execute(sa.select(sa.func.count()).where(own)).scalar_one() >= _MOST_UNDER_WAY:
        raise Conflict("exports_too_many", limit=_MOST_UNDER_WAY)
    asked = {key: value for key, value in asdict(query).items() if key in ("filter", "search", "sort", "fields", "bin")}
    run_id = new_id()
    session.execute(
        sa.insert(export_run).values(
            id=run_id,
            source=name,
            user_id=actor.user_id,
            token_scopes=None if actor.token_scopes is None else sorted(actor.token_scopes),
            language=actor.language,
            time_zone=session.time_zone,
            format=kind,
            query=asked,
            status="queued",
            file_name=files.safe_name(f"{localized(sources.get(session, name).title, actor.language)}.{kind}"),
            created_at=session.now,
        )
    )
    jobs.enqueue(session, _TASK, {"run": str(run_id)})
    return get(session, actor, run_id)


def get(session: Session, actor: Actor, run_id: UUID) -> dict[str, Any]:
    """Return one of the actor's exports as JSON; raises `NotFound`, `NotAllowed`."""
    return _shown(session, actor, _own(session, actor, run_id))


def list_recent(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Return the actor's last exports, newest first, of what they may still take along."""
    query = sa.select(export_run).where(export_run.c.user_id == actor.user_id)
    found = session.execute(query.order_by(export_run.c.created_at.desc(), export_run.c.id.desc()).limit(_MOST_LISTED))
    return [_shown(session, actor, row) for row in found.mappings() if _may(session, actor, row["source"])]


def cancel(session: Session, actor: Actor, run_id: UUID) -> dict[str, Any]:
    """Ask an export to stop: it does after the records under way. Raises `Conflict` when it has ended."""
    row = _own(session, actor, run_id)
    if row["status"] not in _UNDER_WAY:
        raise Conflict("export_ended")
    session.execute(sa.update(export_run).where(export_run.c.id == run_id).values(is_cancelled=True))
    return get(session, actor, run_id)


def file(session: Session, actor: Actor, run_id: UUID) -> tuple[FileRef, Path]:
    """Return the sheet and where it stands.

    Raises `NotFound` where there is none (yet), and `NotAllowed` where it holds what its asker may no longer see.
    """
    row = _own(session, actor, run_id)
    if row["file_id"] is None:
        raise NotFound("export_without_file")
    closed = exporting.require(session, actor, row["source"]).fields
    if any(closed.get(key) in ("hidden", "masked") for key in row["open_fields"]):
        raise NotAllowed("export_rights_changed")
    return files.open_file(session, actor, row["file_id"], lambda _: True)


def _own(session: Session, actor: Actor, run_id: UUID) -> Row:
    row = session.execute(sa.select(export_run).where(export_run.c.id == run_id)).mappings().one_or_none()
    if row is None or not (row["user_id"] == actor.user_id or actor.has_every_right):
        raise NotFound("export_not_found")
    exporting.require(session, actor, row["source"])
    return row


def _may(session: Session, actor: Actor, name: str) -> bool:
    try:
        exporting.require(session, actor, name)
    except (NotFound, NotAllowed):  # the form or the right to it is gone since
        return False
    return True


def _shown(session: Session, actor: Actor, row: Row) -> dict[str, Any]:
    known = ("source", "format", "status", "is_cancelled", "rows_total", "rows_written", "file_name", "file_size")
    error = row["error"]
    return {
        "id": str(row["id"]),
        **{name: row[name] for name in known},
        "kind": "balance" if sources.is_balance(session, row["source"]) else "form",
        "title": localized(sources.get(session, row["source"]).title, actor.language),
        "query": row["query"],
        "has_file": row["file_id"] is not None,
        "error": error and {"code": error["code"], "detail": message(error["code"], error["params"], actor.language)},
        **{name: instant(row[name]) for name in ("created_at", "started_at", "ended_at")},
        "kept_until": instant(row["created_at"] + KEPT),
    }


# --- the job ---------------------------------------------------------------------------------------------------------


def _perform(session: Session, payload: Payload) -> None:
    """Do an export; a second delivery of its job finds it ended."""
    run_id = UUID(payload["run"])
    # Not the row itself: its progress is written by another connection meanwhile.
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(str(run_id), 0))))
    row = session.execute(sa.select(export_run).where(export_run.c.id == run_id)).mappings().one_or_none()
    if row is None or row["status"] not in _UNDER_WAY:
        return
    if row["attempts"] >= _MOST_ATTEMPTS:
        _end(session, row, "failed", error={"code": "export_broke", "params": {}})
        return
    begun = {"status": "running", "started_at": session.now, "attempts": row["attempts"] + 1, "rows_written": 0}
    session.execute_apart(sa.update(export_run).where(export_run.c.id == run_id).values(**begun))
    try:
        _export(session, row)
    except Cancelled:
        _end(session, row, "cancelled")
    except DomainError as error:  # the account, the rights or the form are gone since; or the sheet is too long
        spot = error.violations[0] if error.violations else error
        _end(session, row, "failed", error={"code": spot.code, "params": dict(spot.params)})


def _export(session: Session, row: Row) -> None:
    query, kind = Query(**row["query"]), row["format"]
    with session.snapshot() as reading, files.scratch(session, f".{kind}") as path:
        reading.time_zone = row["time_zone"]
        actor = _asker(reading, row)
        plan = exporting.planned(reading, actor, row["source"], query)
        total = exporting.count(reading, plan)
        if kind == "xlsx" and total >= sheets.MOST_LINES:
            raise sheets.too_long()
        _tell(session, row["id"], total, 0)
        written = exporting.write(reading, actor, plan, kind, path, partial(_tell, session, row["id"], total))
        _tell(session, row["id"], total, written)
        with path.open("rb") as stream:
            ref = files.upload(session, actor, row["file_name"], stream, max_bytes=path.stat().st_size)
    files.keep(session, [ref.id], OWNER, row["id"])
    exporting.note(session, actor, row["source"], query, kind, written)
    held = {"file_id": ref.id, "file_size": ref.size, "open_fields": list(plan.open_fields), "rows_total": total}
    _end(session, row, "completed", written, **held)


def _asker(session: Session, row: Row) -> Actor:
    """Return who asked, with the rights of now and the language of then."""
    scopes = None if row["token_scopes"] is None else frozenset(row["token_scopes"])
    return replace(identity.actor_for_user(session, row["user_id"]), token_scopes=scopes, language=row["language"])


def _tell(session: Session, run_id: UUID, total: int, written: int) -> None:
    """Tell how far it is; raises `Cancelled` when somebody has asked for that."""
    so_far = sa.update(export_run).where(export_run.c.id == run_id).values(rows_total=total, rows_written=written)
    session.execute_apart(so_far)
    if session.execute(sa.select(export_run.c.is_cancelled).where(export_run.c.id == run_id)).scalar():
        raise Cancelled


def _end(session: Session, row: Row, status: Status, records: int | None = None, **values: Any) -> None:
    spent: timedelta = session.execute(
        sa.select(sa.func.clock_timestamp() - sa.func.transaction_timestamp())
    ).scalar_one()
    changed: Mapping[str, Any] = values if records is None else {**values, "rows_written": records}
    session.execute(
        sa.update(export_run)
        .where(export_run.c.id == row["id"])
        .values(status=status, ended_at=session.now + spent, **changed)
    )
    session.publish(
        ExportEnded(
            id=row["id"],
            source=row["source"],
            is_balance=sources.is_balance(session, row["source"]),
            user_id=row["user_id"],
            file_name=row["file_name"],
            status=status,
            records=records or 0,
            took=session.now - row["created_at"] + spent,
        )
    )


def _given_up(session: Session, payload: Payload, _error: str) -> None:
    """End an export whose job is dead."""
    query = sa.select(export_run).where(export_run.c.id == UUID(payload["run"]), export_run.c.status.in_(_UNDER_WAY))
    row = session.execute(query).mappings().one_or_none()
    if row is not None:
        _end(session, row, "failed", error={"code": "export_broke", "params": {}})


def _forget(session: Session, _payload: Payload) -> None:
    """Forget exports that were asked for long ago, and their files."""
    old = export_run.c.created_at < session.now - KEPT
    gone = list(session.execute(sa.delete(export_run).where(old).returning(export_run.c.id)).scalars())
    files.drop(session, OWNER, gone)


TASKS: tuple[Task, ...] = (
    Task(name=_TASK, run=_perform, attempts=_MOST_ATTEMPTS + 2, given_up=_given_up),
    Task(name="records.forget_exports", run=_forget, every_seconds=24 * 3600.0),
)

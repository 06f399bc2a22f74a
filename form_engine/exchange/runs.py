"""The imports service: start, look, cancel; and the job that does the work.

Owns the table `import_run`. The job's transaction holds everything that an import writes, so that a killed worker or a
job that is delivered twice leaves nothing half done; only its progress is told from outside that transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from engine import events, files, identity, jobs
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, DomainError, InvalidInput, NotFound
from engine.files import FileRef
from engine.ids import new_id
from engine.jobs import Payload, Task
from engine.models import import_run
from form_engine import forms
from form_engine.exchange import columns, importing, previews, reasons
from form_engine.exchange.importing import Options, Outcome
from form_engine.exchange.items import RowError, shown_params
from form_engine.querying import filters
from form_engine.values import instant

OWNER = "meta.import_run"
KEPT = timedelta(days=30)
_TASK = "records.import"
_MOST_ATTEMPTS = 3
_MOST_ERRORS = 200

Status = Literal["queued", "running", "completed", "failed", "cancelled"]
Row = sa.RowMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportEnded:
    """Published when an import has ended, in the transaction that holds what it wrote."""

    id: UUID
    form: str
    user_id: UUID
    file_name: str
    status: Status
    created: int
    updated: int
    failed: int


class Cancelled(DomainError):
    """Somebody asked the import to stop."""

    code = "import_cancelled"


def source(session: Session, actor: Actor, file_id: UUID) -> tuple[FileRef, Path]:
    """Return a sheet that the actor has uploaded, also for an earlier import; raises `NotFound`."""
    return files.open_file(session, actor, file_id, lambda ref: ref.form == OWNER and ref.created_by == actor.user_id)


def preview(session: Session, actor: Actor, form_name: str, file_id: UUID, options: Options) -> dict[str, Any]:
    """Return what an import would do; see `previews.preview`."""
    ref, path = source(session, actor, file_id)
    return previews.preview(session, actor, form_name, ref, path, options)


def start(session: Session, actor: Actor, form_name: str, file_id: UUID, options: Options) -> dict[str, Any]:
    """Queue an import and return it as JSON; raises what is wrong with the file's columns and the actor's rights."""
    ref, path = source(session, actor, file_id)
    with importing.planned(session, actor, form_name, path, options) as (plan, _):
        total = plan.total
    run_id = new_id()
    scopes = None if actor.token_scopes is None else sorted(actor.token_scopes)
    session.execute(
        sa.insert(import_run).values(
            id=run_id, form=form_name, user_id=actor.user_id, token_scopes=scopes, file_id=ref.id, file_name=ref.name,
            options=asdict(options), status="queued", rows_total=None if total is None else max(total - 1, 0),
            created_at=session.now,
        )
    )  # fmt: skip
    files.keep(session, [ref.id], OWNER, run_id)
    jobs.enqueue(session, _TASK, {"run": str(run_id)})
    return get(session, actor, run_id)


def get(session: Session, actor: Actor, run_id: UUID) -> dict[str, Any]:
    """Return one of the actor's imports as JSON; raises `NotFound`."""
    return _shown(session, actor, _own(session, actor, run_id))


def list_recent(session: Session, actor: Actor, form_name: str) -> list[dict[str, Any]]:
    """Return the actor's last imports into a form, newest first."""
    filters.require(session, actor, forms.get(session, form_name), "import")
    query = sa.select(import_run).where(import_run.c.user_id == actor.user_id, import_run.c.form == form_name)
    found = session.execute(query.order_by(import_run.c.created_at.desc(), import_run.c.id.desc()).limit(10))
    return [_shown(session, actor, row) for row in found.mappings()]


def cancel(session: Session, actor: Actor, run_id: UUID) -> dict[str, Any]:
    """Ask an import to stop: it does after the batch under way, and nothing of it stays.

    Raises `Conflict` when it has ended.
    """
    row = _own(session, actor, run_id)
    if row["status"] not in {"queued", "running"}:
        raise Conflict("import_ended")
    session.execute(sa.update(import_run).where(import_run.c.id == run_id).values(is_cancelled=True))
    return get(session, actor, run_id)


def error_file(session: Session, actor: Actor, run_id: UUID) -> tuple[FileRef, Path]:
    """Return the sheet with the reasons; raises `NotFound` where nothing was wrong."""
    row = _own(session, actor, run_id)
    if row["error_file_id"] is None:
        raise NotFound("import_without_errors")
    return files.open_file(session, actor, row["error_file_id"], lambda _: True)


def _own(session: Session, actor: Actor, run_id: UUID) -> Row:
    row = session.execute(sa.select(import_run).where(import_run.c.id == run_id)).mappings().one_or_none()
    if row is None or not (row["user_id"] == actor.user_id or actor.has_every_right):
        raise NotFound("import_not_found")
    filters.require(session, actor, forms.get(session, row["form"]), "import")
    return row


def _titles(session: Session, actor: Actor, form_name: str) -> Mapping[str, str]:
    form = forms.get(session, form_name)
    access = filters.grant(session, actor, form).fields
    return {place.path: place.title(actor.language) for place in columns.places(form, access)}


def _shown(session: Session, actor: Actor, row: Row) -> dict[str, Any]:
    titles = _titles(session, actor, row["form"])
    known = ("status", "rows_total", "rows_read", "created", "updated", "failed", "file_name", "form")
    times = ("created_at", "started_at", "ended_at")
    return {
        "id": str(row["id"]),
        **{name: row[name] for name in known},
        **{name: instant(row[name]) for name in times},
        "options": row["options"],
        "is_cancelled": row["is_cancelled"],
        "errors": [previews.shown_error(RowError(**one), titles, actor.language) for one in row["errors"] or ()],
        "has_error_file": row["error_file_id"] is not None,
        "file_id": str(row["file_id"]),
    }


# --- the job ---------------------------------------------------------------------------------------------------------


def _perform(session: Session, payload: Payload) -> None:
    """Do an import; a second delivery of its job finds it ended."""
    run_id = UUID(payload["run"])
    # Not the row itself: its progress is written by another connection meanwhile.
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(str(run_id), 0))))
    row = session.execute(sa.select(import_run).where(import_run.c.id == run_id)).mappings().one_or_none()
    if row is None or row["status"] not in {"queued", "running"}:
        return
    session.execute_apart(
        sa.update(import_run)
        .where(import_run.c.id == run_id)
        .values(status="running", started_at=session.now, attempts=import_run.c.attempts + 1)
    )
    if row["attempts"] >= _MOST_ATTEMPTS:
        _end(session, row, "failed", Outcome(errors=[RowError(line=0, code="import_broke")]))
        return
    try:
        actor = replace(identity.actor_for_user(session, row["user_id"]), token_scopes=_scopes(row))
        _import(session, actor, row)
    except DomainError as error:  # the account, the rights or the form are gone since
        _end(session, row, "failed", Outcome(errors=_told(error)))


def _scopes(row: Row) -> frozenset[str] | None:
    return None if row["token_scopes"] is None else frozenset(row["token_scopes"])


def _import(session: Session, actor: Actor, row: Row) -> None:
    options = Options(**row["options"])
    ref, path = files.open_file(session, actor, row["file_id"], lambda _: True)
    outcome, status = Outcome(), "failed"
    savepoint = session.connection.begin_nested()
    try:
        with importing.planned(session, actor, row["form"], path, options) as (plan, lines):
            outcome = importing.run(session, actor, plan, lines, lambda so_far: _tell(session, row["id"], so_far))
        is_kept = not outcome.failed or (options.partial and not outcome.is_cut_short)
        status = "completed" if is_kept else "failed"
    except Cancelled:
        status = "cancelled"
    except DomainError as error:
        outcome.errors = _told(error)
    if status == "completed":
        savepoint.commit()
    else:
        savepoint.rollback()
        outcome.created = outcome.updated = 0
    error_file = None
    if outcome.failed and status != "cancelled":
        titles = _titles(session, actor, row["form"])
        is_whole = status != "completed"
        error_file = reasons.write(session, actor, path, ref.name, outcome, titles, whole=is_whole)
        files.keep(session, [error_file], OWNER, row["id"])
    _end(session, row, status, outcome, error_file)
    if status == "completed":
        after = {"file": ref.name, "created": outcome.created, "updated": outcome.updated}
        events.note(session, actor, row["form"], "import", after=after)


def _tell(session: Session, run_id: UUID, outcome: Outcome) -> None:
    """Tell how far it is; raises `Cancelled` when somebody has asked for that."""
    session.execute_apart(sa.update(import_run).where(import_run.c.id == run_id).values(**_counts(outcome)))
    if session.execute(sa.select(import_run.c.is_cancelled).where(import_run.c.id == run_id)).scalar():
        raise Cancelled


def _counts(outcome: Outcome) -> dict[str, int]:
    return {
        "rows_read": outcome.read,
        "created": outcome.created,
        "updated": outcome.updated,
        "failed": outcome.failed,
    }


def _told(error: DomainError) -> list[RowError]:
    if isinstance(error, InvalidInput) and error.violations:
        return [RowError(line=0, code=spot.code, params=spot.params) for spot in error.violations]
    return [RowError(line=0, code=error.code, params=error.params)]


def _end(session: Session, row: Row, status: Any, outcome: Outcome, error_file: UUID | None = None) -> None:
    shown = [
        {"line": one.line, "path": one.path, "code": one.code, "params": shown_params(one.params)}
        for one in sorted(outcome.errors, key=lambda one: one.line)[:_MOST_ERRORS]
    ]
    session.execute(
        sa.update(import_run)
        .where(import_run.c.id == row["id"])
        .values(status=status, errors=shown, error_file_id=error_file, ended_at=session.now, **_counts(outcome))
    )
    session.publish(
        ImportEnded(
            id=row["id"],
            form=row["form"],
            user_id=row["user_id"],
            file_name=row["file_name"],
            status=status,
            created=outcome.created,
            updated=outcome.updated,
            failed=outcome.failed,
        )
    )


def _forget(session: Session, _payload: Payload) -> None:
    """Forget imports that ended long ago, and their files."""
    old = import_run.c.created_at < session.now - KEPT
    gone = list(session.execute(sa.delete(import_run).where(old).returning(import_run.c.id)).scalars())
    files.drop(session, OWNER, gone)


TASKS: tuple[Task, ...] = (
    Task(name=_TASK, run=_perform, attempts=_MOST_ATTEMPTS + 2),
    Task(name="records.forget_imports", run=_forget, every_seconds=24 * 3600.0),
)

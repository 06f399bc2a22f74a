"""Files: bytes under the data directory by their hash, and a row for each upload.

Owns the table `file` and the folder. An upload belongs to its uploader until a record's file field holds it; from then
on the record's rights decide, which `form_engine` checks. Content is written once per hash and never changed.
"""

from __future__ import annotations

import errno
import hashlib
import mimetypes
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from engine.actor import Actor
from engine.db import Database, Session
from engine.errors import InvalidInput, NotFound, StorageFull, TooLarge, Unavailable, Violation
from engine.ids import new_id
from engine.models import file

_STORE = "engine.files"
_CHUNK = 64 * 1024
_NAME_LENGTH = 200
#: What the operating system says where there is no room: the disk, the quota or the largest allowed file is full.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
#: An upload that no record took is forgotten after this long.
KEPT_UNATTACHED = timedelta(days=1)

#: First bytes of the kinds that a browser may show by itself.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_INLINE = frozenset({kind for _, kind in _SIGNATURES} | {"image/webp"})
_UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """What is known of an upload; `form`, `record_id` and `field` once a record holds it."""

    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    created_at: datetime
    created_by: UUID
    form: str | None = None
    record_id: UUID | None = None
    field: str | None = None

    @property
    def is_inline(self) -> bool:
        """Whether a browser may show it; everything else it must save, so that no upload runs as a page of ours."""
        return self.content_type in _INLINE


class Attachment(NamedTuple):
    """A file on its way into a record's field; `pointer` is where violations point."""

    record_id: UUID
    field: str
    file_id: UUID
    pointer: str


class Store(NamedTuple):
    """Where content stands and how big one file may be."""

    folder: Path
    max_bytes: int


def use_store(database: Database, *, folder: Path, max_bytes: int) -> None:
    """Let every session of `database` keep files in `folder`; the composition root's call."""
    database.shared[_STORE] = Store(folder, max_bytes)


def upload(
    session: Session,
    actor: Actor,
    name: str,
    stream: BinaryIO,
    content_type: str | None = None,
    *,
    max_bytes: int | None = None,
) -> FileRef:
    """Store a stream; raises `TooLarge` at the first byte over the limit, and leaves nothing then.

    The kind is read from the content and the name; the sender's word only counts where these are silent.
    max_bytes -- a limit in place of that of attached files.
    """
    store = _store(session)
    if max_bytes is not None:
        store = store._replace(max_bytes=max_bytes)
    name = safe_name(name)
    sha256, size, head = _write(store, stream)
    ref = FileRef(
        id=new_id(),
        name=name,
        content_type=_content_type(head, name, content_type),
        size=size,
        sha256=sha256,
        created_at=session.now,
        created_by=actor.user_id,
    )
    session.execute(sa.insert(file).values({key: getattr(ref, key) for key in FileRef.__slots__}))
    return ref


@contextmanager
def scratch(session: Session, suffix: str) -> Iterator[Path]:
    """Give the path of an empty file to write what is to be uploaded; it is gone afterwards.

    It stands where uploads arrive: what a killed process leaves there is swept away. Raises `StorageFull`.
    """
    folder = _incoming(_store(session))
    handle, name = tempfile.mkstemp(dir=folder, suffix=suffix)
    os.close(handle)
    try:
        yield Path(name)
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull from error
        raise
    finally:
        Path(name).unlink(missing_ok=True)


def get(session: Session, file_id: UUID) -> FileRef:
    """Return what is known of a file; raises `NotFound`. Says nothing about rights."""
    found = _refs(session, [file_id])
    if not found:
        raise NotFound("file_not_found")
    return found[0]


def open_file(
    session: Session, actor: Actor, file_id: UUID, may_view: Callable[[FileRef], bool]
) -> tuple[FileRef, Path]:
    """Return a file and where its content stands; raises `NotFound` unless the actor may see it.

    `may_view` is asked for a file that a record holds; one that no record holds is its uploader's alone.
    """
    ref = get(session, file_id)
    is_mine = ref.created_by == actor.user_id
    if not (is_mine if ref.record_id is None else may_view(ref)):
        raise NotFound("file_not_found")
    path = content_path(_store(session).folder, ref.sha256)
    if not path.is_file():
        raise Unavailable("file_lost", name=ref.name)
    return ref, path


def keep(session: Session, ids: Iterable[UUID], owner: str, record_id: UUID) -> None:
    """Let uploads belong to something of the platform's that is no record, so that they are not swept away."""
    session.execute(sa.update(file).where(file.c.id.in_(list(ids))).values(form=owner, record_id=record_id))


def drop(session: Session, owner: str, record_ids: Iterable[UUID]) -> None:
    """Forget the files that `keep` gave to these; their content goes with the next sweep."""
    session.execute(sa.delete(file).where(file.c.form == owner, file.c.record_id.in_(list(record_ids))))


def attach(session: Session, actor: Actor, form: str, attachments: Iterable[Attachment]) -> None:
    """Give files to records of one form; attaching again what a record holds already changes nothing.

    Raises `InvalidInput` with every file that is not there, not the actor's, or another record's. Two statements.
    """
    items = list(attachments)
    wanted = {item.file_id: item for item in reversed(items)}
    if not wanted:
        return
    found = {ref.id: ref for ref in _refs(session, wanted, for_update=True)}
    spots = []
    for item in items:
        ref = found.get(item.file_id)
        is_mine = ref is not None and (ref.created_by == actor.user_id or actor.has_every_right)
        if ref is None or (ref.record_id is None and not is_mine):
            spots.append(Violation(pointer=item.pointer, code="file_not_found"))
        elif item.record_id != (ref.record_id or wanted[item.file_id].record_id):
            spots.append(Violation(pointer=item.pointer, code="file_in_use", params={"name": ref.name}))
    if spots:
        raise InvalidInput(violations=spots)
    rows = sa.values(
        sa.column("id", sa.Uuid), sa.column("record_id", sa.Uuid), sa.column("field", sa.Text), name="wanted"
    ).data([(item.file_id, item.record_id, item.field) for item in wanted.values()])
    session.execute(
        sa.update(file).where(file.c.id == rows.c.id).values(form=form, record_id=rows.c.record_id, field=rows.c.field)
    )


def list_files(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, FileRef]:
    """Return what is known of several files, by id; one statement."""
    wanted = list(dict.fromkeys(ids))
    return {ref.id: ref for ref in _refs(session, wanted)} if wanted else {}


def file_names(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """Return the names of files by id."""
    return {ref.id: ref.name for ref in list_files(session, ids).values()}


def sweep(session: Session) -> int:
    """Forget uploads that no record took and content that no upload names; return how many. A recurring job's work."""
    before = session.now - KEPT_UNATTACHED
    forgotten = session.execute(sa.delete(file).where(file.c.form.is_(None), file.c.created_at < before)).rowcount
    folder = _store(session).folder
    for path in _contents(folder):
        # An upload under way has its content before its row: the young are left alone.
        is_old = path.stat().st_mtime < before.timestamp()
        if is_old and session.execute(sa.select(file.c.id).where(file.c.sha256 == path.name).limit(1)).first() is None:
            _remove(path)
            forgotten += 1
    return forgotten


def safe_name(name: str) -> str:
    """Return a name that is safe in every folder and every header: the last part, without control characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    shown = re.sub(r'[<>:"|?*]', "_", shown).strip(" .")
    stem, dot, suffix = shown.rpartition(".")
    if len(shown) > _NAME_LENGTH and dot and len(suffix) <= 20:
        return f"{stem[: _NAME_LENGTH - len(suffix) - 1]}.{suffix}"
    return shown[:_NAME_LENGTH] or "file"


def content_path(folder: Path, sha256: str) -> Path:
    """Return where content of this hash stands; the hash is ours, never a client's."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return folder / sha256[:2] / sha256


def _store(session: Session) -> Store:
    store: Store | None = session.shared.get(_STORE)
    if store is None:
        raise RuntimeError("files.use_store was not called for this database")
    return store


def _write(store: Store, stream: BinaryIO) -> tuple[str, int, bytes]:
    """Write to a temporary file, then name it by its hash: what stands under a hash is always whole."""
    handle, temporary = tempfile.mkstemp(dir=_incoming(store))
    try:
        with os.fdopen(handle, "wb") as out:
            sha256, size, head = _copy(stream, out, store.max_bytes)
            out.flush()
            os.fsync(out.fileno())
        target = content_path(store.folder, sha256)
        target.parent.mkdir(exist_ok=True)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return sha256, size, head


def _remove(path: Path) -> None:
    if path.is_dir():  # of a sheet whose writer was killed
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _incoming(store: Store) -> Path:
    folder = store.folder / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _copy(stream: BinaryIO, out: BinaryIO, limit: int) -> tuple[str, int, bytes]:
    """Copy up to `limit` bytes; return their hash, their number and the first of them."""
    digest, size, head = hashlib.sha256(), 0, b""
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge("file_too_large", limit_mb=limit // (1024 * 1024))
        head = head or chunk[:16]
        digest.update(chunk)
        out.write(chunk)
    if size == 0:
        raise InvalidInput(violations=[Violation(pointer="#/file", code="file_empty")])
    return digest.hexdigest(), size, head


def _content_type(head: bytes, name: str, declared: str | None) -> str:
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    guessed = mimetypes.guess_type(name)[0] or declared or _UNKNOWN
    # What says it is an image but does not begin as one is not shown as one.
    is_plausible = guessed not in _INLINE and re.fullmatch(r"[\w.+-]+/[\w.+-]+", guessed, re.ASCII)
    return guessed if is_plausible else _UNKNOWN


def _refs(session: Session, ids: Iterable[UUID], *, for_update: bool = False) -> list[FileRef]:
    columns = [file.c[key] for key in FileRef.__slots__]
    query = sa.select(*columns).where(file.c.id.in_(list(ids))).order_by(file.c.id)
    if for_update:
        query = query.with_for_update()
    return [FileRef(**row) for row in session.execute(query).mappings()]


def _contents(folder: Path) -> Iterator[Path]:
    for path in folder.glob("??/*"):
        if re.fullmatch(r"[0-9a-f]{64}", path.name):
            yield path
    yield from (folder / "incoming").glob("*")

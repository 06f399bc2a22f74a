"""Files: stored by content, named safely, seen only by who may."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest

from engine import files
from engine.actor import Actor
from engine.db import Database, Session
from engine.errors import InvalidInput, NotFound, TooLarge, Unavailable
from engine.files import Attachment
from engine.ids import new_id

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
SHA_OF_HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture
def folder(tmp_path: Path, database: Database) -> Path:
    """A folder for files, in use by `database`."""
    files.use_store(database, folder=tmp_path / "files", max_bytes=1024 * 1024)
    return tmp_path / "files"


@pytest.fixture
def stored(folder: Path, database: Database) -> Any:
    """A session that keeps files."""
    with database.unit_of_work() as session:
        yield session


def somebody() -> Actor:
    """A person without any right."""
    return Actor(user_id=new_id(), username="x", name="x")


def never(_: files.FileRef) -> bool:
    return False


def contents(folder: Path) -> list[str]:
    """Every file under the folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_stores_content_once_under_its_hash(stored: Session, folder: Path) -> None:
    ann = somebody()
    first = files.upload(stored, ann, "a.txt", io.BytesIO(b"hello"))
    second = files.upload(stored, ann, "b.txt", io.BytesIO(b"hello"))
    assert (first.sha256, first.size, first.content_type) == (SHA_OF_HELLO, 5, "text/plain")
    assert contents(folder) == [SHA_OF_HELLO]
    assert (folder / "2c" / SHA_OF_HELLO).read_bytes() == b"hello"
    assert {ref.name for ref in files.list_files(stored, [first.id, second.id]).values()} == {"a.txt", "b.txt"}
    ref, path = files.open_file(stored, ann, first.id, never)
    assert ref == first
    assert path.read_bytes() == b"hello"


def test_refuses_what_is_too_large_and_keeps_nothing(database: Database, tmp_path: Path) -> None:
    files.use_store(database, folder=tmp_path / "files", max_bytes=10)
    with pytest.raises(TooLarge, match="file_too_large"), database.unit_of_work() as session:
        files.upload(session, somebody(), "a", io.BytesIO(b"x" * 11))
    assert contents(tmp_path / "files") == []


def test_refuses_an_empty_file(stored: Session, folder: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        files.upload(stored, somebody(), "a", io.BytesIO(b""))
    assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [("#/file", "file_empty")]
    assert contents(folder) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\合同.pdf", "合同.pdf"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("...", "file"),
        ("", "file"),
        ("a/..", "file"),
        ('a"b<c>.txt', "a_b_c_.txt"),
        ("长" * 300 + ".xlsx", "长" * 195 + ".xlsx"),
    ],
)
def test_names_are_safe(given: str, kept: str) -> None:
    assert files.safe_name(given) == kept


@pytest.mark.parametrize(
    ("name", "content", "declared", "kind", "is_inline"),
    [
        ("a.png", PNG, None, "image/png", True),
        ("a.html", PNG, "text/html", "image/png", True),
        ("a.png", b"<script>", "image/png", "application/octet-stream", False),
        ("a.html", b"<script>", "text/html", "text/html", False),
        ("a.svg", b"<svg/>", "image/svg+xml", "image/svg+xml", False),
        ("a", b"x", "text/plain; charset=x\r\nset-cookie: a", "application/octet-stream", False),
        ("a", b"x", "application/x-thing", "application/x-thing", False),
    ],
)
def test_the_content_says_what_it_is(
    stored: Session, name: str, content: bytes, declared: str | None, kind: str, is_inline: bool
) -> None:
    ref = files.upload(stored, somebody(), name, io.BytesIO(content), declared)
    assert (ref.content_type, ref.is_inline) == (kind, is_inline)


def test_an_upload_is_its_uploaders_until_a_record_holds_it(stored: Session, folder: Path) -> None:
    ann, bob, record = somebody(), somebody(), new_id()
    ref = files.upload(stored, ann, "a.txt", io.BytesIO(b"hello"))
    with pytest.raises(NotFound):
        files.open_file(stored, bob, ref.id, lambda _: True)
    with pytest.raises(InvalidInput) as refusal:
        files.attach(stored, bob, "crm.contact", [Attachment(record, "card", ref.id, "#/card/0")])
    assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [("#/card/0", "file_not_found")]
    files.attach(stored, ann, "crm.contact", [Attachment(record, "card", ref.id, "#/card/0")])
    held = files.get(stored, ref.id)
    assert (held.form, held.record_id, held.field) == ("crm.contact", record, "card")
    assert files.open_file(stored, bob, ref.id, lambda seen: seen == held)[0] == held
    with pytest.raises(NotFound):
        files.open_file(stored, ann, ref.id, never)


def test_a_file_stays_with_its_record(stored: Session, folder: Path) -> None:
    ann, record, other = somebody(), new_id(), new_id()
    ref = files.upload(stored, ann, "a.txt", io.BytesIO(b"hello"))
    files.attach(stored, ann, "crm.contact", [Attachment(record, "card", ref.id, "#/card/0")])
    files.attach(stored, somebody(), "crm.contact", [Attachment(record, "card", ref.id, "#/card/0")])
    with pytest.raises(InvalidInput) as refusal:
        files.attach(
            stored,
            ann,
            "crm.contact",
            [Attachment(other, "card", ref.id, "#/card/0"), Attachment(other, "card", new_id(), "#/card/1")],
        )
    assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [
        ("#/card/0", "file_in_use"),
        ("#/card/1", "file_not_found"),
    ]
    assert files.get(stored, ref.id).record_id == record


def test_two_records_of_one_batch_cannot_take_the_same_file(stored: Session, folder: Path) -> None:
    ann, record, other = somebody(), new_id(), new_id()
    ref = files.upload(stored, ann, "a.txt", io.BytesIO(b"hello"))
    twice = [Attachment(record, "card", ref.id, "#/0/card/0"), Attachment(other, "card", ref.id, "#/1/card/0")]
    with pytest.raises(InvalidInput) as refusal:
        files.attach(stored, ann, "crm.contact", twice)
    assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [("#/1/card/0", "file_in_use")]
    assert files.get(stored, ref.id).record_id is None


def test_says_when_content_is_lost(stored: Session, folder: Path) -> None:
    ann = somebody()
    ref = files.upload(stored, ann, "a.txt", io.BytesIO(b"hello"))
    files.content_path(folder, ref.sha256).unlink()
    with pytest.raises(Unavailable, match="file_lost"):
        files.open_file(stored, ann, ref.id, never)


def test_a_path_is_made_of_a_hash_alone(folder: Path) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        files.content_path(folder, "../../../etc/passwd")


def test_sweeps_what_nobody_took(stored: Session, folder: Path, clock: Any, database: Database) -> None:
    ann, record = somebody(), new_id()
    taken = files.upload(stored, ann, "a.txt", io.BytesIO(b"hello"))
    left = files.upload(stored, ann, "b.txt", io.BytesIO(b"other"))
    files.attach(stored, ann, "crm.contact", [Attachment(record, "card", taken.id, "#")])
    clock.advance(days=2)
    for path in folder.glob("??/*"):
        os.utime(path, (0, 0))
    with database.unit_of_work() as later:
        assert files.sweep(later) == 2
        assert contents(folder) == [SHA_OF_HELLO]
        with pytest.raises(NotFound):
            files.get(later, left.id)
        assert files.get(later, taken.id) is not None


def test_what_is_written_to_be_uploaded_is_gone_afterwards(stored: Session, folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), files.scratch(stored, ".csv") as path:
        path.write_bytes(b"half")
        assert (path.suffix, path.stat().st_size, len(contents(folder))) == (".csv", 4, 1)
        _ = 1 / 0
    assert contents(folder) == []


def test_what_a_killed_process_left_half_written_is_swept_away(stored: Session, folder: Path) -> None:
    left = folder / "incoming" / "sheet"
    left.mkdir(parents=True)
    (left / "rows").write_bytes(b"half")
    assert files.sweep(stored) == 0
    os.utime(left, (0, 0))
    assert files.sweep(stored) == 1
    assert contents(folder) == []

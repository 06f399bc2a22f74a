"""Archives (zip) into files and back.

Owns what a stranger's archive must not do: leave its folder, link elsewhere, unpack to more than `limits` allow, call
two files alike. Nothing is ever written to disk. What is in the files is for the loader.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from app_templates.packages.files import Files, name_fault
from app_templates.packages.limits import DIRECTORY_BYTES, FILE_BYTES, MEGABYTE, MOST_BYTES, MOST_FILES, SHEET_BYTES
from engine.errors import InvalidDefinition, Violation

#: The first instant that a zip can state: archives of one app are the same bytes whenever they are made.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_IGNORED: Final = ("__MACOSX/", ".DS_Store")
#: Where the end of the directory must stand: its record, and the longest comment behind it.
_TAIL_BYTES: Final = 22 + 65_535 + 20
_ENCRYPTED: Final = 0x1
#: The others say themselves how much memory unpacking them takes.
_COMPRESSIONS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def pack(files: Mapping[str, str]) -> bytes:
    """Return a zip of files (path -> text): sorted, with fixed times, so that the same files are the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[path].encode(), compresslevel=9)
    return buffer.getvalue()


def unpack(stream: BinaryIO) -> Files:
    """Return the files of an archive by their paths.

    Raises `InvalidDefinition` with every fault of its directory; what is inside the files is not looked at.
    """
    _check_directory(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir() and not _is_ignored(one.filename)]
            faults = list(_faults(entries))
            if faults:
                raise InvalidDefinition("package_refused", violations=faults)
            return {one.filename: _content(archive, one) for one in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise _refused("package_not_zip", reason=str(error)[:200]) from error


def _check_directory(stream: BinaryIO) -> None:
    """Refuse an archive whose directory alone is too large: the library reads it whole, entry by entry."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _TAIL_BYTES))
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise _refused("package_not_zip", reason="no end of central directory")
    count, directory = struct.unpack("<HL", tail[at + 10 : at + 16])
    # Nothing that we take needs the larger format, whose directory may be of any size.
    if directory > DIRECTORY_BYTES or (at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07"):
        raise _refused("package_too_many_files", count=count, limit=MOST_FILES)


def _refused(code: str, path: str = "", **params: object) -> InvalidDefinition:
    return InvalidDefinition(
        "package_refused", violations=[Violation(pointer=f"{path}#", code=code, params=dict(params))]
    )


def _is_ignored(name: str) -> bool:
    return name.startswith(_IGNORED[0]) or name.rpartition("/")[2] == _IGNORED[1]


def _faults(entries: list[zipfile.ZipInfo]) -> Iterator[Violation]:
    if len(entries) > MOST_FILES:
        yield Violation(pointer="#", code="package_too_many_files", params={"count": len(entries), "limit": MOST_FILES})
        return
    total = sum(one.file_size for one in entries)
    if total > MOST_BYTES:
        params = {"size": -(-total // MEGABYTE), "limit": MOST_BYTES // MEGABYTE}
        yield Violation(pointer="#", code="package_too_large", params=params)
    seen: dict[str, str] = {}
    for one in entries:
        # What zipfile cut off at a NUL is no name of ours either.
        name = one.orig_filename
        place = f"{name[:200]}#".replace("\x00", "�")
        fault = name_fault(name, seen)
        if fault is not None:
            yield Violation(pointer=place, code=fault[0], params=fault[1])
        mode = one.external_attr >> 16
        if mode and not (stat.S_ISREG(mode) or stat.S_IFMT(mode) == 0):
            yield Violation(pointer=place, code="package_link", params={"name": name[:200]})
        if one.flag_bits & _ENCRYPTED:
            yield Violation(pointer=place, code="package_encrypted", params={"name": name[:200]})
        if one.compress_type not in _COMPRESSIONS:
            yield Violation(pointer=place, code="package_compression", params={"name": name[:200]})
        if one.file_size > _most(name):
            params = {"size": -(-one.file_size // MEGABYTE), "limit": _most(name) // MEGABYTE}
            yield Violation(pointer=place, code="package_file_too_large", params=params)


def _most(name: str) -> int:
    return SHEET_BYTES if name.endswith(".csv") else FILE_BYTES


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return what is in an entry; it may not be more than its directory says."""
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) > entry.file_size:
        raise _refused("package_size_untrue", entry.filename)
    return content

"""Apps as bytes: one canonical form, and everything that a stranger's archive may try."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app_templates import loader
from app_templates.packages import archives, canonical, folders, limits
from app_templates.packages.writing import files_of
from engine.errors import InvalidDefinition

APP = json.dumps({"key": "shop", "format": 1, "title": "小店"}, ensure_ascii=False)
FORM = json.dumps({"$id": "shop.item", "format": 1, "title": "货品", "properties": {"name": {"title": "名称"}}})


def zipped(files: Mapping[str, str | bytes], *entries: tuple[zipfile.ZipInfo, bytes]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for info, content in entries:
            archive.writestr(info, content)
    buffer.seek(0)
    return buffer


def refused(stream: io.BytesIO) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDefinition) as refusal:
        loader.load_archive(stream)
    return sorted((spot.pointer, spot.code) for spot in refusal.value.violations)


# --- canonical form --------------------------------------------------------------------------------------------------


def test_the_shipped_apps_are_in_canonical_form() -> None:
    for template in loader.load_catalog():
        folder = loader.CATALOG / template.key
        wanted = files_of(template)
        there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert sorted(there) == sorted(wanted)
        assert [name for name, text in wanted.items() if there[name] != text.encode()] == [], "dougong app format"


def test_reading_what_was_written_gives_the_same_bytes() -> None:
    for template in loader.load_catalog():
        files = files_of(template)
        (again,) = loader.read({f"{template.key}/{name}": text.encode() for name, text in files.items()})
        assert files_of(again) == files
        packed = archives.pack(files)
        assert archives.pack(dict(reversed(files.items()))) == packed
        (unpacked,) = loader.load_archive(io.BytesIO(packed))
        assert files_of(unpacked) == files


def test_another_order_of_members_and_other_white_space_are_the_same_app() -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict) and "properties" not in value:
            return {key: shuffled(value[key]) for key in reversed(value)}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    body = {"title": "小店", "format": 1, "key": "shop", "menu": [{"title": "甲", "key": "a", "form": "shop.item"}]}
    one, other = (
        loader.load_archive(zipped({"app.json": json.dumps(each), "README.md": readme, "forms/item.json": FORM}))
        for each, readme in ((body, "# 小店\n"), (shuffled(body), "\ufeff# 小店\r\n\r\n"))
    )
    assert files_of(one[0]) == files_of(other[0])
    assert files_of(one[0])["README.md"] == "# 小店\n"


def test_authors_names_keep_their_order_and_the_languages_get_theirs() -> None:
    written = {
        "x-form": {"views": [{"sort": ["b"], "key": "v", "columns": ["b"]}]},
        "properties": {"b": {"x-field": {"scale": 2, "type": "decimal"}, "title": "B", "format": "f"}, "a": {}},
        "title": "T",
        "format": 1,
        "$id": "shop.item",
    }
    assert json.dumps(canonical.ordered(written)) == json.dumps(
        {
            "$id": "shop.item",
            "format": 1,
            "title": "T",
            "properties": {"b": {"title": "B", "format": "f", "x-field": {"type": "decimal", "scale": 2}}, "a": {}},
            "x-form": {"views": [{"key": "v", "columns": ["b"], "sort": ["b"]}]},
        }
    )


def test_a_folder_is_written_as_it_is_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    (tmp_path / "shop/forms").mkdir(parents=True)
    (tmp_path / "shop/forms/old.json").write_text("{}")
    (tmp_path / "shop/LICENSE").write_text("mine")
    folders.write(tmp_path / "shop", {"app.json": "{}\n", "README.md": "# 店\n"})
    there = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert there == ["shop/LICENSE", "shop/README.md", "shop/app.json"]
    assert (tmp_path / "shop/README.md").read_bytes() == "# 店\n".encode()


# --- bad archives ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["../evil.json", "/etc/passwd", "forms/../../x.json", "C:\\x.json", "forms\\x.json", "forms//x.json", "a\nb.json",
     "./app2.json", "f" * 300],
)  # fmt: skip
def test_a_path_that_leaves_its_folder_is_refused(name: str) -> None:
    assert {code for _, code in refused(zipped({"app.json": APP, name: "{}"}))} == {"package_path"}


def test_links_devices_and_passwords_are_refused() -> None:
    link, device = zipfile.ZipInfo("forms/link.json"), zipfile.ZipInfo("forms/pipe.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    device.external_attr = (stat.S_IFIFO | 0o644) << 16
    assert refused(zipped({"app.json": APP}, (link, b"/etc/passwd"), (device, b""))) == [
        ("forms/link.json#", "package_link"),
        ("forms/pipe.json#", "package_link"),
    ]


def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop/forms").mkdir(parents=True)
    (tmp_path / "shop/app.json").write_text(APP)
    (tmp_path / "shop/forms/link.json").symlink_to(tmp_path / "shop/app.json")
    (tmp_path / "shop/data").symlink_to(tmp_path)
    with pytest.raises(InvalidDefinition) as refusal:
        loader.load(tmp_path / "shop")
    assert sorted((spot.pointer, spot.code) for spot in refusal.value.violations) == [
        ("shop/data#", "package_link"),
        ("shop/forms/link.json#", "package_link"),
    ]


def test_names_that_only_case_or_accents_tell_apart_are_refused() -> None:
    found = refused(zipped({"app.json": APP, "forms/Item.json": "{}", "forms/item.json": FORM, "APP.json": "{}"}))
    assert found == [("APP.json#", "package_names_collide"), ("forms/item.json#", "package_names_collide")]
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as archive:
        archive.writestr("app.json", APP)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("app.json", "{}")
    twice.seek(0)
    assert refused(twice) == [("app.json#", "package_names_collide")]


def test_ten_thousand_files_are_refused() -> None:
    files = {"app.json": APP} | {f"forms/f{number}.json": "{}" for number in range(10_000)}
    assert refused(zipped(files)) == [("#", "package_too_many_files")]


def test_a_directory_too_large_to_read_is_refused_unread() -> None:
    files = {"app.json": APP} | {f"forms/{'f' * 180}{number}.json": "{}" for number in range(5_000)}
    assert refused(zipped(files)) == [("#", "package_too_many_files")]
    larger = bytearray(zipped({"app.json": APP}).getvalue())
    end = larger.rfind(b"PK\x05\x06")
    larger[end:end] = b"PK\x06\x07" + b"\x00" * 16
    assert refused(io.BytesIO(bytes(larger))) == [("#", "package_too_many_files")]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    huge = zipped({"app.json": APP, "data/a.csv": b"0" * (limits.SHEET_BYTES + 1), "README.md": b" " * 5_000_000})
    assert len(huge.getvalue()) < 100_000
    assert refused(huge) == [("README.md#", "package_file_too_large"), ("data/a.csv#", "package_file_too_large")]
    many = zipped({"app.json": APP} | {f"data/f{at}.csv": b"0" * 30_000_000 for at in range(3)})
    assert refused(many) == [("#", "package_too_large")]


@pytest.mark.parametrize("line", [b"a\n", b"a\r", b",a\n"])
def test_more_rows_or_cells_than_memory_has_room_for_are_refused_unread(line: bytes) -> None:
    part = b"key,name\n" + line * (limits.MOST_CELLS // (2 * len(line.replace(b"a", b""))))
    small: dict[str, str | bytes] = {"data/a.csv": part[: len(part) // 2], "data/b.csv": part, "data/c.csv": part}
    assert refused(zipped(small | {"app.json": APP})) == [("#", "package_too_many_cells")]


def test_only_the_usual_compression_is_taken() -> None:
    """Others say themselves how much memory unpacking them takes: gigabytes for a few bytes."""
    for method in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        info = zipfile.ZipInfo("README.md")
        info.compress_type = method
        assert refused(zipped({"app.json": APP}, (info, b"x" * 100))) == [("README.md#", "package_compression")]


def test_a_directory_that_lies_about_sizes_is_refused() -> None:
    stream = zipped({"app.json": APP, "data/item.csv": b"key,name\n" + b"x" * 100_000})
    content = bytearray(stream.getvalue())
    # The size in the central directory, of the second entry: it claims ten bytes.
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    ((place, code),) = refused(io.BytesIO(bytes(content)))
    assert code in {"package_size_untrue", "package_not_zip"}
    assert place in {"#", "data/item.csv#"}


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\x00" * 10, b"PK\x03\x04" + b"\xff" * 60])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    assert refused(io.BytesIO(content)) == [("#", "package_not_zip")]


def test_an_archive_that_breaks_off_is_refused() -> None:
    whole = zipped({"app.json": APP, "forms/item.json": FORM}).getvalue()
    assert refused(io.BytesIO(whole[: len(whole) // 2])) == [("#", "package_not_zip")]
    spoiled = bytearray(whole)
    spoiled[45:60] = b"\x00" * 15
    assert refused(io.BytesIO(bytes(spoiled))) == [("#", "package_not_zip")]


def deep(levels: int) -> str:
    return '{"key":"x","a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe{}", "template_not_utf8"),
        ('{"a": "\\u0000"}', "template_not_utf8"),
        ('{"a": "\\ud800"}', "template_not_utf8"),
        ('{"a": "\x00"}', "template_not_utf8"),
        ('{"a": 1, "a": 2}', "template_not_json"),
        ('{"a": NaN}', "template_not_json"),
        ('{"a": 1e999}', "template_not_json"),
        ("[1]", "template_not_object"),
        (deep(60), "template_too_deep"),
        (deep(200_000), "template_too_deep"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(content: str | bytes, code: str) -> None:
    assert refused(zipped({"app.json": APP, "reports/x.json": content})) == [("shop/reports/x.json#", code)]


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        ("name\na\n", "#", "template_csv_no_key"),
        ("key,name,name\na,b,c\n", "#", "template_column_twice"),
        ("key,name\na,b,c\n", "#/2", "template_csv_cells"),
        ("key," + ",".join(f"a{at}.b" for at in range(2_000)) + "\n", "#", "template_csv_wide"),
        ("key,name\n,b\n", "#", "template_csv_no_row"),
        ("key,name\na,b\na,c\n", "#/3/key", "template_row_twice"),
        ('key,name\na,"b\n', "#", "template_not_csv"),
        (b"key,name\na,\xff\n", "#", "template_not_utf8"),
    ],
)
def test_a_data_file_that_cannot_be_read_is_named(content: str | bytes, place: str, code: str) -> None:
    files = {"app.json": APP, "forms/item.json": FORM, "data/item.csv": content}
    assert refused(zipped(files)) == [(f"shop/data/item.csv{place}", code)]


@pytest.mark.parametrize(
    ("name", "body", "place"),
    [
        ("forms/item.json", {"$id": "shop.item", "format": 2, "properties": {}}, "#/format"),
        ("flows/f.json", {"key": "f", "format": 7}, "#/format"),
        ("roles.json", {"format": 1, "roles": [{"key": "a", "format": 2}]}, "#/roles/0/format"),
        ("scenarios/s.json", {"key": "s", "format": 2}, "#/format"),
    ],
)
def test_a_newer_format_is_refused_in_its_own_words(name: str, body: dict[str, Any], place: str) -> None:
    assert refused(zipped({"app.json": APP, name: json.dumps(body)})) == [
        (f"shop/{name}{place}", "template_format_newer")
    ]


def test_keys_that_stand_twice_are_refused() -> None:
    roles = {"format": 1, "roles": [{"key": "a"}, {"key": "a"}, {"key": "B"}]}
    assert refused(zipped({"app.json": APP, "roles.json": json.dumps(roles)})) == [
        ("shop/roles.json#/roles/1/key", "key_twice"),
        ("shop/roles.json#/roles/2/key", "template_key_invalid"),
    ]


def test_several_apps_come_in_folders_and_loose_files_are_refused() -> None:
    other = APP.replace('"shop"', '"bank"')
    assert [one.key for one in loader.load_archive(zipped({"shop/app.json": APP, "bank/app.json": other}))] == [
        "bank",
        "shop",
    ]
    assert refused(zipped({"shop/app.json": APP, "loose.txt": "", "void/README.md": ""})) == [
        ("loose.txt#", "template_file_unknown"),
        ("void#", "template_no_app"),
    ]
    assert refused(zipped({})) == [("#", "template_no_app")]

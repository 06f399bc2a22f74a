"""Cells of a sheet and values of a record: what a person typed into a spreadsheet, and what they read there.

Owns the usual ways to write a number, a date, yes and no, an option. A field's column type decides how its cells are
read, so a new field type needs nothing here. Leaves what points to other things (relations, people) to `lookups`, and
whether a value is allowed to the same checks that typing goes through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from engine.errors import InvalidInput
from engine.texts import LANGUAGES, localized
from form_engine.definition import Field
from form_engine.values import Titles, mask, target

#: What a sheet may hold in one cell.
Raw = str | int | float | bool | Decimal | date | datetime | time | None
Reader = Callable[[Raw], Any]

#: Excel's day 0 (ECMA-376 part 1, section 18.17.4.1): serial 60 is a 29 February 1900 that never was.
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
_SERIALS = (61, 2_958_465)

_DATE = re.compile(r"(\d{4})\s*(?:[-/.年])\s*(\d{1,2})\s*(?:[-/.月])\s*(\d{1,2})\s*日?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?")
_SEPARATORS = re.compile(r"[,，、;；|\n]")
#: What needs no reading.
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,25})(?:\.[0-9]{1,12})?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CURRENCIES = "¥￥$€£"
_FLOAT_DIGITS = 15

_YES = frozenset({"true", "yes", "y", "1", "是", "真", "对", "√", "✓", "x"})
_NO = frozenset({"false", "no", "n", "0", "否", "假", "错", "×", "✗"})
_YES_NO: Mapping[str, tuple[str, str]] = {"zh-CN": ("是", "否"), "en-US": ("Yes", "No")}

#: A text cell that begins so is taken for a formula by spreadsheets (OWASP, "CSV injection").
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[+-]?[\d.,]+%?")


def is_blank(raw: Raw) -> bool:
    """Whether there is nothing in a cell."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def text(raw: Raw) -> str:
    """Return a cell as the text that a person sees in it."""
    if isinstance(raw, str):
        return armless(raw).strip() if raw.startswith("'") else raw.strip()
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else format(raw, f".{_FLOAT_DIGITS}g")
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(sep=" ", timespec="seconds")
    return "" if raw is None else str(raw)


# --- reading ---------------------------------------------------------------------------------------------------------


def reader(one: Field, time_zone: str) -> Reader:
    """Return what turns cells of this field into JSON input; it raises `InvalidInput` for what it cannot read.

    A cell's time is by the wall clock of `time_zone`.

    Fields that point to something are read as text: `lookups` finds what is meant.
    """
    if target(one) is not None:
        return _texts if one.type.traits.is_list else text
    if one.options.get("options"):
        choices = _choices(one)
        if one.type.traits.is_list:
            return lambda raw: [_choice(part, choices) for part in _texts(raw)]
        return _remembered(lambda raw: _choice(text(raw), choices))
    column = one.type.column(one.options)
    kind = str if column is None or one.type.traits.is_list else column.python_type
    if one.type.traits.is_list:
        return _texts
    if kind is datetime:
        return partial(_datetime, zone=ZoneInfo(time_zone))
    return _remembered(_date) if kind is date else _READERS.get(kind, text)


def _remembered(read: Reader) -> Reader:
    """Return the reader of a column in which few different cells stand many times."""
    return lru_cache(maxsize=256, typed=True)(read)


def _texts(raw: Raw) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in _SEPARATORS.split(text(raw)) if part.strip()))


def _choices(one: Field) -> Mapping[str, str]:
    """Return the options by everything that people may write for one: its value or its title in any language."""
    options: Sequence[Mapping[str, Any]] = one.options["options"]
    values = [option["value"] for option in options]
    titles = [
        (localized(option.get("title", option["value"]), language), option["value"])
        for option in reversed(options)
        for language in LANGUAGES
    ]
    found = {_folded(title): value for title, value in titles} | {_folded(value): value for value in values}
    # As they are usually written, too: then nothing need be folded.
    return found | {usual: found[_folded(usual)] for usual in (*values, *(title for title, _ in titles))}


def _choice(written: str, choices: Mapping[str, str]) -> str:
    # What is no option goes on as it is: the field's schema refuses it in its own words, or takes it as a new tag.
    found = choices.get(written)
    return found if found is not None else choices.get(_folded(written), written)


def _folded(written: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", written).casefold().split())


def number(raw: Raw) -> str:
    """Return a number as an exact decimal text: `¥1,234.50` → `1234.50`, `(3)` → `-3`, `12%` → `0.12`."""
    if isinstance(raw, str) and _PLAIN.fullmatch(raw):
        return raw
    if isinstance(raw, (bool, date, time)):
        raise InvalidInput("cell_not_number", value=text(raw))
    if isinstance(raw, float):
        # A double holds 15 digits that were typed; what follows them is the noise of binary fractions.
        return format(Decimal(format(raw, f".{_FLOAT_DIGITS}g")), "f")
    written = unicodedata.normalize("NFKC", text(raw)).replace(" ", "")
    plain = written.strip(_CURRENCIES + unicodedata.normalize("NFKC", _CURRENCIES))
    is_negative = plain.startswith("(") and plain.endswith(")")
    is_percent = plain.endswith("%")
    plain = plain.removeprefix("(").removesuffix(")").removesuffix("%")
    if not any(character.isdigit() for character in plain) or _NUMBER.fullmatch(plain) is None:
        raise InvalidInput("cell_not_number", value=written[:60])
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation as error:
        raise InvalidInput("cell_not_number", value=written[:60]) from error
    if is_percent:
        value = value.scaleb(-2)
    return format(-value if is_negative else value, "f")


def _integer(raw: Raw) -> Any:
    value = Decimal(number(raw))
    # A fraction goes on as it is: the schema says that it should be whole.
    return int(value) if value == value.to_integral_value() else value


def _boolean(raw: Raw) -> bool:
    if isinstance(raw, bool):
        return raw
    written = _folded(text(raw))
    if written in _YES or written in _NO:
        return written in _YES
    raise InvalidInput("cell_not_boolean", value=written[:60])


def _date(raw: Raw) -> str:
    if isinstance(raw, str) and _ISO_DATE.fullmatch(raw):
        try:
            return date.fromisoformat(raw).isoformat()
        except ValueError as error:
            raise InvalidInput("cell_not_date", value=raw) from error
    return _moment(raw, "cell_not_date").date().isoformat()


def _datetime(raw: Raw, zone: ZoneInfo) -> str:
    written = text(raw)
    if isinstance(raw, str) and "T" in written and (written.endswith("Z") or re.search(r"[+-]\d{2}:\d{2}$", written)):
        return written
    local = _moment(raw, "cell_not_datetime").replace(tzinfo=zone)
    return local.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(raw: Raw, code: str) -> datetime:
    """Return the local moment that a cell holds: a date of the spreadsheet, a serial number, or one of the usual texts."""
    if isinstance(raw, datetime):
        return raw.replace(tzinfo=None)
    if isinstance(raw, date):
        return datetime.combine(raw, time())
    written = unicodedata.normalize("NFKC", text(raw))
    matched = _DATE.match(written) or _COMPACT_DATE.fullmatch(written)
    try:
        if matched is None:
            serial = float(written)
            if not _SERIALS[0] <= serial <= _SERIALS[1]:
                raise InvalidInput(code, value=written[:60])
            return _EXCEL_EPOCH + timedelta(seconds=round(serial * 86_400))
        found = datetime(int(matched[1]), int(matched[2]), int(matched[3]))  # noqa: DTZ001 - likewise
        rest = written[matched.end() :].removeprefix("T").strip()
        clock = _TIME.fullmatch(rest) if rest else None
        if rest and clock is None:
            raise InvalidInput(code, value=written[:60])
        if clock is None:
            return found
        return found.replace(hour=int(clock[1]), minute=int(clock[2]), second=int(clock[3] or 0))
    except ValueError as error:
        raise InvalidInput(code, value=written[:60]) from error


_READERS: Mapping[type, Reader] = {
    Decimal: number,
    int: _integer,
    bool: _boolean,
}


# --- writing ---------------------------------------------------------------------------------------------------------


def written(one: Field, value: Any, titles: Titles, access: str | None, language: str, time_zone: str) -> Raw:
    """Return a stored value as a cell: numbers and dates as such, everything else as people read it."""
    if value is None:
        return None
    if access == "masked":
        return str(mask(one, value))
    to = target(one)
    if to is not None:
        ids: list[UUID] = list(value) if one.type.traits.is_list else [value]
        return "; ".join(titles.get((to, key), "") for key in ids)
    if one.options.get("options"):
        shown = {option["value"]: option.get("title", option["value"]) for option in one.options["options"]}
        items = value if one.type.traits.is_list else [value]
        return "; ".join(localized(shown.get(item, item), language) for item in items)
    if isinstance(value, bool):
        return _YES_NO.get(language, _YES_NO["en-US"])[0 if value else 1]
    if isinstance(value, datetime):
        return local(value, time_zone)
    if isinstance(value, (str, int, Decimal, date)):
        return value
    return "; ".join(str(item) for item in value)


def local(at: datetime, time_zone: str) -> datetime:
    """Return an instant as a spreadsheet shows it: the time in `time_zone`, without a zone."""
    return at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None, microsecond=0)


def harmless(cell: str) -> str:
    """Return a text that no spreadsheet runs: what looks like a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) and _PLAIN_NUMBER.fullmatch(cell) is None else cell


def armless(cell: str) -> str:
    """Take back what `harmless` did."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_DANGEROUS) else cell

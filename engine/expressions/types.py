"""The types of expressions and what names are in scope. Pure data; knows no form and no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from engine.texts import LocalizedText, localized


class Kind(StrEnum):
    """What a value is; EMPTY is the type of the literal `None`, which fits everywhere."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    RECORD = "record"
    LIST = "list"
    EMPTY = "empty"


class RecordType(Protocol):
    """A kind of record: a form, a sub-table's row, a member, a department.

    Worked example: `Members("crm.customer", {"name": TEXT, "level": TEXT})`.
    """

    @property
    def name(self) -> str:
        """Full name; two record types of one name are the same."""
        ...

    def member(self, key: str) -> Type | None:
        """Return the type of the member `key`, or None where there is no such member."""
        ...

    def members(self) -> Iterable[str]:
        """Return every member's key, to suggest the nearest one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """The type of a value.

    item      -- of a LIST: the type of what it holds.
    record    -- of a RECORD: what kind of record.
    is_array  -- of a LIST of records: the ids stand in one array value (`user.departments`), not in a table's rows.
    """

    kind: Kind
    item: Type | None = None
    record: RecordType | None = field(default=None, compare=False)
    is_array: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        if self.item is not None:
            return f"list of {self.item}"
        if self.record is not None:
            return f"record of {self.record.name}"
        return self.kind.value

    @property
    def title(self) -> LocalizedText:
        """What people call the type."""
        return {"zh-CN": _in_chinese(self), "en-US": str(self)}


_CHINESE: Mapping[Kind, str] = {
    Kind.NUMBER: "数字",
    Kind.TEXT: "文本",
    Kind.BOOLEAN: "是或否",
    Kind.DATE: "日期",
    Kind.DATETIME: "日期时间",
    Kind.RECORD: "记录",
    Kind.LIST: "列表",
    Kind.EMPTY: "空值",
}


def _in_chinese(type_: Type) -> str:
    if type_.item is not None:
        return f"一组{_in_chinese(type_.item)}"
    if type_.record is not None:
        return f"“{type_.record.name}”的记录"
    return _CHINESE[type_.kind]


NUMBER = Type(kind=Kind.NUMBER)
TEXT = Type(kind=Kind.TEXT)
BOOLEAN = Type(kind=Kind.BOOLEAN)
DATE = Type(kind=Kind.DATE)
DATETIME = Type(kind=Kind.DATETIME)
EMPTY = Type(kind=Kind.EMPTY)

PathNames = tuple[str, ...]


def any_of(*types: Type) -> LocalizedText:
    """Return what people call "one of these types"."""
    return {
        "zh-CN": "或".join(localized(one.title, "zh-CN") for one in types),
        "en-US": " or ".join(localized(one.title, "en-US") for one in types),
    }


def list_of(item: Type) -> Type:
    """Return the type of a list; of records it is a sub-table's rows, else one array value."""
    return Type(kind=Kind.LIST, item=item)


def record_of(record: RecordType) -> Type:
    """Return the type of a record."""
    return Type(kind=Kind.RECORD, record=record)


def ids_of(record: RecordType) -> Type:
    """Return the type of a list of records that is one array of their ids, as `user.departments` is."""
    return Type(kind=Kind.LIST, item=record_of(record), is_array=True)


@dataclass(frozen=True, slots=True)
class Members:
    """A record type given as a mapping of its members."""

    name: str
    types: Mapping[str, Type]

    def member(self, key: str) -> Type | None:
        """Return the type of `key`, or None."""
        return self.types.get(key)

    def members(self) -> Iterable[str]:
        """Return every member's key."""
        return self.types


#: Departments and people; the names are those of the platform, not of a form (a form's name holds a dot).
DEPARTMENT = Members("department", {"id": TEXT, "name": TEXT})
MEMBER = Members("member", {"id": TEXT, "username": TEXT, "name": TEXT, "department": record_of(DEPARTMENT)})

#: The type of the name `user`: the one who acts.
USER = record_of(
    Members(
        "member",
        {**MEMBER.types, "departments": ids_of(DEPARTMENT), "roles": list_of(TEXT)},
    )
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression may use, each with its type: `Scope({"total": NUMBER, "user": USER})`."""

    names: Mapping[str, Type]

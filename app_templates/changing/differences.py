"""What is different between two states of an app, element by element, told in words.

Pure. A pointer leads through names: elements of keyed lists by their key, as in `/x-form/views/mine/filter`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app_templates.changing.elements import MISSING, is_same, parts_of, shape_of

Change = Literal["added", "changed", "removed", "moved"]
#: Members that say how something is written, not what it is about: left out of the words.
_SILENT = frozenset({"properties", "items", "x-field", "x-form"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place that is not as it was.

    place  -- the names that lead there, as titles where there are any: `明细 › 单价 › 最小值`.
    before, after -- the values; MISSING where there is none.
    """

    pointer: str
    place: str
    change: Change
    before: Any
    after: Any


def differences(before: Any, after: Any, pointer: str = "", words: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Yield every place where `after` is not `before`, as deep as it has a name."""
    if is_same(before, after):
        return
    shape = shape_of((before, after))
    if shape == "value" or before is MISSING or after is MISSING:
        change: Change = "added" if before is MISSING else "removed" if after is MISSING else "changed"
        yield Difference(pointer=pointer, place=" › ".join(words), change=change, before=before, after=after)
        return
    was, now = parts_of(before, shape), parts_of(after, shape)
    found = False
    for name in dict.fromkeys((*was, *now)):
        old, new = was.get(name, MISSING), now.get(name, MISSING)
        for one in differences(old, new, f"{pointer}/{_escaped(name)}", _with(words, name, old, new)):
            found = True
            yield one
    if not found or [name for name in was if name in now] != [name for name in now if name in was]:
        order = " › ".join(words)
        yield Difference(pointer=pointer, place=order, change="moved", before=list(was), after=list(now))


def _with(words: tuple[str, ...], name: str, before: Any, after: Any) -> tuple[str, ...]:
    if name in _SILENT:
        return words
    for side in (after, before):
        if isinstance(side, Mapping) and isinstance(side.get("title"), str):
            return (*words, side["title"])
    return (*words, name)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")

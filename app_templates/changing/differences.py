"""What is different between two states of an app, element by element, told in words.

Pure. A pointer leads through names: elements of keyed lists by their key, as in `/x-form/views/mine/filter`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from app_templates.changing.elements import MISSING, is_same, parts_of, shape_of
from app_templates.changing.places import Text, Words, as_written, words

Change = Literal["added", "changed", "removed", "moved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place that is not as it was.

    place  -- where it is, in words: `明细`, `单价`, `最小值`.
    before, after -- the values; MISSING where there is none.
    """

    pointer: str
    place: Words
    change: Change
    before: Any
    after: Any


def differences(before: Any, after: Any, text: Text = as_written) -> Iterator[Difference]:
    """Yield every place where `after` is not `before`, as deep as it has a name."""
    for path, change, old, new in _differences(before, after, ()):
        pointer = "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)
        place = words((after, before), path, text)
        yield Difference(pointer=pointer, place=place, change=change, before=old, after=new)


def _differences(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Change, Any, Any]]:
    if is_same(before, after):
        return
    shape = shape_of((before, after))
    if shape == "value" or before is MISSING or after is MISSING:
        yield path, "added" if before is MISSING else "removed" if after is MISSING else "changed", before, after
        return
    was, now = parts_of(before, shape), parts_of(after, shape)
    found = False
    for name in dict.fromkeys((*was, *now)):
        for one in _differences(was.get(name, MISSING), now.get(name, MISSING), (*path, name)):
            found = True
            yield one
    if not found or [name for name in was if name in now] != [name for name in now if name in was]:
        yield path, "moved", list(was), list(now)

"""Three states of a document into one: what it was, what they made of it, what we made of it.

Pure. A part that only one side changed is as that side has it; what both changed alike is so; what both changed
differently is a conflict, where ours stands until somebody chooses. Nothing is dropped in silence: whatever one side
has and the result has not is either what the other side removed, or named as a conflict.

    merge(base, x, base) == merge(base, base, x) == merge(base, x, x) == x
    merge(base, x, y) == merge(base, y, x), where x and y change different parts
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app_templates.changing.elements import MISSING, is_same, parts_of, shape_of, whole_of

Choice = Literal["ours", "theirs"]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A place that both sides changed, each in its own way; values are MISSING where there is none."""

    path: Path
    base: Any
    ours: Any
    theirs: Any
    choice: Choice | None


@dataclass(slots=True)
class Merge:
    """A merge under way: what was chosen for which place, and the conflicts found."""

    choices: Mapping[Path, Choice] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)

    def merged(self, base: Any, ours: Any, theirs: Any, path: Path = ()) -> Any:
        """Return the value that stands at `path` after both changes; MISSING for none."""
        if is_same(ours, theirs) or is_same(theirs, base):
            return ours
        if is_same(ours, base):
            return theirs
        shape = shape_of((base, ours, theirs))
        if shape == "value" or ours is MISSING or theirs is MISSING:
            return self._chosen(base, ours, theirs, path)
        was, mine, other = (parts_of(value, shape) for value in (base, ours, theirs))
        found = {}
        for name in _order(list(was), list(mine), list(other)):
            was_it, my_own, their_own = (side.get(name, MISSING) for side in (was, mine, other))
            part = self.merged(was_it, my_own, their_own, (*path, name))
            if part is not MISSING:
                found[name] = part
        return whole_of(found, shape)

    def _chosen(self, base: Any, ours: Any, theirs: Any, path: Path) -> Any:
        choice = self.choices.get(path)
        self.conflicts.append(Conflict(path=path, base=base, ours=ours, theirs=theirs, choice=choice))
        return theirs if choice == "theirs" else ours


def _order(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Return every name once: those of the base in the order that somebody gave them, new ones behind their neighbours.

    Where both sides put the base's names into another order, ours stands.
    """
    known = set(base)
    moved = [side for side in (ours, theirs) if _is_moved(base, side)]
    backbone = _with_lost(base, [name for name in (moved[0] if moved else base) if name in known])
    behind: dict[str | None, list[list[str]]] = {}
    for side in (ours, theirs):
        for anchor, run in _runs(side, known):
            behind.setdefault(anchor, []).append(run)
    result: list[str] = []
    for name in (None, *backbone):
        if name is not None:
            result.append(name)
        # Both sides put something at one place: by their names, so that it does not matter whose is whose.
        for run in sorted(behind.get(name, ())):
            result += [new for new in run if new not in result]
    return list(dict.fromkeys(result))


def _is_moved(base: Sequence[str], side: Sequence[str]) -> bool:
    there, known = set(side), set(base)
    return [name for name in base if name in there] != [name for name in side if name in known]


def _with_lost(base: Sequence[str], names: list[str]) -> list[str]:
    """Return the names with those of the base that are not among them, each behind its neighbour of the base."""
    result, there = list(names), set(names)
    for at, name in enumerate(base):
        if name not in there:
            before = base[at - 1] if at else None
            result.insert(0 if before is None else result.index(before) + 1, name)
            there.add(name)
    return result


def _runs(side: Sequence[str], known: Iterable[str]) -> Iterable[tuple[str | None, list[str]]]:
    """Yield the new names of one side in runs, each with the known name before it."""
    known = set(known)
    anchor: str | None = None
    run: list[str] = []
    for name in side:
        if name in known:
            if run:
                yield anchor, run
            anchor, run = name, []
        else:
            run.append(name)
    if run:
        yield anchor, run

"""Rows read ahead: what follows is read while PostgreSQL takes the rows before it.

Owns the order of things alone: what comes, and where reading ends, is the same as without it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from engine.errors import DomainError
from form_engine.exchange.items import Item

#: Read at a time: less than a millisecond, for whoever waits for the end of the writing.
PIECE = 20


class Ahead(Iterator[Item]):
    """The items, up to `most` of them read before they are asked for.

    prepare -- does to items that are read ahead what can be done without a statement.
    """

    def __init__(self, items: Iterator[Item], most: int, prepare: Callable[[Sequence[Item]], None]) -> None:
        self._items = items
        self._most = most
        self._prepare = prepare
        self._read: deque[Item] = deque()
        self._error: DomainError | None = None

    def read_some(self) -> bool:
        """Read a few items; whether more may be read. What is wrong with the sheet is raised in its turn, by `next`."""
        if self._error is not None or len(self._read) >= self._most:
            return False
        found: list[Item] = []
        try:
            found.extend(islice(self._items, PIECE))
        except DomainError as error:
            self._error = error
        self._prepare(found)
        self._read += found
        return bool(found)

    def __next__(self) -> Item:
        """Return the next item; raises what its reading raised."""
        if self._read:
            return self._read.popleft()
        if self._error is not None:
            raise self._error
        return next(self._items)

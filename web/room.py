"""Whether there is room on the disk to change anything: a little is kept back for the database itself.

PostgreSQL stops where its log finds no room, and then nobody can even read. Refused a little earlier, changes are answered
507, reading goes on, and nothing has to be started again. Only the embedded database's disk is known here.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine.errors import StorageFull

#: However often it is asked, the system is asked no oftener.
_LOOK_SECONDS: Final = 0.5


@dataclass(slots=True, kw_only=True)
class Room:
    """The room in the folder of the embedded database; `reserve_bytes` 0: nobody looks."""

    folder: Path
    reserve_bytes: int
    _looked_at: float = field(default=float("-inf"))
    _is_enough: bool = True

    def is_enough(self) -> bool:
        """Whether more than the reserve is free; any thread may ask."""
        if not self.reserve_bytes:
            return True
        now = time.monotonic()
        if now - self._looked_at > _LOOK_SECONDS:
            self._looked_at = now
            try:
                found = os.statvfs(self.folder)
                self._is_enough = found.f_bavail * found.f_frsize > self.reserve_bytes
            except OSError:  # whatever is wrong with the folder, the database will say it
                self._is_enough = True
        return self._is_enough

    def require(self) -> None:
        """Raise `StorageFull` where there is not enough."""
        if not self.is_enough():
            raise StorageFull

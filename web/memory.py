"""Keeps the process's memory in bounds: how the C library keeps what threads give back, how often Python looks for rings.

glibc gives each thread an arena of its own, up to eight a processor, and each keeps its high-water mark. With a pool of
request threads that came to 320 MB resident where two shared arenas need 190, after the same 160 sign-ins; Python's
threads take turns anyway, so nothing waits for an arena.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

#: `M_ARENA_MAX` of glibc's <malloc.h>.
_ARENA_MAX: Final = -8
_ARENAS: Final = 2
#: After so many new objects Python looks for rings among them; its own is 700 (2,000 from 3.12 on).
_NEW_OBJECTS: Final = 100_000


def share_arenas() -> None:
    """Let all threads share two arenas; call it before threads are started. Elsewhere than on glibc it does nothing."""
    library = _library()
    if library is not None:
        library.mallopt(_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Return to the system what a first start has used and needs no more."""
    gc.collect()
    library = _library()
    if library is not None:
        library.malloc_trim(0)


def collect_seldom() -> None:
    """Look for rings of objects less often, and no more at what a start has made; call it when started.

    Records by the thousand are no rings: counting references lets them go at once. With Python's own thresholds
    a seventh of the time of an import went into looking for what was not there; a batch of it makes fewer objects than
    these.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])


def _library() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None

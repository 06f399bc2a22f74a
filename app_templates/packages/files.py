"""Files of a package: path inside the package -> content, and which paths there may be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

#: `crm/forms/customer.json` -> its bytes; with several apps each in a folder of its own.
Files = Mapping[str, bytes]

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]")


def name_fault(name: str, seen: dict[str, str]) -> tuple[str, dict[str, Any]] | None:
    """Return what is wrong with a path as (code, params); notes it in `seen`, which is shared by one package."""
    parts = name.split("/")
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts) or _UNPRINTABLE.search(name):
        return "package_path", {"name": name[:200].replace("\x00", "�")}
    if len(name) > 250:
        return "package_path", {"name": name[:200] + "…"}
    folded = unicodedata.normalize("NFC", name).casefold()
    if folded in seen:
        return "package_names_collide", {"name": name[:200], "other": seen[folded][:200]}
    seen[folded] = name
    return None

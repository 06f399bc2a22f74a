"""Hands the machine's pip settings (mirror, certificates, local wheels) on to uv, which does not read them."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping

#: pip's words for "use this index".
_SECTIONS = ("global", "install", ":env:")


def uv_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that make uv see what pip sees; `settings` by pip's names (`index-url`, …)."""
    variables = {"UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "UV_NO_CONFIG": "1"}
    if "index-url" in settings:
        variables["UV_DEFAULT_INDEX"] = settings["index-url"]
    if "extra-index-url" in settings:
        variables["UV_INDEX"] = " ".join(settings["extra-index-url"].split())
        # pip looks at all indexes and takes the best; the hashes say what may be taken.
        variables["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if "find-links" in settings:
        variables["UV_FIND_LINKS"] = ",".join(settings["find-links"].split())
    if "trusted-host" in settings:
        variables["UV_INSECURE_HOST"] = " ".join(settings["trusted-host"].split())
    if "cert" in settings:
        variables["SSL_CERT_FILE"] = settings["cert"]
    if "proxy" in settings:
        variables["ALL_PROXY"] = settings["proxy"]
    if settings.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        variables["UV_NO_INDEX"] = "1"
    # Whoever set uv's own variables knows better.
    return {name: os.environ.get(name, value) for name, value in variables.items()}


def parse(listing: str) -> dict[str, str]:
    """Return what `pip config list` prints as name -> value; the environment wins over `install`, that over `global`."""
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.partition(".")
        if section in found and value:
            found[section][option] = str(ast.literal_eval(value))
    return {option: value for section in _SECTIONS for option, value in found[section].items()}


def read(environment: Mapping[str, str]) -> dict[str, str]:
    """Return this machine's pip settings; none where pip cannot say."""
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return parse(answer.stdout) if answer.returncode == 0 else {}

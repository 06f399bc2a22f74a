"""Rules of the house that no linter knows: who commits, which words stand for nothing, what a commit may not name."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import (
    PACKAGES,
    ROOT,
    classes,
    committed_files,
    functions,
    name,
    page_files,
    python_files,
    tree,
)

#: Who may end a transaction: the unit of work, and the two that run before and outside of it.
_OWNERS_OF_TRANSACTIONS = {
    "web/backups/restoring.py",
    "engine/db.py",
    "engine/migrations/__init__.py",  # brings an empty database to the first version
    "engine/migrations/env.py",  # Alembic's own entry
}
_EMPTY_WORDS = {"manager", "helper", "helpers", "util", "utils", "handler", "processor", "base", "common", "misc"}
_TEXT_SUFFIXES = {".png", ".ico", ".woff2", ".jpg", ".zip", ".xlsx", ".pdf"}


def _endings_of_transactions(path: Path) -> list[int]:
    """Return the lines that begin or end a transaction of the database; a savepoint (of a dry run) is none."""
    return [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and re.search(r"(?<!savepoint)\.(commit|rollback)$|(connection|engine|session)\.begin$", ast.unparse(node.func))
    ]


def test_nobody_commits_but_the_unit_of_work() -> None:
    found = {
        name(path): endings
        for path in python_files(*PACKAGES)
        if name(path) not in _OWNERS_OF_TRANSACTIONS and (endings := _endings_of_transactions(path))
    }
    assert not found


def test_no_name_says_nothing() -> None:
    modules = {name(path): path.stem for path in python_files(*PACKAGES, "tools", "tests")}
    types = {
        f"{name(path)}:{node.name}": re.sub(r"(?<!^)(?=[A-Z])", "_", node.name).lower()
        for path in python_files(*PACKAGES, "tools")
        for node in classes(path)
    }
    page = {
        name(path): re.sub(r"(?<!^)(?=[A-Z])", "_", path.stem).lower()
        for path in [*page_files(".ts"), *page_files(".tsx")]
    }
    empty = {where for where, word in (modules | types | page).items() if _EMPTY_WORDS & set(re.split(r"[_.\-]", word))}
    assert not empty


def test_no_unfinished_work_is_left() -> None:
    words = re.compile(
        r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK", "NotImplemented" + "Error"]) + r")\b"
    )
    left = [
        f"{name(path)}:{number}"
        for path in [*python_files(*PACKAGES, "tools", "tests"), *page_files(".ts"), *page_files(".tsx")]
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert not left


def test_no_test_is_switched_off() -> None:
    words = re.compile(r"pytest\.(mark\.)?(skip|xfail|importorskip)\w*|\b(it|test|describe)\.(skip|only)\(")
    found = [
        f"{name(path)}:{number}"
        for path in [*python_files("tests"), *page_files(".test.ts"), *page_files(".test.tsx")]
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if words.search(line) and "re.compile" not in line
    ]
    assert not found


def test_only_runner_and_worker_catch_everything() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) == "Exception")
    ]
    allowed = re.compile(r"(runner|worker|execution|supervis\w*)\.py:|^web/(middleware|problems)\.py:")
    assert [where for where in found if not allowed.search(where)] == []


def test_every_test_asserts() -> None:
    idle = [
        f"{name(path)}:{function.name}"
        for path in python_files("tests")
        for function in functions(path)
        if function.name.startswith("test_") and path.stem.startswith("test_") and not _asserts(function)
    ]
    assert not idle


def _asserts(function: ast.AST) -> bool:
    def shows(node: ast.AST) -> bool:
        if isinstance(node, ast.Assert):
            return True
        called = ast.unparse(node.func).lower() if isinstance(node, ast.Call) else ""
        return any(word in called for word in ("raises", "warns", "assert", "expect", "check", "refuse"))

    return any(shows(node) for node in ast.walk(function))


def test_no_committed_file_names_a_package_registry() -> None:
    hosts = [
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "npmjs" + ".org",
        "npmjs" + ".com",
        "yarnpkg" + ".com",
        "npmmirror" + ".com",
    ]
    patterns = [*map(re.escape, hosts), "file:" + "///opt/", r"https?://[^\s\"'<>]*/sim" + r"ple\b", '"resol' + 'ved":']
    address = re.compile("|".join(patterns))
    named = {
        name(path)
        for path in committed_files()
        if path.suffix not in _TEXT_SUFFIXES and address.search(path.read_text("utf-8", errors="replace"))
    }
    assert not named


@pytest.mark.parametrize("package", [*PACKAGES, "tools"])
def test_every_package_says_what_it_owns(package: str) -> None:
    text = (ROOT / package / "README.md").read_text("utf-8")
    assert text.startswith("# ")
    assert len(text) > 400
    modules = {path.stem for path in (ROOT / package).glob("*.py") if not path.stem.startswith("_")}
    folders = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    unnamed = {word for word in modules | folders if f"`{word}" not in text and f"/{word}" not in text}
    assert not unnamed, f"{package}/README.md does not name these modules"


def test_every_module_has_a_docstring() -> None:
    silent = [name(path) for path in python_files(*PACKAGES, "tools", "tests") if ast.get_docstring(tree(path)) is None]
    assert not silent


def test_importing_the_product_does_nothing() -> None:
    """A fresh interpreter imports every module: nothing is written, opened to the network or started."""
    program = """
import pkgutil, sys, threading
sys.path.insert(0, sys.argv[1])
forbidden = {"socket.connect", "socket.bind", "subprocess.Popen", "os.mkdir", "os.remove", "os.fork", "os.posix_spawn"}

def watch(event, arguments):
    if event in forbidden or (event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")):
        raise SystemExit(f"{event} {arguments} while importing")

sys.dont_write_bytecode = True
names = []
for package in sys.argv[2:]:
    names.append(package)
    folder = __import__(package).__path__
    names += [info.name for info in pkgutil.walk_packages(folder, package + ".") if ".versions" not in info.name]
sys.addaudithook(watch)
for name in names:
    if not name.endswith((".env", "__main__")):
        __import__(name)
assert threading.active_count() == 1, threading.enumerate()
print(len(names))
"""
    command = [sys.executable, "-c", program, str(ROOT), *PACKAGES]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert int(answer.stdout.split()[-1]) > 100


def test_the_kernel_does_not_load_the_web() -> None:
    program = "import sys, engine.db, engine.embedded_postgres; print([m for m in sys.modules if m.split('.')[0] in ('fastapi', 'pydantic', 'web')])"
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"

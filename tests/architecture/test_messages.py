"""Every code the product raises has a sentence in both languages, and the sentences of one code say the same."""

from __future__ import annotations

import ast
import json
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.texts import LANGUAGES, catalogue
from tests.architecture.sources import PACKAGES, ROOT, classes, name, python_files, tree


def _messages() -> list[tuple[Path, str, dict[str, str]]]:
    return [
        (path, code, texts)
        for package in PACKAGES
        if (path := ROOT / package / "messages.json").exists()
        for code, texts in json.loads(path.read_text("utf-8")).items()
    ]


def _placeholders(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field}


def test_every_code_reads_well_in_both_languages() -> None:
    for path, code, texts in _messages():
        assert set(texts) == set(LANGUAGES), f"{name(path)} {code}"
        assert all(text.strip() for text in texts.values()), f"{name(path)} {code}"
        fields = [_placeholders(text) for text in texts.values()]
        assert fields[0] == fields[1], f"{name(path)} {code}: the languages have different placeholders"


def test_no_code_stands_twice() -> None:
    def no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), sorted(key for key in keys if keys.count(key) > 1)
        return dict(pairs)

    for package in PACKAGES:
        path = ROOT / package / "messages.json"
        if path.exists():
            json.loads(path.read_text("utf-8"), object_pairs_hook=no_twins)
    assert len(catalogue()) == len(_messages())


def _error_classes() -> set[str]:
    """Return the names of `DomainError` and of all its descendants, and of `Violation`."""
    known = {"DomainError", "Violation"}
    bases = {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for path in python_files(*PACKAGES)
        for node in classes(path)
    }
    while new := {child for child, parents in bases.items() if parents & known} - known:
        known |= new
    return known


def _codes(path: Path, errors: set[str]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in errors:
            given = [word.value for word in node.keywords if word.arg == "code"]
            if ast.unparse(node.func).rpartition(".")[2] != "Violation":
                given += node.args[:1]
            yield from ((value.lineno, code) for value in given for code in _constants(value))
        elif isinstance(node, ast.ClassDef) and node.name in errors:
            yield from (
                (item.lineno, code)
                for item in node.body
                if isinstance(item, ast.Assign) and [ast.unparse(target) for target in item.targets] == ["code"]
                for code in _constants(item.value)
            )


def _constants(value: ast.expr) -> list[str]:
    if isinstance(value, ast.IfExp):
        return [*_constants(value.body), *_constants(value.orelse)]
    return [value.value] if isinstance(value, ast.Constant) and isinstance(value.value, str) else []


def test_every_code_that_is_raised_has_a_sentence() -> None:
    errors = _error_classes()
    raised = {f"{name(path)}:{line}": code for path in python_files(*PACKAGES) for line, code in _codes(path, errors)}
    assert len(raised) > 50
    assert {where: code for where, code in raised.items() if code not in catalogue() and code != "error"} == {}


def _spoken_of(text: str, code: str) -> bool:
    """Whether the code stands in a source, whole or composed by an f-string (`f"problem_{status}"`, `f"{code}_near"`)."""
    beginnings = (f'f"{code[:end]}{{' for end in range(4, len(code)))
    ends = (f'}}{code[start:]}"' for start in range(1, len(code) - 4))
    return f'"{code}"' in text or any(part in text for part in (*beginnings, *ends))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_sentence_is_of_some_use(package: str) -> None:
    path = ROOT / package / "messages.json"
    codes = json.loads(path.read_text("utf-8")) if path.exists() else {}
    text = "\n".join(file.read_text("utf-8") for file in python_files(*PACKAGES))
    assert [code for code in codes if not _spoken_of(text, code)] == []

"""The reference in docs/ is what the functions say of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.expressions import FUNCTIONS
from engine.expressions.reference import reference_markdown
from engine.texts import Language

_FOLDER = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "expressions.md"), ("en-US", "expressions.en.md")])
def test_the_reference_in_docs_is_up_to_date(language: Language, name: str) -> None:
    written = reference_markdown(language)

    assert (_FOLDER / name).read_text("utf-8") == written
    assert all(f"### {function}\n" in written for function in FUNCTIONS)

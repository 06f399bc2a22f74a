"""The reference of balances is that of the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

from engine.json_schema import validator
from form_engine.balancing.balance import BALANCE_SCHEMA

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def test_the_published_schema_is_the_one_that_is_enforced() -> None:
    assert json.loads((REFERENCE / "balance.schema.json").read_text("utf-8")) == BALANCE_SCHEMA


def test_every_keyword_is_explained_and_every_example_is_right() -> None:
    text = (REFERENCE / "balances.md").read_text("utf-8")
    source = BALANCE_SCHEMA["properties"]["sources"]["items"]["properties"]
    for keyword in [*BALANCE_SCHEMA["properties"], *source]:
        assert f"`{keyword}`" in text or f'"{keyword}"' in text, keyword
    whole, rows = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL))
    check = validator("form_engine.balancing.balance", BALANCE_SCHEMA)
    assert check.violations(whole) == []
    assert check.violations(whole | {"sources": [rows]}) == []

"""The reference tells the truth: its examples are flows, its schema is the code's."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flow_engine.documents.checks import check_document
from flow_engine.documents.schema import flow_schema

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_the_published_schema_is_the_one_that_checks() -> None:
    """After a change write it anew: `python -m flow_engine.documents.schema > docs/reference/flow.schema.json`."""
    assert json.loads((REFERENCE / "flow.schema.json").read_text("utf-8")) == flow_schema()


def test_examples_satisfy_the_schema() -> None:
    examples = re.findall(r"```json\n(.*?)```", (REFERENCE / "flows.md").read_text("utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        assert check_document(json.loads(example)) == []

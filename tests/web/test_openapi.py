"""The description of the API is whole, and what is committed is what the application says."""

from __future__ import annotations

import json

import pytest

from web import openapi
from web.app import create_app
from web.platform import Platform


@pytest.fixture(scope="module")
def description() -> dict[str, object]:
    described: dict[str, object] = openapi.describe(create_app(Platform.unconnected()))
    return described


def test_the_committed_description_is_current(description: dict[str, object]) -> None:
    committed = json.loads(openapi.COMMITTED.read_text("utf-8"))
    assert committed == json.loads(json.dumps(description)), "run: python -m web.openapi"


def test_every_operation_says_what_it_does_and_answers(description: dict[str, object]) -> None:
    paths = json.loads(json.dumps(description["paths"]))
    names: list[str] = []
    for operations in paths.values():
        for operation in operations.values():
            names.append(operation["operationId"])
            assert operation["description"].endswith("."), operation["operationId"]
            assert len(operation["tags"]) == 1
            refused = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
            assert refused == {"$ref": "#/components/schemas/Problem"}
            done = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
            assert done["description"]
    assert len(names) == len(set(names))


def test_every_shape_that_is_named_is_described(description: dict[str, object]) -> None:
    text = json.dumps(description)
    schemas = set(json.loads(text)["components"]["schemas"])
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= schemas

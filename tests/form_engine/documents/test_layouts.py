"""Formulas in order, record titles, and how a form is arranged when nobody arranged it. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from engine.expressions import Expression, ExpressionError
from form_engine.definition import Field
from form_engine.documents import titles
from form_engine.documents.formulas import circle, ordered
from form_engine.documents.inference import normal
from form_engine.documents.layouts import default_layout, default_view, indexed_columns
from form_engine.documents.reading import compiled_formulas, read_fields
from form_engine.documents.record_types import FormRecord, filter_scope


def _field(kind: str, /, **options: Any) -> dict[str, Any]:
    return {"x-field": {"type": kind, **options}}


def _lines(**cells: Any) -> dict[str, Any]:
    return {"x-field": {"type": "table"}, "items": {"properties": cells}}


def _fields(**properties: Any) -> dict[str, Field]:
    return read_fields(normal({"properties": properties})[0], "order")


def _record(**properties: Any) -> FormRecord:
    return FormRecord(name="crm.order", fields=_fields(**properties), resolve=lambda name: _record())


def test_formulas_stand_behind_those_they_use() -> None:
    record = _record(
        grand=_field("money", formula="total * 2"),
        total=_field("money", formula="SUM(lines.amount)"),
        rate=_field("decimal", formula="base + 1"),
        base=_field("decimal"),
        lines=_lines(
            amount=_field("money", formula="net * rate"),
            net=_field("money", formula="price * 2"),
            price=_field("money"),
        ),
    )
    order = [".".join(formula.path) for formula in ordered(compiled_formulas(record), record.fields)]
    assert set(order) == {"grand", "total", "rate", "lines.amount", "lines.net"}
    for first, then in (
        ("lines.net", "lines.amount"),
        ("rate", "lines.amount"),
        ("lines.amount", "total"),
        ("total", "grand"),
    ):
        assert order.index(first) < order.index(then)


def test_a_cell_stands_before_a_head_field_of_its_name() -> None:
    record = _record(
        price=_field("money", formula="SUM(lines.amount)"),
        lines=_lines(amount=_field("money", formula="price"), price=_field("money")),
    )
    assert circle(compiled_formulas(record), record.fields) == []


def test_counting_rows_needs_no_cell() -> None:
    record = _record(
        count=_field("integer", formula="COUNT(lines)"), lines=_lines(share=_field("decimal", formula="1 / count"))
    )
    assert [formula.path for formula in ordered(compiled_formulas(record), record.fields)] == [
        ("count",),
        ("lines", "share"),
    ]


def test_a_formula_that_needs_itself_is_a_circle() -> None:
    record = _record(a=_field("integer", formula="a + 1"))
    assert circle(compiled_formulas(record), record.fields) == ["a", "a"]


def test_a_title_is_texts_and_expressions() -> None:
    parts = titles.parts("No. {number}: {name}", filter_scope(_record(number=_field("integer"), name=_field("text"))))
    assert [part.text if isinstance(part, Expression) else part for part in parts] == ["No. ", "number", ": ", "name"]


@pytest.mark.parametrize("template", ["{", "}", "a { b", "{a} }", "{nobody}", "{}"])
def test_a_broken_title_is_refused(template: str) -> None:
    with pytest.raises(ExpressionError):
        titles.parts(template, filter_scope(_record(a=_field("text"))))


@pytest.mark.parametrize(
    ("properties", "title"),
    [
        (
            {"number": _field("serial", pattern="{seq}"), "day": _field("date"), "name": _field("text")},
            "{number} {name}",
        ),
        ({"note": _field("long_text"), "name": _field("text")}, "{name}"),
        ({"day": _field("date")}, "{id}"),
    ],
)
def test_a_form_without_a_title_gets_one(properties: dict[str, Any], title: str) -> None:
    assert titles.default_title(_fields(**properties)) == title


def test_the_default_arrangement_shows_everything() -> None:
    fields = _fields(name=_field("text"), note=_field("long_text"), file=_field("file"), lines=_lines(a=_field("text")))
    assert [(section.key, section.columns, section.fields) for section in default_layout(fields)] == [
        ("main", 2, ("name", "note", "file")),
        ("table_lines", 1, ("lines",)),
    ]
    assert default_view(fields).columns == ("name",)
    assert default_view(fields).sort == ("-created_at",)


def test_fields_by_which_views_filter_and_sort_are_known() -> None:
    fields = _fields(status=_field("text"), day=_field("date"), name=_field("text"))
    views = [{"key": "a", "filter": "status == 'open'", "sort": ["-day"]}, {"key": "b"}]
    assert indexed_columns({"x-form": {"views": views}}, fields) == {"status", "day"}

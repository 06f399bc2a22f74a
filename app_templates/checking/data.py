"""What is wrong with an app's data files: columns and row keys that lead nowhere.

What a cell means to its field is known to the records service, which writes the rows; see `rows`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app_templates.checking.references import as_object
from app_templates.template import OWNER, Row, Template
from engine.errors import Violation


def faults(template: Template, templates: Sequence[Template]) -> Iterator[Violation]:
    """Yield every column and row key that is not there."""
    forms = {each.name(document): document for each in templates for document in each.of_kind("forms")}
    # Rows of an app that is installed already, and not checked along, cannot be known from here.
    keys: dict[str, set[str]] = {name: set() for name in forms}
    keys |= {f"{each.key}.{form}": {row.key for row in rows} for each in templates for form, rows in each.rows.items()}
    for form, rows in template.rows.items():
        document = forms.get(f"{template.key}.{form}")
        file = f"{template.key}/data/{form}.csv"
        if document is None:
            yield Violation(pointer=f"{file}#", code="template_form_unknown", params={"name": form})
            continue
        for row in rows:
            properties = as_object(document.body.get("properties"))
            yield from _cells(file, row, row.values, properties, "", keys)
            for table, lines in row.tables.items():
                cells = as_object(as_object(as_object(properties.get(table)).get("items")).get("properties"))
                for line in lines:
                    yield from _cells(file, row, line, cells, f"{table}.", keys)


def _cells(
    file: str,
    row: Row,
    values: Mapping[str, str],
    properties: Mapping[str, Any],
    prefix: str,
    keys: Mapping[str, set[str]],
) -> Iterator[Violation]:
    for name, text in values.items():
        pointer = f"{file}#/{row.line}/{prefix}{name}"
        prop = properties.get(name)
        if name == OWNER and not prefix:
            continue
        if prop is None:
            yield Violation(
                pointer=pointer,
                code="template_column_unknown",
                params={"name": f"{prefix}{name}"},
            )
            continue
        target = as_object(as_object(prop).get("x-field")).get("form")
        known = keys.get(str(target))
        if known is not None and text not in known:
            yield Violation(
                pointer=pointer,
                code="template_row_unknown",
                params={"key": text, "form": target},
            )

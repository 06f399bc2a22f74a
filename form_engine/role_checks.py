"""What may be wrong with a role's entry for a form or a balance, before the role goes live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import definitions, expressions
from engine.actor import SYSTEM
from engine.db import Session
from engine.errors import Violation
from engine.expressions import BOOLEAN, ExpressionError
from form_engine import sources
from form_engine.evaluating.columns import FormColumns
from form_engine.querying import filters


def check_entry(session: Session, form_name: str, entry: Mapping[str, Any], at: str) -> list[Violation]:
    """Return what is wrong with a role's entry: unknown fields, scopes that do not compile or have no SQL.

    The `form_check` of `engine.permissions.publish`; a balance's fields are its dimensions and measures.
    """
    catalog = definitions.catalog(session)
    if catalog.find("forms", form_name) is None and catalog.find("balances", form_name) is None:
        return []
    form = sources.get(session, form_name)
    found = [
        Violation(pointer=f"{at}/fields/{key}", code="unknown_field", params={"field": key})
        for key in entry.get("fields", {})
        if key not in form.fields
    ]
    scope = entry.get("scope")
    texts = scope if isinstance(scope, Mapping) else {"": scope} if scope else {}
    for action, text in texts.items():
        spot = f"{at}/scope/{action}" if action else f"{at}/scope"
        try:
            columns = FormColumns(session=session, form=form, actor=SYSTEM)
            expressions.compile(text, filters.names(form), BOOLEAN).to_sql(
                columns, now=session.now, zone=session.time_zone
            )
        except ExpressionError as error:
            found.append(Violation(pointer=spot, code=error.code, params=error.params))
    return found

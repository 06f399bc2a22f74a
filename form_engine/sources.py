"""What can be read like a form: forms, and balances."""

from __future__ import annotations

from engine import definitions
from engine.db import Session
from form_engine import forms
from form_engine.balancing import balance
from form_engine.definition import Form


def get(session: Session, name: str) -> Form:
    """Return the form, or the balance's face as a read-only form, of this full name; raises `NotFound`."""
    return balance.get(session, name).form if is_balance(session, name) else forms.get(session, name)


def is_balance(session: Session, name: str) -> bool:
    """Whether the name is that of a published balance."""
    return definitions.catalog(session).find("balances", name) is not None

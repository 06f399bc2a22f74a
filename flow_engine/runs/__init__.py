"""How runs begin and go on: one event, one transaction, and the rows that a run leaves."""

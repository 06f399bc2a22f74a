"""Records as expressions see them, in Python and in SQL, and what formulas, defaults and rules come to."""

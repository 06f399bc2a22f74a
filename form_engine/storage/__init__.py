"""Forms as tables of PostgreSQL: their shapes, the way from one to the next, what was removed, and the rows."""

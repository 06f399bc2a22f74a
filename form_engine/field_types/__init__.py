"""The field types: one module each, found by its file name; none imports another."""

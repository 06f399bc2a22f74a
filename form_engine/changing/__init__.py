"""The one path by which records change, and its steps."""

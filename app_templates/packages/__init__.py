"""Apps as files: read from folders and archives, written back, always in one canonical form."""

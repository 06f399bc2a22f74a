"""Ground floor: database, expressions, definitions, identity, permissions, events, jobs, files, settings."""

"""Which records: rights, filters and lists as statements, what points where, and how records are called and told."""

"""What several node types share when they act: queries, locks, which records, which people."""

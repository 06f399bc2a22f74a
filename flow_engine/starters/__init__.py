"""What starts flows besides changed records and people: the clock, and other systems."""

"""Running totals: what a balance is, how it is filled and checked, and how it goes live."""

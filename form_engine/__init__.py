"""Forms, field types, records and balances: what a business stores, how it is checked, shown and kept exact."""

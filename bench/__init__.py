"""How fast the platform is, beside an application written by hand and beside raw SQL, on one machine in one run."""

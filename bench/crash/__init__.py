"""`dougong bench crash`: people work while servers, workers and PostgreSQL are killed; afterwards everything is counted.

What clients were told stands in a ledger outside the database; what left the platform stands at the receivers. The
database must agree with both.
"""

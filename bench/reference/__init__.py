"""The measure: the same business as an application written by hand with FastAPI, SQLAlchemy and psycopg2.

Written as a good engineer would: typed models, one transaction a request, eager loading, no statement that is not
needed. It shares nothing with the platform but the shape of its tables and the rows in them.
"""

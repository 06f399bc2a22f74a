"""A PostgreSQL server that comes with the product, shared by every process that uses one data folder.

    with EmbeddedPostgres(Path("var/postgres")) as url:      # postgresql+psycopg2://…
        database = engine.db.connect(url)

Owns the server's life: binaries, cluster, start, stop. Leaves what is in the database to `engine.migrations`.

The rules it stands on:

* The users of a server hold a shared `flock`; the kernel gives it back when they die, however they die. Who leaves
  last stops the server. A server whose last user was killed runs on, until the next user adopts it and leaves.
* Start and stop happen under one exclusive `flock`.
* A cluster is made in a temporary folder and renamed when it is whole.
* A real connection decides whether the server is up, never a pid file.
"""

from engine.embedded_postgres.failure import EmbeddedPostgresError
from engine.embedded_postgres.server import EmbeddedPostgres, erase

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "erase"]

"""The PostgreSQL of a test run: one server, a migrated template, a database for each worker, clones on demand."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg2
import sqlalchemy as sa

from engine import migrations
from engine.embedded_postgres import EmbeddedPostgres
from tests import demo

TEMPLATE = "dougong_template"
DEMO_TEMPLATE = "dougong_demo_template"
_LOCK = 7_301_944


@contextmanager
def server(folder: Path | None) -> Iterator[str]:
    """Give the URL of the run's server: the one in `folder` that the run's first process keeps, else one of our own."""
    own = None if folder else Path(tempfile.mkdtemp(prefix="dougong-tests-"))
    home = folder or own
    assert home is not None
    try:
        with EmbeddedPostgres(home / "postgres", fsync=False, die_with_parent=True) as url:
            yield url
    finally:
        if own is not None:
            shutil.rmtree(own, ignore_errors=True)


def ensure_template(url: str) -> None:
    """Make the template database with the platform's tables, once a server."""
    with _making(url, TEMPLATE) as made:
        if made is not None:
            _migrate(made)


def ensure_demo_template(url: str) -> None:
    """Make the template database with the shipped apps, their demo records and people, once a server."""
    with _making(url, DEMO_TEMPLATE) as made:
        if made is not None:
            _migrate(made)
            demo.install(made)


def _migrate(url: str) -> None:
    engine = sa.create_engine(url)
    migrations.upgrade(engine)
    engine.dispose()


@contextmanager
def _making(url: str, name: str) -> Iterator[str | None]:
    """Give the URL of a database to be filled, which then becomes the template `name`; None where that is there."""
    with _administration(url) as cursor:
        cursor.execute("select pg_advisory_lock(%s)", (_LOCK,))
        cursor.execute("select 1 from pg_database where datname = %s", (name,))
        if cursor.fetchone() is None:
            # A run that was killed while it made one has left it half made.
            cursor.execute("drop database if exists template_in_the_making with (force)")
            cursor.execute("create database template_in_the_making")
            yield named(url, "template_in_the_making")
            cursor.execute(f"alter database template_in_the_making rename to {name}")
        else:
            yield None
        cursor.execute("select pg_advisory_unlock(%s)", (_LOCK,))


@contextmanager
def clone(url: str, template: str = TEMPLATE) -> Iterator[str]:
    """Give the URL of a new database like the template; drop it afterwards."""
    name = f"test_{os.getpid()}_{uuid4().hex[:8]}"
    with _administration(url) as cursor:
        cursor.execute(f"create database {name} template {template}")
    try:
        yield named(url, name)
    finally:
        with _administration(url) as cursor:
            cursor.execute(f"drop database {name} with (force)")


def named(url: str, database: str) -> str:
    """Return `url` with another database."""
    return sa.make_url(url).set(database=database).render_as_string(hide_password=False)


@contextmanager
def _administration(url: str) -> Iterator[psycopg2.extensions.cursor]:
    plain = sa.make_url(url).set(drivername="postgresql", database="postgres")
    with closing(psycopg2.connect(plain.render_as_string(hide_password=False))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor

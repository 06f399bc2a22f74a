"""`dougong serve`: from an empty data folder to a served page in one call, and everything stopped again.

Order of start: data folder, database (embedded unless a URL is set), migrations, first installation, HTTP. PostgreSQL
and the worker stop in the application's lifespan: uvicorn ends the process by the signal it got, so nothing after
`run()` can be relied on.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from engine import logs, migrations
from engine.errors import DomainError, Unavailable
from engine.settings import Settings
from web import first_start, memory, password_page
from web.app import create_app
from web.platform import Platform

log = logging.getLogger("dougong.web")

#: How long a request that runs when the server is told to stop may go on.
GRACE_SECONDS = 15
#: How often to look whether the embedded PostgreSQL still runs.
WATCH_SECONDS = 2.0


class Refusal(DomainError):
    """The server does not start as it was told to."""


@contextmanager
def connected(settings: Settings) -> Iterator[Platform]:
    """Give the platform on its database, which is started where it is the embedded one."""
    with ExitStack() as stack:
        url = settings.database_url
        if url is None:
            from engine.embedded_postgres import EmbeddedPostgres  # noqa: PLC0415 - not needed with a URL

            postgres = EmbeddedPostgres(settings.data_dir / "postgres")
            url = stack.enter_context(postgres)
            stack.enter_context(_kept_alive(postgres.revive))
        platform = Platform.connect(settings, url)
        stack.callback(platform.database.dispose)
        yield platform


@contextmanager
def _kept_alive(revive: Callable[[], bool]) -> Iterator[None]:
    """Start the embedded PostgreSQL again whenever it goes away: nobody else would."""
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(WATCH_SECONDS):
            try:
                if revive():
                    log.warning("PostgreSQL had gone away and was started again")
            except Unavailable as error:
                log.error("PostgreSQL went away and does not start again: %s", error)  # noqa: TRY400 - said in full

    watcher = threading.Thread(target=watch, name="postgres", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()


@contextmanager
def opened(settings: Settings) -> Iterator[Platform]:
    """Give the platform on its database, brought up to date."""
    with connected(settings) as platform:
        migrations.upgrade(platform.database.engine)
        yield platform


def serve(settings: Settings, *, is_working: bool, announce: Callable[[Platform, str, str | None], None]) -> None:
    """Serve until told to stop; `is_working` runs jobs in this process too.

    Calls `announce` once it is ready: with the platform, its address, and on the first start outside demo mode the
    link by which the administrator signs in.
    """
    memory.share_arenas()
    logs.configure(settings.log_format, settings.log_level)
    with ExitStack() as stack:
        listening = stack.enter_context(_listening(settings))
        platform = stack.enter_context(opened(settings))
        secret = first_start.prepare(platform)
        memory.give_back()
        memory.collect_seldom()
        everything = stack.pop_all()
    address = _address(settings, listening)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        worker = None
        if is_working:
            app.state.worker = platform.worker()
            worker = threading.Thread(target=app.state.worker.run, args=(stop,), name="worker", daemon=True)
            worker.start()
        try:
            announce(platform, address, password_page.link(address, secret) if secret else None)
            yield
        finally:
            stop.set()
            if worker is not None:
                await run_in_threadpool(worker.join, GRACE_SECONDS)
            await run_in_threadpool(everything.close)

    config = uvicorn.Config(
        create_app(platform, lifespan=lifespan),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=True,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        everything.close()


def _address(settings: Settings, listening: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.base_url or f"http://{host}:{listening.getsockname()[1]}"


def _listening(settings: Settings) -> socket.socket:
    """Return the socket to serve on, taken first: who cannot have the port should not wait for a database.

    Raises `Refusal`.
    """
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listening = socket.create_server((settings.host, settings.port), family=family, backlog=512)
    except OSError as error:
        raise Refusal("address_in_use", host=settings.host, port=settings.port, reason=error.strerror) from error
    # Connections inherit it. asyncio sets it only on sockets made with an explicit protocol, and without it every
    # answer waits 40 ms for the client's delayed acknowledgement (measured).
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening

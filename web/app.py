"""The HTTP application: paths, what surrounds them, and the page for everything that is not the API's."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.errors import NotFound
from web import openapi, password_page
from web.api import ROUTERS
from web.middleware import Problems, SecurityHeaders
from web.observing import Observed, Requests
from web.platform import Platform
from web.static_files import STATIC, Page

#: What a multipart body has beside its file.
_FORM_BYTES = 512 * 1024
#: Requests that may wait for the database at once: its pool and a little more, which then waits for the pool.
THREADS = 24

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(platform: Platform, *, lifespan: Lifespan | None = None) -> FastAPI:
    """Return the application over `platform`; `lifespan` starts and stops what runs beside it."""

    @asynccontextmanager
    async def alive(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        if lifespan is None:
            yield
            return
        async with lifespan(app):
            yield

    requests = Requests()
    app = FastAPI(
        title="Dougong",
        version=openapi.VERSION,
        lifespan=alive,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        exception_handlers={HTTPException: _raise, RequestValidationError: _raise},
        middleware=[
            Middleware(Observed, requests=requests),
            Middleware(SecurityHeaders, is_https=platform.settings.is_https),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=4),
            Middleware(
                Problems,
                max_body_bytes=platform.settings.max_body_bytes,
                streamed=(
                    (re.compile(r"/api/files"), platform.settings.max_file_bytes + _FORM_BYTES),
                    (re.compile(r"/api/apps(/[^/]+/upgrade)?"), platform.settings.max_file_bytes + _FORM_BYTES),
                    (re.compile(r"/api/records/[^/]+/[^/]+/import"), platform.settings.max_import_bytes + _FORM_BYTES),
                ),
            ),
        ],
    )
    app.state.platform = platform
    app.state.requests = requests
    for router in (*ROUTERS, password_page.router):
        app.include_router(router)
    openapi.serve(app)
    app.router.default = _page(Page(STATIC))
    return app


def _page(page: Page) -> ASGIApp:
    """Return what answers paths that no route has: the page, for those who read; `NotFound` for everybody else."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            raise NotFound("unknown_path")
        response = await run_in_threadpool(page.respond, Request(scope))
        await response(scope, receive, send)

    return app


async def _raise(_request: Request, error: Exception) -> Any:
    """Let an error pass on to `Problems`, which answers all of them."""
    raise error

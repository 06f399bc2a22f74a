"""The built page: its files, its one HTML document for every path that is not the API's, or a note that it is not built.

Files under `assets/` carry a hash in their names and never change; the HTML document is asked for every time. A
`<file>.gz` or `<file>.br` beside a file (written by the build) is sent to whoever takes it.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from engine.errors import NotFound
from engine.texts import message

STATIC: Final = Path(__file__).with_name("static")
_IMMUTABLE = "public, max-age=31536000, immutable"
#: First parts of paths that are not for people: whoever asks one that is not there is told so, not given the page.
_PROGRAMS: Final = frozenset({"api", "metrics", "healthz", "readyz"})
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


class Page:
    """Serves one folder of built files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def respond(self, request: Request) -> Response:
        """Return the file at the request's path, or the HTML document where the path is one of the page's own.

        Raises `NotFound` for paths that programs ask, which never are a page's, and for a file that is not there.
        """
        path = request.url.path.lstrip("/")
        if path.partition("/")[0] in _PROGRAMS:
            raise NotFound("unknown_path")
        file = self._file(path)
        if file is not None:
            cache = _IMMUTABLE if path.startswith("assets/") else "no-cache"
            return self._send(file, request, cache)
        if path.startswith("assets/") or "." in path.rpartition("/")[2]:
            raise NotFound("unknown_path")
        index = self._folder / "index.html"
        if index.is_file():
            return self._send(index, request, "no-cache")
        return _not_built(request.state.language)

    def _file(self, path: str) -> Path | None:
        if not path:
            return None
        file = (self._folder / path).resolve()
        return file if file.is_relative_to(self._folder) and file.is_file() else None

    def _send(self, file: Path, request: Request, cache: str) -> Response:
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
        accepted = request.headers.get("accept-encoding", "")
        for encoding, suffix in _ENCODINGS:
            packed = file.with_name(file.name + suffix)
            if encoding in accepted and packed.is_file():
                return FileResponse(packed, headers={**headers, "Content-Encoding": encoding}, media_type=media_type)
        return FileResponse(file, headers=headers, media_type=media_type)


def _not_built(language: str) -> HTMLResponse:
    text = message("page_not_built", {}, language)
    return HTMLResponse(
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>Dougong</title>'
        '<body style="font:16px/1.6 system-ui;max-width:36rem;margin:4rem auto;padding:0 1rem">'
        f'<h1>Dougong 斗拱</h1><p>{text}</p><p><a href="/docs">API</a></p>',
        status_code=503,
        headers={"Cache-Control": "no-store"},
    )

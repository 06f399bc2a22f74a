"""The description of the API: OpenAPI 3.1, a page that shows it without scripts, and a note for each problem.

`python -m web.openapi` writes the description to `web/ui/src/lib/openapi.json`, from which the page's client types are
generated; a test holds the committed file to what the application says.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema
from starlette.responses import HTMLResponse, Response

from engine.errors import NotFound
from engine.texts import LANGUAGES, catalogue, localized
from web.schemas.shape import Output

VERSION: Final = "0.1.0"
COMMITTED: Final = Path(__file__).parent / "ui" / "src" / "lib" / "openapi.json"
_DESCRIPTION = """Decimals are strings, instants RFC 3339 in UTC, relations `{"id", "title"}` on output and an id on input.
Every failure is an RFC 9457 problem whose `errors` point at the spots. Writes with the session cookie carry
`X-Requested-With: dougong`; programs use `Authorization: Bearer <API token>`. A `POST` may carry `Idempotency-Key`."""
_METHODS = ("get", "post", "put", "patch", "delete")


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description of `app`."""
    description = get_openapi(
        title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes, summary="Low-code platform"
    )
    components = description["components"]
    schemas = components["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= _shapes()
    components["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "dougong_session"},
        "token": {"type": "http", "scheme": "bearer"},
    }
    refused = {
        "description": "Refused; nothing has changed.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path, operations in description["paths"].items():
        for method in _METHODS:
            if method in operations:
                operation = operations[method]
                operation["responses"].pop("422", None)
                operation["responses"]["default"] = refused
                operation["security"] = [{"session": []}, {"token": []}] if path.startswith("/api/") else []
    description["components"]["schemas"] = dict(sorted(schemas.items()))
    return description


def _shapes() -> dict[str, Any]:
    """Return the schema of every answer, by name."""
    template = "#/components/schemas/{model}"
    _, found = models_json_schema([(shape, "serialization") for shape in _below(Output)], ref_template=template)
    schemas: dict[str, Any] = found["$defs"]
    return schemas


def _below(shape: type[Output]) -> list[type[Output]]:
    return [each for below in shape.__subclasses__() for each in (below, *_below(below))]


def serve(app: FastAPI) -> None:
    """Add `/openapi.json`, `/docs` and `/problems/{code}` to `app`."""
    text: list[bytes] = []

    def described() -> bytes:
        if not text:
            text.append(json.dumps(describe(app), ensure_ascii=False).encode())
        return text[0]

    @app.get("/openapi.json", include_in_schema=False)
    def openapi_json() -> Response:
        return Response(described(), media_type="application/json")

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return HTMLResponse(_docs(json.loads(described())))

    @app.get("/problems/{code}", include_in_schema=False)
    def problem(code: str) -> Response:
        texts = catalogue().get(code)
        if texts is None:
            raise NotFound("unknown_path")
        shown = "".join(f'<p lang="{language}">{escape(localized(texts, language))}</p>' for language in LANGUAGES)
        return HTMLResponse(_document(code, f"<h1><code>{escape(code)}</code></h1>{shown}"))


def _document(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>body{{font:15px/1.6 system-ui;max-width:60rem;margin:2rem auto;"
        "padding:0 1rem;color-scheme:light dark}code{font-size:.95em}summary{cursor:pointer}"
        f"b{{display:inline-block;min-width:4.5rem}}pre{{overflow:auto}}</style>{body}"
    )


def _docs(description: dict[str, Any]) -> str:
    """Return the description as one HTML document: operations by tag, then the schemas they name."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            by_tag.setdefault(operation["tags"][0], []).append(_operation(path, method, operation))
    sections = "".join(f"<h2>{escape(tag)}</h2>{''.join(entries)}" for tag, entries in by_tag.items())
    schemas = "".join(
        f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        f"<pre>{escape(json.dumps(schema, indent=2, ensure_ascii=False))}</pre></details>"
        for name, schema in description["components"]["schemas"].items()
    )
    intro = f"<h1>Dougong API</h1><p>{escape(description['info']['description'])}</p>"
    return _document(
        "Dougong API", f'{intro}<p><a href="/openapi.json">openapi.json</a></p>{sections}<h2>Schemas</h2>{schemas}'
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    parameters = "".join(
        f"<li><code>{escape(entry['name'])}</code> ({entry['in']}) {escape(entry.get('description', ''))}</li>"
        for entry in operation.get("parameters", [])
    )
    body = json.dumps(operation.get("requestBody", {}), indent=2)
    shown_body = f"<pre>{escape(body)}</pre>" if operation.get("requestBody") else ""
    text = operation.get("description") or operation.get("summary", "")
    return (
        f"<details><summary><b>{method.upper()}</b><code>{escape(path)}</code></summary>"
        f"<p>{escape(text)}</p><ul>{parameters}</ul>{shown_body}</details>"
    )


def main() -> None:
    """Write the committed description."""
    from web.app import create_app  # noqa: PLC0415 - which imports this module
    from web.platform import Platform  # noqa: PLC0415 - likewise

    app = create_app(Platform.unconnected())
    COMMITTED.parent.mkdir(parents=True, exist_ok=True)
    COMMITTED.write_text(json.dumps(describe(app), ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""The built page: its files, its one document for every path of its own, and what is said before it is built."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web.conftest import serve
from web import app as application
from web.platform import Platform


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>page")
    (tmp_path / "assets" / "a-1.js").write_text("let a = 1;")
    (tmp_path / "assets" / "a-1.js.gz").write_bytes(gzip.compress(b"let a = 1;"))
    (tmp_path.parent / "secret.txt").write_text("secret")
    return tmp_path


@pytest.fixture
def client(folder: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    monkeypatch.setattr(application, "STATIC", folder)
    with serve(application.create_app(platform)) as served, httpx.Client(base_url=served.url) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/tasks", "/apps/crm/forms/customer/new"])
def test_every_path_of_the_page_is_its_document(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (200, "<!doctype html>page")
    assert answer.headers["cache-control"] == "no-cache"


def test_assets_are_kept_for_ever_and_sent_packed(client: httpx.Client) -> None:
    answer = client.get("/assets/a-1.js")
    assert (answer.text, answer.headers["content-encoding"]) == ("let a = 1;", "gzip")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    plain = client.get("/assets/a-1.js", headers={"Accept-Encoding": "identity"})
    assert (plain.text, "content-encoding" in plain.headers) == ("let a = 1;", False)


@pytest.mark.parametrize(
    "path", ["/assets/b-2.js", "/favicon.ico", "/%2e%2e/secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt"]
)
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_path")


def test_says_what_to_do_before_the_page_is_built(client: httpx.Client, folder: Path) -> None:
    (folder / "index.html").unlink()
    answer = client.get("/", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert "./run" in answer.text

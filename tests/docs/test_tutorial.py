"""The tutorial does what it says: its files are written, its commands run, its requests sent, in its order."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine import identity
from engine.embedded_postgres import binaries
from tests import databases, demo
from tests.terminal import Terminal
from tests.web.conftest import serve
from web.app import create_app
from web.platform import Platform

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```(\S+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of code: its language, what its first line says beside it, its text."""

    language: str
    about: str
    text: str


def blocks(page: str) -> list[Block]:
    """Return the blocks of a page in order."""
    text = (ROOT / page).read_text("utf-8")
    return [Block(language=found[1], about=found[2] or "", text=found[3]) for found in _BLOCK.finditer(text)]


class Reader:
    """Somebody who does what the pages tell."""

    def __init__(self, platform: Platform, terminal: Terminal, url: str, stack: ExitStack) -> None:
        self.platform = platform
        self._terminal = terminal
        self._home = terminal.folder
        self._url = url
        self._stack = stack
        self._clients: dict[str, httpx.Client] = {}
        self._answer: httpx.Response | None = None

    def follow(self, block: Block) -> None:
        """Do what a block says."""
        if block.language == "sh":
            for line in block.text.splitlines():
                self._type(line)
        elif block.language == "http":
            self._answer = self._send(self.client(block.about), block.text)
        elif block.about.isdigit():
            assert self._answer is not None
            assert self._answer.status_code == int(block.about), self._answer.text
            assert within(json.loads(block.text), self._answer.json()), self._answer.text
        elif block.about:
            self._write(*block.about.split("#"), text=block.text)

    def client(self, username: str) -> httpx.Client:
        """Return what a person sends requests with."""
        if username not in self._clients:
            headers = {"X-Requested-With": "dougong"}
            client = httpx.Client(base_url=self._url, headers=headers, timeout=60)
            self._clients[username] = self._stack.enter_context(client)
        return self._clients[username]

    def sign_in(self, username: str) -> httpx.Client:
        """Sign a person in; return the client."""
        answer = self.client(username).post("/api/session", json={"username": username, "password": "demo"})
        assert answer.status_code == 200, answer.text
        return self.client(username)

    def _type(self, line: str) -> None:
        words = [word.replace("~", str(self._home), 1) if word[:1] == "~" else word for word in shlex.split(line)]
        if words[0] == ".venv/bin/dougong":
            self._terminal.run(*words[1:])
        else:
            subprocess.run(words, check=True)

    def _write(self, name: str, pointer: str | None = None, *, text: str) -> None:
        path = self._home / name
        body = json.loads(text)
        if pointer is None:
            path.write_text(text, "utf-8")
            return
        document = json.loads(path.read_text("utf-8"))
        place = document
        for part in pointer.split("/")[1:]:
            place = place[int(part) if part.isdigit() else part]
        place |= body
        path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")

    def _send(self, client: httpx.Client, text: str) -> httpx.Response:
        head, _, body = text.partition("\n\n")
        first, *headers = head.splitlines()
        method, path = first.split(" ", 1)
        sent = dict(header.split(": ", 1) for header in headers)
        if body:
            sent["Content-Type"] = "application/json"
        return client.request(method, path, content=body.encode() or None, headers=sent)


def within(part: Any, whole: Any) -> bool:
    """Whether everything that `part` states holds in `whole`; lists have the same length."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and within(part[key], whole[key]) for key in part)
    if isinstance(part, list):
        same_length = isinstance(whole, list) and len(part) == len(whole)
        return same_length and all(within(one, other) for one, other in zip(part, whole, strict=True))
    return bool(part == whole)


@pytest.fixture
def reader(
    _demo_server_url: str,
    tmp_path: Path,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Reader]:
    """Somebody with a home folder, a terminal, and a served demo of one's own."""
    monkeypatch.setenv("PATH", f"{binaries.find().folder}:/usr/local/bin:/usr/bin:/bin")
    with ExitStack() as stack:
        url = stack.enter_context(databases.clone(_demo_server_url, databases.DEMO_TEMPLATE))
        platform = demo.platform(url, data_dir=tmp_path / "var", clock=clock)
        stack.callback(platform.database.dispose)
        served = stack.enter_context(serve(create_app(platform)))
        yield Reader(platform, Terminal(url, tmp_path, monkeypatch, capfd), served.url, stack)


def menu_of(client: httpx.Client, app: str) -> list[str]:
    """Return the titles of an app's menu as a person finds them."""
    apps = {each["key"]: each["menu"] for each in client.get("/api/session").json()["apps"]}
    return [entry["title"] for entry in apps.get(app, [])]


def test_the_tutorial_works_as_it_is_written(reader: Reader) -> None:
    for block in blocks("docs/tutorial.md"):
        reader.follow(block)

    service, director, admin = (reader.sign_in(name) for name in ("service", "director", "admin"))
    assert menu_of(admin, "repair") == ["报修单", "报修总览"]
    assert menu_of(service, "repair") == ["报修单"]

    # What section 4 asks to do by hand.
    path = "/api/records/repair/request"
    (request,) = service.get(path).json()["items"]
    assert director.get("/api/tasks").json()["items"] == []
    service.post(f"{path}/{request['id']}/actions/submit", headers={"If-Match": '"1"'}).raise_for_status()
    reader.platform.worker().run_due()
    (task,) = director.get("/api/tasks").json()["items"]
    director.post(f"/api/tasks/{task['id']}/approve", json={"opinion": "今天下午修"}).raise_for_status()

    assert service.get(f"{path}/{request['id']}").json()["values"]["status"] == "accepted"
    assert service.get("/api/notifications").json()["items"][0]["text"] == "报修单 BX2026-0001 有结果了：今天下午修"
    report = director.post("/api/reports/repair/cost_by_month/run", json={}).json()
    assert [(row["month"]["title"], row["cost"]) for row in report["rows"]] == [("2026年11月", "71.00")]


@pytest.mark.parametrize("page", ["README.md", "README.en.md"])
def test_the_first_form_of_the_readme_works(reader: Reader, page: str) -> None:
    app, form = (block for block in blocks(page) if block.language == "json")
    commands = next(block for block in blocks(page) if "app import" in block.text)
    (reader_home := Path(reader.platform.settings.data_dir).parent / "hello" / "forms").mkdir(parents=True)
    (reader_home.parent / "app.json").write_text(app.text, "utf-8")
    (reader_home / "visitor.json").write_text(form.text, "utf-8")
    reader.follow(commands)

    admin = reader.sign_in("admin")
    assert len(menu_of(admin, "hello")) == 1
    answer = admin.post("/api/records/hello/visitor", json={"values": {"name": "李雷"}})
    assert answer.status_code == 201, answer.text


def test_who_the_readme_names_can_sign_in(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        people = {user.username for user in identity.list_users(session)}
    for page in ("README.md", "README.en.md"):
        table = (ROOT / page).read_text("utf-8").partition("`admin` |")[2].partition("\n\n")[0]
        assert set(re.findall(r"`(\w+)`", f"`admin` {table}")) == people

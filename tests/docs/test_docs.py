"""The documents tell the truth: paths, commands, settings, links, schemas and examples are those of the code."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from app_templates.documents import APP_SCHEMA
from app_templates.scenarios.documents import SCENARIO_SCHEMA
from engine.json_schema import validator
from engine.permissions import ROLE_SCHEMA
from engine.settings import PREFIX, Settings
from engine.texts import localized
from report_engine.chart_type import CHART_TYPES
from report_engine.documents.schemas import DASHBOARD_SCHEMA, REPORT_SCHEMA
from tests.architecture.sources import PACKAGES
from web.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *(ROOT / package / "README.md" for package in (*PACKAGES, "tools", "web/ui")),
    ]
)
REFERENCE = ROOT / "docs" / "reference"
#: The description of the API; another test holds it equal to the routes.
OPENAPI = ROOT / "web/ui/src/lib/openapi.json"
SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "app": APP_SCHEMA,
    "scenario": SCENARIO_SCHEMA,
    "role": ROLE_SCHEMA,
    "report": REPORT_SCHEMA,
    "dashboard": DASHBOARD_SCHEMA,
}
#: What one may be told to type beside our own commands.
PROGRAMS = {"mkdir", "npm", "npm ci", "python", "python3", "./run", "./test"}
#: Addresses that a reader needs: the machine itself, and names that stand for nobody.
HOSTS = re.compile(r"127\.0\.0\.1(:\d+)?|json-schema\.org|dougong\.example\.com|name(:port)?")

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def code_words(page: Path) -> Iterator[str]:
    """Yield what stands in single backticks, outside of blocks."""
    prose = re.sub(r"^```.*?^```$", "", text_of(page), flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`([^`\n]+)`", prose)


@every_page
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        path, _, heading = target.partition("#")
        if "://" in path:
            continue
        file = (page.parent / path).resolve() if path else page
        # The screenshots are of the present product, made when it is built.
        assert file.exists(), target
        assert file.is_relative_to(ROOT), target
        if heading:
            titles = re.findall(r"^#+ (.+)$", text_of(file), re.MULTILINE)
            assert heading in {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}, target


@every_page
def test_paths_that_are_named_exist(page: Path) -> None:
    tops = {path.name for path in ROOT.iterdir()} - {"var", ".venv", ".tools"}
    for word in code_words(page):
        path = word.split("#")[0].strip()
        if re.search(r"[\s<>{}*…~|\\()=]", path) or path.split("/")[0] not in tops or "/" not in path.rstrip("/"):
            continue
        assert (ROOT / path).exists() or path.startswith("web/static"), word


@every_page
def test_addresses_are_of_nobody(page: Path) -> None:
    hosts = re.findall(r"\bhttps?://([^/\s`\"')，。；]+)", text_of(page))
    assert [host for host in hosts if not HOSTS.fullmatch(host)] == []


@every_page
def test_commands_are_there_with_their_options(page: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", text_of(page), re.MULTILINE | re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    lines += [
        word for word in code_words(page) if word.startswith(("dougong ", ".venv/bin/dougong ", "./run ", "./test "))
    ]
    for line in filter(None, lines):
        words = [word for word in shlex.split(line) if not re.match(r"[A-Z_]+=", word)]
        if words[0] in ("dougong", ".venv/bin/dougong"):
            check_command(words[1:])
        elif words[0] == ".venv/bin/pytest":
            assert all((ROOT / word).exists() for word in words[1:] if not word.startswith("-")), line
        else:
            assert words[0] in PROGRAMS, line


def check_command(words: list[str]) -> None:
    """Assert that the words name a command and options that it has."""
    command = typer.main.get_command(app)
    rest = words
    while isinstance(command, TyperGroup) and rest and re.fullmatch(r"[a-z]+", rest[0]):
        assert rest[0] in command.commands, " ".join(words)
        command, rest = command.commands[rest[0]], rest[1:]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)} | {
        "--help"
    }
    for word in rest:
        if command.name == "database" and not word.startswith("--data"):
            return
        if word.startswith("--") and word != "--":
            assert word in known, " ".join(words)


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    page = text_of(ROOT / "docs/operations.md")
    rows = dict(re.findall(rf"^\| `{PREFIX}(\w+)` \| (.+?) \|", page, re.MULTILINE))
    defaults = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    shown = {
        name: "无" if value is None else f"`{str(value).lower() if value in (True, False) else value}`"
        for name, value in defaults.items()
    }
    assert rows == {name: shown[name] for name in rows}
    assert set(rows) == set(defaults)


@every_page
def test_no_other_setting_is_named(page: Path) -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+)", text_of(page)))
    assert named <= {name.upper() for name in Settings.model_fields} | {""}


@every_page
def test_http_paths_are_those_of_the_api(page: Path) -> None:
    known = {re.sub(r"\{\w+\}", "{}", path) for path in json.loads(text_of(OPENAPI))["paths"]}
    patterns = [re.compile(re.sub(r"\\\{\\\}", "[^/]+", re.escape(path))) for path in known]
    for method, path in re.findall(r"\b(GET|POST|PUT|PATCH|DELETE) (/[^\s`?\"]+)", text_of(page)):
        assert any(pattern.fullmatch(path) for pattern in patterns), f"{method} {path}"


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_published_schemas_are_those_that_are_enforced(kind: str) -> None:
    assert json.loads(text_of(REFERENCE / f"{kind}.schema.json")) == SCHEMAS[kind]


@pytest.mark.parametrize(
    ("page", "kinds"), [("apps.md", ["app"]), ("roles.md", ["role"]), ("reports.md", ["report", "dashboard"])]
)
def test_examples_of_the_reference_are_right_and_name_every_member(page: str, kinds: list[str]) -> None:
    text = text_of(REFERENCE / page)
    examples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    assert len(examples) == len(kinds)
    for kind, example in zip(kinds, examples, strict=True):
        assert validator(f"docs.{kind}", SCHEMAS[kind]).violations(example) == []
        for member in SCHEMAS[kind]["properties"]:
            assert f"`{member}`" in text or f'"{member}"' in text, member


def test_the_reference_lists_every_chart_type() -> None:
    def span(limits: tuple[int, int]) -> str:
        return "–".join(str(limit) for limit in dict.fromkeys(limits))

    lines = [
        f"| `{kind.name}` | {localized(kind.title, 'en-US')} | {localized(kind.title, 'zh-CN')} "
        f"| {span(kind.dimensions)} | {span(kind.measures)} | {localized(kind.description, 'en-US')} |"
        for kind in CHART_TYPES.values()
    ]
    table = text_of(REFERENCE / "reports.md").partition("|---|---|---|---|---|---|\n")[2].partition("\n\n")[0]
    assert table.splitlines() == lines


def test_decisions_are_numbered_and_say_what_was_rejected() -> None:
    parts = re.split(r"^## ", text_of(ROOT / "DECISIONS.md"), flags=re.MULTILINE)[1:]
    assert [int(part.partition(".")[0]) for part in parts] == list(range(1, len(parts) + 1))
    for part in parts:
        for word in ("Context.", "Decision.", "Consequences.", "Rejected."):
            assert f"**{word}**" in part, part[:60]


def test_the_index_names_every_page_and_schema() -> None:
    index = text_of(REFERENCE / "README.md")
    for file in REFERENCE.iterdir():
        assert file.name == "README.md" or f"({file.name})" in index, file.name

"""What a page must not have: barriers (axe), a sideways scroll, raw text keys, words of another language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Response

_UI = Path(__file__).resolve().parents[2] / "web" / "ui"
_AXE = _UI / "node_modules" / "axe-core" / "axe.min.js"
_HAN = re.compile(r"[\u3400-\u9fff]+(?:[^\n]*[\u3400-\u9fff])?")
#: The other language's own name, by which its readers find it.
_NAMES = {"简体中文"}
#: Where answers carry what people wrote, and not what a definition or the page says.
_WRITTEN = {"values", "before", "after", "changes", "rows", "text", "opinion", "record_title", "name", "subtitle"}

_SHOWN_TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    const text = node.textContent.trim();
    if (text && !['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(parent.tagName) && parent.checkVisibility()) found.push(text);
  }
  for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
    for (const element of document.querySelectorAll(`[${name}]`)) found.push(element.getAttribute(name).trim());
  return found.concat(document.title);
}"""

_RUN_AXE = """async () => {
  const options = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.html.slice(0, 160)} ${node.any.map((check) => check.message).join('; ').slice(0, 200)}`));
}"""


def barriers(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.1 A and AA."""
    page.evaluate(_axe())
    found: list[str] = page.evaluate(_RUN_AXE)
    return found


def sideways(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def raw_keys(page: Page) -> list[str]:
    """Return texts that are keys of the page's own texts: a translation is missing."""
    return [text for text in _texts(page) if text in _text_keys()]


def foreign_words(page: Page, written: set[str]) -> list[str]:
    """Return Chinese on an English page that is not in `written`, what people wrote."""
    data = sorted(written, key=len, reverse=True)
    return sorted({text for text in _texts(page) if text not in _NAMES and _HAN.search(_without(text, data))})


def _without(text: str, data: list[str]) -> str:
    """Return `text` without what people wrote; initials and cut words are parts of it."""
    for one in data:
        if text in one:
            return ""
        text = text.replace(one, "")
    return text


def written_texts(response: Response) -> Iterator[str]:
    """Yield the Chinese that people wrote, of one answer of the API."""
    if "/api/" in response.url and "/schema" not in response.url and response.ok and response.status != 204:
        yield from _written(response.json(), is_written=False)


def _written(json: Any, *, is_written: bool) -> Iterator[str]:
    if isinstance(json, dict):
        for key, value in json.items():
            yield from _written(value, is_written=is_written or key in _WRITTEN or (key == "title" and "id" in json))
    elif isinstance(json, list):
        for value in json:
            yield from _written(value, is_written=is_written)
    elif is_written and isinstance(json, str):
        yield from _HAN.findall(json)


def _texts(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_SHOWN_TEXTS)
    return found


@cache
def _axe() -> str:
    return _AXE.read_text(encoding="utf-8")


@cache
def _text_keys() -> frozenset[str]:
    """The keys with a dot of every text module of the page."""
    sources = (path.read_text(encoding="utf-8") for path in (_UI / "src").glob("*/texts.ts"))
    return frozenset(
        key for source in sources for key in re.findall(r'^ +"([a-z_]+(?:\.[a-z_]+)+)":', source, re.MULTILINE)
    )

"""Texts people read, in every language of the product.

Owns the message catalogue (`messages.json` beside each package's modules: code -> language -> template) and the choice
of a language. Leaves to others which language a reader has (`Actor.language`, the request).

Templates use `{name}` placeholders, filled from parameters; a parameter may itself be localized (a form's title).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args

Language = Literal["zh-CN", "en-US"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "zh-CN"

#: A text as it is in several languages: `{"zh-CN": "客户", "en-US": "Customer"}`. Definitions' titles become this when
#: an app is compiled with its translations; a plain string is the same in every language.
LocalizedText = str | Mapping[str, str]

_PACKAGES = ("engine", "form_engine", "flow_engine", "report_engine", "app_templates", "web")


def localized(text: LocalizedText, language: str) -> str:
    """Return `text` in `language`, else in the default language, else in whatever language it has."""
    if isinstance(text, str):
        return text
    return text.get(language) or text.get(DEFAULT_LANGUAGE) or next(iter(text.values()), "")


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Return every package's messages as one mapping: code -> language -> template.

    Raises `ValueError` when two packages use one code.
    """
    merged: dict[str, Mapping[str, str]] = {}
    for package in _PACKAGES:
        path = Path(str(import_module(package).__file__)).with_name("messages.json")
        if not path.exists():
            continue
        for code, texts in json.loads(path.read_text("utf-8")).items():
            if code in merged:
                raise ValueError(f"message code {code!r} stands in two packages")
            merged[code] = texts
    return merged


def message(code: str, params: Mapping[str, Any], language: str) -> str:
    """Return the catalogue's sentence for `code` in `language`, filled with `params`.

    A code without an entry is a fault of ours, found by a contract test; it reads as the code itself.
    """
    templates = catalogue().get(code)
    if templates is None:
        return code
    template = localized(templates, language)
    filled = {key: _shown(value, language) for key, value in params.items()}
    return template.format_map(_Lenient(filled))


def _shown(value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        return localized(value, language)
    if isinstance(value, (list, tuple)):
        return ("、" if language == "zh-CN" else ", ").join(_shown(item, language) for item in value)
    return str(value)


class _Lenient(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"

"""Registries of kinds: one folder, one module a kind, one exported constant a module.

    FIELD_TYPES: Registry[FieldType] = Registry("form_engine.field_types", "FIELD_TYPE", FieldType)
    FIELD_TYPES["money"]

A new kind is one new file; nothing else is edited. The folder is read on first use, not at import.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, Protocol, TypeVar


class Kind(Protocol):
    """What every kind has: a name (that of its file)."""

    @property
    def name(self) -> str:
        """The kind's name, that of its file."""


KindT = TypeVar("KindT", bound=Kind)


class UnknownKind(KeyError):
    """A name no module of the folder has; the text lists what is known."""

    def __init__(self, constant: str, name: str, known: list[str]) -> None:
        super().__init__(f"unknown {constant.lower()} {name!r}; known: {', '.join(known)}")
        self.name = name
        self.known = known


class Registry(Mapping[str, KindT], Generic[KindT]):
    """The kinds of one folder by name, in name order."""

    def __init__(self, package: str, constant: str, contract: type[KindT]) -> None:
        self._package = package
        self._constant = constant
        self._contract = contract
        self._kinds: dict[str, KindT] | None = None

    def _loaded(self) -> dict[str, KindT]:
        if self._kinds is None:
            self._kinds = dict(self._read())
        return self._kinds

    def _read(self) -> Iterator[tuple[str, KindT]]:
        folder = import_module(self._package)
        for info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda entry: entry.name):
            if info.name.startswith("_"):
                continue
            module = import_module(f"{self._package}.{info.name}")
            kind = getattr(module, self._constant, None)
            if not isinstance(kind, self._contract):
                raise TypeError(f"{module.__name__} exports no {self._constant} of type {self._contract.__name__}")
            if kind.name != info.name:
                raise ValueError(f"{module.__name__} exports the kind {kind.name!r}: file name and kind name are one")
            yield kind.name, kind

    def __getitem__(self, name: str) -> KindT:
        try:
            return self._loaded()[name]
        except KeyError:
            raise UnknownKind(self._constant, name, list(self._loaded())) from None

    def __contains__(self, name: object) -> bool:
        return name in self._loaded()

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded())

    def __len__(self) -> int:
        return len(self._loaded())

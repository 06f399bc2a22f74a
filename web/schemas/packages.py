"""Shapes of apps as files: what an import does, what was customised, how scenarios ended."""

from __future__ import annotations

from typing import Any, Literal

from web.schemas.shape import Output, Values

Change = Literal["added", "changed", "removed"]


class PlaceChange(Output):
    """One place of a definition that is not as it was; `pointer` leads through names, `at` says it in words."""

    pointer: str
    at: str
    change: Literal["added", "changed", "removed", "moved"]
    before: Any
    after: Any


class ElementChange(Output):
    """One definition that is new, changed or gone."""

    kind: str
    key: str
    title: str
    change: Change
    changes: list[PlaceChange]


class TextChanges(Output):
    """How many translations change, in one language."""

    language: str
    added: int
    changed: int
    removed: int


class FileChange(Output):
    """A file that is kept with the app as it is."""

    path: str
    change: Change


class RowCount(Output):
    """Rows of a data file: how many would be new records, how many are there already."""

    form: str
    title: str
    new: int
    known: int


class AppImport(Output):
    """What an import does to one app; `size` is that of its folder, in bytes, unpacked."""

    key: str
    title: str
    version: str
    installed_version: str | None
    size: int
    definitions: list[ElementChange]
    translations: list[TextChanges]
    files: list[FileChange]
    rows: list[RowCount]


class TableStep(Output):
    """What is done to a table; destructive: a column or table is put away, or changes its type."""

    sql: str
    is_destructive: bool


class UpgradeConflict(Output):
    """A place that was changed here and in the new folder; `choice` is whose stands."""

    pointer: str
    at: str
    base: Any
    ours: Any
    theirs: Any
    choice: Literal["ours", "theirs"] | None


class AppsImport(Output):
    """What an import did, or (not kept) would do."""

    kept: bool
    revision: int
    apps: list[AppImport]
    steps: list[TableStep]
    conflicts: list[UpgradeConflict]


class AppChanges(Output):
    """What was changed here since the app was installed."""

    items: list[ElementChange]


class RecordCount(Output):
    """How many records a form has."""

    form: str
    title: str
    count: int


class Need(Output):
    """A place of another app that leads here: `at` says it in words, `name` is what it leads to."""

    app: str
    pointer: str
    at: str
    name: str
    detail: str


class AppContents(Output):
    """What removing apps would delete, and who stands in the way."""

    apps: list[str]
    definitions: dict[str, int]
    records: list[RecordCount]
    runs: int
    needed_by: list[Need]


class ScenarioFailure(Output):
    """Where a scenario went another way than it says."""

    place: str
    step: Values
    expected: Any
    found: Any
    message: str


class ScenarioOutcome(Output):
    """How one scenario ended."""

    key: str
    title: str
    passed: bool
    steps: int
    failure: ScenarioFailure | None


class ScenarioOutcomes(Output):
    """How an app's scenarios ended."""

    items: list[ScenarioOutcome]

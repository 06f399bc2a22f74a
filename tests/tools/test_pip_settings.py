"""What a machine's pip is told reaches uv."""

from __future__ import annotations

import pytest

from tools import pip_settings

_LISTING = """\
:env:.find-links='/srv/wheels'
:env:.disable-pip-version-check='1'
global.index-url='https://mirror.example/packages'
global.find-links='/opt/other'
global.extra-index-url='\\nhttps://one.example/packages\\nhttps://two.example/packages'
install.trusted-host='mirror.example one.example'
freeze.timeout='10'
"""


def test_the_environment_wins_over_the_configuration_file() -> None:
    assert pip_settings.parse(_LISTING) == {
        "index-url": "https://mirror.example/packages",
        "find-links": "/srv/wheels",
        "extra-index-url": "\nhttps://one.example/packages\nhttps://two.example/packages",
        "trusted-host": "mirror.example one.example",
        "disable-pip-version-check": "1",
    }


def test_mirror_and_local_wheels_are_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "UV_INSECURE_HOST", "UV_INDEX_STRATEGY"):
        monkeypatch.delenv(name, raising=False)
    variables = pip_settings.uv_environment(pip_settings.parse(_LISTING))
    assert variables["UV_DEFAULT_INDEX"] == "https://mirror.example/packages"
    assert variables["UV_INDEX"] == "https://one.example/packages https://two.example/packages"
    assert variables["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert variables["UV_FIND_LINKS"] == "/srv/wheels"
    assert variables["UV_INSECURE_HOST"] == "mirror.example one.example"


def test_whoever_set_up_uv_knows_better(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://chosen.example/packages")
    variables = pip_settings.uv_environment({"index-url": "https://mirror.example/packages"})
    assert variables["UV_DEFAULT_INDEX"] == "https://chosen.example/packages"


def test_a_machine_without_settings_adds_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    assert not {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS"} & set(pip_settings.uv_environment({}))

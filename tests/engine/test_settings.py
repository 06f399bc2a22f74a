"""Settings: read once from the environment; a wrong value is one sentence that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import settings
from engine.settings import Settings, WrongSetting


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without settings of ours."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DOUGONG_{name.upper()}", raising=False)


def test_defaults_serve_this_machine_alone() -> None:
    found = settings.load()
    assert (found.host, found.port, found.demo, found.database_url) == ("127.0.0.1", 8000, False, None)
    assert found.data_dir == Path("var").absolute()
    assert found.language == "zh-CN"
    assert found.is_loopback
    assert not found.is_https
    assert (found.max_body_bytes, found.max_file_bytes) == (1_048_576, 52_428_800)


def test_reads_the_environment_and_options_count_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUGONG_PORT", "9000")
    monkeypatch.setenv("DOUGONG_HOST", "::1")
    monkeypatch.setenv("DOUGONG_BASE_URL", "https://erp.example.com/")
    monkeypatch.setenv("DOUGONG_SMTP_URL", "")
    monkeypatch.setenv("DOUGONG_DATABASE_URL", "postgres://me:hunter2@db/x")
    found = settings.load(host="127.0.0.2")
    assert (found.port, found.host, found.base_url, found.smtp_url) == (
        9000,
        "127.0.0.2",
        "https://erp.example.com",
        None,
    )
    assert found.is_https
    assert found.database_url == "postgresql+psycopg2://me:hunter2@db/x"
    assert "hunter2" not in repr(found)


def test_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings.load().port = 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "65536"),
        ("HOST", "0.0.0.0"),  # noqa: S104 - refused, not bound
        ("DATABASE_URL", "mysql://db/x"),
        ("DATABASE_URL", "postgresql"),
        ("BASE_URL", "erp.example.com"),
        ("BASE_URL", "ftp://x"),
        ("SMTP_URL", "mail.example.com"),
        ("SECRET_KEY", "short"),
        ("DEMO", "perhaps"),
        ("WORKERS", "-1"),
        ("POOL_SIZE", "0"),
        ("LANGUAGE", "fr-FR"),
        ("TIME_ZONE", "Shanghai"),
        ("TIME_ZONE", "../etc/passwd"),
        ("MAX_BODY_MB", "0"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_it(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"DOUGONG_{name}", value)
    if name == "HOST":
        monkeypatch.setenv("DOUGONG_DEMO", "1")
        name = "DEMO"
    with pytest.raises(WrongSetting) as refusal:
        settings.load()
    for language in ("zh-CN", "en-US"):
        sentence = refusal.value.detail(language)
        assert f"DOUGONG_{name}" in sentence
        assert "\n" not in sentence


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUGONG_DATABASE_URL", "oracle://me:hunter2@db")
    with pytest.raises(WrongSetting) as refusal:
        settings.load()
    assert "hunter2" not in str(refusal.value)


def test_demo_passwords_may_be_short() -> None:
    assert settings.load(demo=True).password_policy.minimum_length == 4
    assert settings.load().password_policy.minimum_length == 8

"""The installation's key: made once, and never a poor one."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import secret_key
from engine.db import Database


def test_a_key_is_made_once_for_its_owner_alone(database: Database, tmp_path: Path) -> None:
    secret_key.use_secret_key(database, given=None, folder=tmp_path)
    with database.read_only() as session:
        first = secret_key.derive(session, "webhook", "crm.lead", "salt")
    secret_key.use_secret_key(database, given=None, folder=tmp_path)
    with database.read_only() as session:
        assert secret_key.derive(session, "webhook", "crm.lead", "salt") == first
        assert secret_key.derive(session, "webhook", "crm.lead", "other") != first
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", " \n", "short"])
def test_an_empty_or_short_file_derives_nothing(database: Database, tmp_path: Path, content: str) -> None:
    (tmp_path / "secret_key").write_text(content, "utf-8")
    secret_key.use_secret_key(database, given=None, folder=tmp_path)
    with database.read_only() as session, pytest.raises(RuntimeError, match="holds no key"):
        secret_key.derive(session, "webhook", "crm.lead", "salt")

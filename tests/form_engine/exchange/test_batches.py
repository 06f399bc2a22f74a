"""Batches of an import: what is read ahead comes to the same, and what is wrong is told in its turn."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.db import Session
from engine.errors import InvalidInput
from form_engine.exchange import ahead, importing
from form_engine.exchange.ahead import Ahead
from form_engine.exchange.importing import Options, Outcome
from form_engine.exchange.items import Item
from tests.factories import shop as factory

Told = list[tuple[int, str, str]]

HEADER = "code,name,price\n"


def imported(
    session: Session, shop: factory.Shop, path: Path, batch: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[Outcome, Told, list[tuple[str, str, Decimal]]]:
    """Import products in batches of so many, then take all of it back; return what came of it, and the products."""
    monkeypatch.setattr(importing, "BATCH", batch)
    savepoint = session.connection.begin_nested()
    with importing.planned(session, shop.admin, "shop.product", path, Options()) as (plan, lines):
        outcome = importing.run(session, shop.admin, plan, lines, lambda _: None)
    query = sa.text("SELECT code, name, price FROM shop.product WHERE code LIKE 'C%' ORDER BY id")
    made = [(row.code, row.name, row.price) for row in session.execute(query)]
    savepoint.rollback()
    return outcome, [(one.line, one.path, one.code) for one in outcome.errors], made


def test_comes_to_the_same_in_whatever_batches(
    session: Session, shop: factory.Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"C{n},螺母 {n},{n}.5" for n in range(100)]
    path = tmp_path / "sheet.csv"
    path.write_text(HEADER + "\n".join(rows))
    for batch in (4000, 10):
        outcome, _, made = imported(session, shop, path, batch, monkeypatch)
        assert (outcome.read, outcome.created, outcome.failed) == (100, 100, 0)
        assert made == [(f"C{n}", f"螺母 {n}", Decimal(f"{n}.50")) for n in range(100)]


def test_every_row_of_every_batch_is_told_what_is_wrong_with_it(
    session: Session, shop: factory.Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"C{n},n,{n}" for n in range(100)]
    rows[3] = "C3,n,viel"  # no number
    rows[57] = "C2,n,1"  # the code of the third
    rows[58] = "C58,,1"  # required
    rows[99] = "C99,,1"  # the same in the last batch
    path = tmp_path / "sheet.csv"
    path.write_text(HEADER + "\n".join(rows))
    wrong = [
        (5, "price", "cell_not_number"),
        (59, "code", "value_taken"),
        (60, "name", "required"),
        (101, "name", "required"),
    ]
    for batch in (10, 33, 4000):
        outcome, told, made = imported(session, shop, path, batch, monkeypatch)
        assert sorted(told) == wrong
        assert (outcome.read, outcome.created, outcome.failed, outcome.failed_lines) == (100, 96, 4, {5, 59, 60, 101})
        assert len(made) == 96


def test_what_cannot_be_read_is_told_behind_what_can() -> None:
    def items() -> Iterator[Item]:
        yield from (Item(lines=[number]) for number in range(30))
        raise InvalidInput("sheet_not_text")

    prepared: list[int] = []
    found = Ahead(items(), 1000, lambda some: prepared.extend(item.lines[0] for item in some))
    assert [found.read_some() for _ in range(3)] == [True, True, False]
    assert prepared == list(range(30))
    assert [next(found).lines[0] for _ in range(30)] == prepared
    for _ in range(2):
        with pytest.raises(InvalidInput):
            next(found)


def test_reads_no_further_ahead_than_it_may() -> None:
    found = Ahead((Item(lines=[number]) for number in range(1000)), 2 * ahead.PIECE, lambda _: None)
    assert [found.read_some() for _ in range(3)] == [True, True, False]
    next(found)
    assert [found.read_some() for _ in range(2)] == [True, False]
    assert [item.lines[0] for item in found] == list(range(1, 1000))
    assert not found.read_some()

"""Imports: sheets become records through the same checks as typing."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, NotAllowed
from form_engine import balances, records
from form_engine.exchange import importing
from form_engine.exchange.importing import Options, Outcome
from form_engine.record import Query
from tests.factories import shop as factory


def imported(
    session: Session, actor: Actor, form: str, path: Path, **options: Any
) -> tuple[Outcome, list[tuple[int, str, str]]]:
    with importing.planned(session, actor, form, path, Options(**options)) as (plan, lines):
        outcome = importing.run(session, actor, plan, lines, lambda _: None)
    return outcome, [(error.line, error.path, error.code) for error in outcome.errors]


def sheet(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "sheet.csv"
    path.write_text(text, encoding)
    return path


def values(session: Session, shop: factory.Shop, form: str) -> list[dict[str, Any]]:
    page = records.list_page(session, shop.admin, form, Query(sort="created_at"))
    return [one["values"] for one in records.show(session, shop.admin, form, page.items)]


def test_creates_records_by_titles_keys_and_usual_forms(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    path = sheet(tmp_path, '客户名称,level,credit,Phone\n西门,b,"1,234.50",\'+86 1\n南门,,,\n')
    outcome, errors = imported(session, shop.admin, "shop.customer", path)
    assert (outcome.read, outcome.created, outcome.updated, outcome.failed, errors) == (2, 2, 0, 0, [])
    made = {one["name"]: one for one in values(session, shop, "shop.customer")}
    assert made["西门"] == {"name": "西门", "level": "B", "phone": "+86 1", "credit": "1234.50"}
    assert made["南门"] == {"name": "南门", "level": None, "phone": None, "credit": None}


def test_lines_below_a_record_are_rows_of_its_sub_table(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        "customer,order_date,rep,lines.product,lines.quantity\n"
        "东方机械,2026/11/20,sales,B1,4\n,,,螺母不在,1\n东方机械,46347,Sales,N1 螺母,１００\n,,,B1 螺栓,2\n",
    )
    outcome, errors = imported(session, shop.admin, "shop.order", path)
    assert errors == [(3, "lines.product", "relation_text_unknown")]
    assert (outcome.read, outcome.created, outcome.failed) == (4, 1, 1)
    made = values(session, shop, "shop.order")
    assert len(made) == 1
    assert made[0]["order_date"] == "2026-11-21"
    assert made[0]["rep"]["title"] == "Sales"
    assert [(row["product"]["title"], row["quantity"], row["amount"]) for row in made[0]["lines"]] == [
        ("N1 螺母", "100.000", "100.00"),
        ("B1 螺栓", "2.000", "5.00"),
    ]
    assert made[0]["total"] == "105.00"


def test_every_row_is_told_what_is_wrong_with_it(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        "客户名称,level,credit\n甲,A,1\n,B,2\n乙,C,3\n丙,A,viel\n甲,B,4\n东方机械,A,5\n丁,A,6\n",
    )
    outcome, errors = imported(session, shop.admin, "shop.customer", path)
    assert sorted(errors) == [
        (3, "name", "required"),
        (4, "level", "enum"),
        (5, "credit", "cell_not_number"),
        (6, "name", "value_taken"),
        (7, "name", "value_taken"),
    ]
    assert (outcome.created, outcome.failed) == (2, 5)


def test_rules_hold_as_in_typing(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        "customer,delivery_date,lines.product,lines.quantity\n东方机械,2020-01-01,B1,1\n东方机械,,N1,2000\n",
    )
    _, errors = imported(session, shop.admin, "shop.order", path)
    assert errors == [(2, "delivery_date", "rule_refuses"), (3, "contract", "rule_requires")]
    assert values(session, shop, "shop.order") == []


def test_a_balance_that_would_fall_below_zero_names_its_row(
    session: Session, shop: factory.Shop, tmp_path: Path
) -> None:
    path = sheet(tmp_path, "product,quantity,status\nB1,5,done\nB1,-3,done\nB1,-3,done\nN1,1,done\n")
    outcome, errors = imported(session, shop.admin, "shop.move", path)
    assert outcome.created + outcome.failed == 4
    assert outcome.failed >= 1
    assert all(code == errors[0][2] for _, _, code in errors)
    assert list(balances.verify(session, "shop.stock")) == []


def test_updates_by_a_unique_field_and_leaves_empty_cells_alone(
    session: Session, shop: factory.Shop, tmp_path: Path
) -> None:
    path = sheet(tmp_path, "code,name,price\nB1,,3\nX9,新,1\nB1,螺栓二,\n")
    outcome, errors = imported(session, shop.admin, "shop.product", path, mode="update", key="code")
    assert errors == [(3, "code", "import_key_unknown"), (4, "code", "import_key_twice")]
    assert outcome.updated == 1
    made = {one["code"]: one for one in values(session, shop, "shop.product")}
    assert made["B1"] == {"code": "B1", "name": "螺栓", "price": "3.00"}
    assert made["N1"]["price"] == "1.00"


def test_creates_what_it_does_not_find_when_asked_for_both(
    session: Session, shop: factory.Shop, tmp_path: Path
) -> None:
    path = sheet(tmp_path, "code,name\nB1,螺栓三\nX9,新\n")
    outcome, errors = imported(session, shop.admin, "shop.product", path, mode="both", key="code")
    assert (outcome.created, outcome.updated, errors) == (1, 1, [])
    assert {one["code"]: one["name"] for one in values(session, shop, "shop.product")} == {
        "B1": "螺栓三",
        "N1": "螺母",
        "X9": "新",
    }


def test_two_records_of_one_title_are_not_guessed_between(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    for code in ("P1", "P2"):
        records.create(session, shop.admin, "shop.product", {"name": "同名", "code": None, "price": code[1]})
    path = sheet(tmp_path, "product,quantity\n同名,1\n" + f"{shop.nut.id},2\n")
    outcome, errors = imported(session, shop.admin, "shop.move", path)
    assert errors == [(2, "product", "relation_text_ambiguous")]
    assert outcome.created == 1


def test_reads_a_workbook_with_real_numbers_and_dates(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["code*", "name", "price", "别的"])
    book.active.append([1001, "轴", 12.3, "x"])
    book.save(path)
    outcome, errors = imported(session, shop.admin, "shop.product", path)
    assert (outcome.created, errors) == (1, [])
    assert values(session, shop, "shop.product")[-1] == {"code": "1001", "name": "轴", "price": "12.30"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_reads_what_spreadsheets_write(session: Session, shop: factory.Shop, tmp_path: Path, encoding: str) -> None:
    path = sheet(tmp_path, "code;name\r\nZ1;轴承\r\n", encoding)
    outcome, _ = imported(session, shop.admin, "shop.product", path)
    assert outcome.created == 1
    assert values(session, shop, "shop.product")[-1]["name"] == "轴承"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sheet_empty"),
        (b"name\n", "sheet_without_rows"),
        (b"PK\x03\x04rubbish", "sheet_not_readable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sheet_is_old_excel"),
        (b"unbekannt\n1\n", "import_no_columns"),
        (b"code\n" + b"," * 4_000_000, "sheet_line_unreadable"),
        (b"code\n" + b'"\n",' * 1_400_000, "sheet_line_unreadable"),
    ],
)
def test_refuses_files_that_hold_no_rows(
    session: Session, shop: factory.Shop, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "sheet"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        imported(session, shop.admin, "shop.product", path)
    assert [spot.code for spot in refused.value.violations] == [code]
    assert session.execute(sa.text("SELECT count(*) FROM shop.product")).scalar_one() == 2


@pytest.mark.parametrize(
    ("options", "pointer", "code"),
    [
        ({"mapping": {"name": "strange"}}, "#/mapping/name", "import_place_unknown"),
        ({"mapping": {"name": "code"}}, "#/mapping/name", "import_place_twice"),
        ({"mode": "update", "key": "name"}, "#/key", "import_key_not_unique"),
        ({"mode": "update"}, "#/key", "import_key_not_mapped"),
    ],
)
def test_refuses_a_mapping_that_cannot_work(
    session: Session, shop: factory.Shop, tmp_path: Path, options: dict[str, Any], pointer: str, code: str
) -> None:
    path = sheet(tmp_path, "code,name\nA1,a\n")
    with pytest.raises(InvalidInput) as refused:
        imported(session, shop.admin, "shop.product", path, **options)
    assert [(spot.pointer, spot.code) for spot in refused.value.violations] == [(pointer, code)]


def test_needs_the_right_to_import(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    path = sheet(tmp_path, "customer\n东方机械\n")
    with pytest.raises(NotAllowed):
        imported(session, shop.sales, "shop.order", path)


def test_statements_do_not_grow_with_the_rows(session: Session, shop: factory.Shop, tmp_path: Path) -> None:
    counts = []
    for start, many in ((0, 2), (100, 40)):
        seen: list[str] = []

        def note(*event: Any, seen: list[str] = seen) -> None:
            seen.append(str(event[2]))

        lines = "".join(f"B1,{index + 1}\nN1 螺母,1\n" for index in range(start, start + many))
        sa.event.listen(session.connection, "before_cursor_execute", note)
        imported(session, shop.admin, "shop.move", sheet(tmp_path, "product,quantity\n" + lines))
        sa.event.remove(session.connection, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[1] <= counts[0]


def test_remembers_no_records_of_earlier_batches(
    session: Session, shop: factory.Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    path = sheet(tmp_path, "code,name,price\n" + "".join(f"C{n},n,{'x' if n == 25 else 1}\n" for n in range(60)))
    sizes: list[int] = []
    with importing.planned(session, shop.admin, "shop.product", path, Options(partial=True)) as (plan, lines):
        outcome = importing.run(session, shop.admin, plan, lines, lambda _: sizes.append(remembered(session)))
    assert (outcome.created, outcome.failed) == (59, 1)
    assert sizes == [sizes[0]] * 6


def remembered(session: Session) -> int:
    """How many things the transaction's notes hold, those inside them included."""
    return len(pickle.dumps({key: value for key, value in session.notes.items() if isinstance(value, (dict, set))}))

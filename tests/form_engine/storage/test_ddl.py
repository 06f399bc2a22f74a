"""From one shape of a form to the next: the statements, in order, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from form_engine.documents.inference import normal
from form_engine.documents.reading import read_fields
from form_engine.storage.ddl import Phase, Removal, Trashed, difference, restore_table
from form_engine.storage.tables import UPKEEP, Shape, child_name, fitted, shapes

_REMOVAL = Removal(version=3, at=datetime(2026, 11, 21, tzinfo=UTC))


def _shapes(**properties: Any) -> list[Shape]:
    fields = read_fields(normal({"properties": properties})[0], "order")
    return shapes("crm", "order", fields)


def _field(kind: str, /, **options: Any) -> dict[str, Any]:
    return {"x-field": {"type": kind, **options}}


def _lines(**cells: Any) -> dict[str, Any]:
    return {"x-field": {"type": "table"}, "items": {"properties": cells}}


def _steps(before: list[Shape], after: list[Shape], **more: Any) -> list[str]:
    steps = sorted(difference("crm", before, after, removal=_REMOVAL, **more), key=lambda step: step.phase)
    return [step.sql for step in steps]


def test_a_new_form_is_tables_then_indexes_then_links() -> None:
    after = _shapes(price=_field("money"), lines=_lines(product=_field("relation", form="erp.product")))
    steps = sorted(difference("crm", [], after, removal=_REMOVAL), key=lambda step: step.phase)
    assert [step.phase for step in steps] == [
        Phase.TABLE,
        Phase.CHILD_TABLE,
        *[Phase.INDEX] * 4,
        Phase.LINK,
    ]
    assert steps[0].sql.startswith('CREATE TABLE "crm"."order" ("id" uuid PRIMARY KEY, "version" integer NOT NULL')
    assert f'"price" NUMERIC(18, 2)) WITH ({UPKEEP})' in steps[0].sql
    assert '"record_id" uuid NOT NULL REFERENCES "crm"."order" ON DELETE CASCADE' in steps[1].sql
    assert steps[-1].sql == (
        'ALTER TABLE "crm"."order__lines" ADD CONSTRAINT "fk_order__lines_product" '
        'FOREIGN KEY ("product") REFERENCES "erp"."product"'
    )


def test_nothing_changed_is_no_statement() -> None:
    shape = _shapes(name=_field("text"), lines=_lines(name=_field("text")))
    assert _steps(shape, shape) == []


def test_another_limit_or_title_is_no_statement() -> None:
    before = _shapes(name=_field("text") | {"maxLength": 10})
    after = _shapes(name=_field("text") | {"maxLength": 20, "title": "名称"})
    assert _steps(before, after) == []


def test_an_added_field_is_a_column() -> None:
    assert _steps(_shapes(a=_field("integer")), _shapes(a=_field("integer"), b=_field("date"))) == [
        'ALTER TABLE "crm"."order" ADD COLUMN "b" DATE'
    ]


def test_a_removed_field_gets_a_name_no_key_can_have() -> None:
    assert _steps(_shapes(a=_field("integer"), b=_field("date")), _shapes(a=_field("integer"))) == [
        'ALTER TABLE "crm"."order" RENAME COLUMN "b" TO "_3_b"',
        (
            'COMMENT ON COLUMN "crm"."order"."_3_b" IS \'{"removed_at": "2026-11-21T00:00:00+00:00", "version": 3, '
            '"table": "order", "column": "b", "type": "DATE"}\''
        ),
    ]


def test_a_field_that_comes_back_gets_its_column_back() -> None:
    gone = [
        Trashed(name="_3_b", table="order", column="b", type="DATE"),
        Trashed(name="_1_b", table="order", column="b", type="DATE"),
    ]
    before, after = _shapes(a=_field("integer")), _shapes(a=_field("integer"), b=_field("date"))
    assert _steps(before, after, trash=gone) == [
        'ALTER TABLE "crm"."order" RENAME COLUMN "_3_b" TO "b"',
        'COMMENT ON COLUMN "crm"."order"."b" IS NULL',
    ]


def test_a_relation_that_comes_back_forgets_targets_that_are_gone() -> None:
    relation = _field("relation", form="crm.customer")
    gone = [Trashed(name="_3_b", table="order", column="b", type="UUID")]
    steps = _steps(_shapes(a=_field("integer")), _shapes(a=_field("integer"), b=relation), trash=gone)
    assert steps[2].startswith('UPDATE "crm"."order" SET "b" = NULL WHERE "b" IS NOT NULL AND NOT EXISTS')
    assert steps[3:] == [
        'CREATE INDEX "ix_order_b" ON "crm"."order" ("b")',
        'ALTER TABLE "crm"."order" ADD CONSTRAINT "fk_order_b" FOREIGN KEY ("b") REFERENCES "crm"."customer"',
    ]


def test_a_converted_column_loses_its_index_first() -> None:
    before, after = _shapes(a=_field("text", unique=True)), _shapes(a=_field("integer", unique=True))
    steps = _steps(before, after, casts={("order", "a"): "trim(a)::bigint"})
    assert [step.split(" ")[0] for step in steps] == ["DROP", "DROP", "ALTER", "CREATE"]
    assert steps[2] == 'ALTER TABLE "crm"."order" ALTER COLUMN "a" TYPE BIGINT USING trim(a)::bigint'


def test_a_removed_sub_table_is_renamed_and_comes_back() -> None:
    before = _shapes(a=_field("integer"), lines=_lines(name=_field("integer")))
    steps = _steps(before, _shapes(a=_field("integer")))
    assert steps[:3] == [
        'DROP INDEX IF EXISTS "crm"."ix_order__lines_record"',
        'ALTER INDEX IF EXISTS "crm"."order__lines_pkey" RENAME TO "_3_order__lines_pkey"',
        'ALTER TABLE "crm"."order__lines" RENAME TO "_3_order__lines"',
    ]
    back = restore_table("crm", Trashed(name="_3_order__lines", table="order__lines"))
    assert [step.sql for step in back][:1] == ['ALTER TABLE "crm"."_3_order__lines" RENAME TO "order__lines"']


def test_long_texts_have_no_index_that_they_would_not_fit() -> None:
    document = {"properties": {"a": _field("text"), "b": _field("text") | {"maxLength": 501}, "c": _field("long_text")}}
    fields = read_fields(normal(document)[0], "order")
    names = set(shapes("crm", "order", fields, ["a", "b", "c"])[0].indexes)
    assert names & {"ix_order_a", "ix_order_b", "ix_order_c"} == {"ix_order_a"}


def test_no_name_is_longer_than_postgresql_keeps() -> None:
    long = child_name("a" * 60, "b" * 60)
    other = child_name("a" * 60, "b" * 59 + "c")
    assert (len(long), len(other)) == (63, 63)
    assert long != other
    assert fitted("short") == "short"
    wide = _shapes(**{"f" * 60: _field("relation", form="crm.customer")})
    assert all(len(name) <= 63 for shape in wide for name in (*shape.indexes, *shape.foreign_keys))

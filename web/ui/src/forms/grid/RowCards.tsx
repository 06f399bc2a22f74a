import { Button } from "antd";
import { ChevronRight, Plus } from "lucide-react";
import { type JSX, lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "../field_type";
import { fieldType } from "../field_types";
import { cellPath } from "../runtime/paths";
import { useRows, useStore, useStored } from "../runtime/use_record";
import { ROW_KEY, type Row } from "../runtime/values";
import styles from "./RowCards.module.css";

const RowSheet = lazy(() => import("./RowSheet").then((module) => ({ default: module.RowSheet })));

interface RowCardsProps {
  readonly table: Field;
  readonly isReadOnly: boolean;
}

/** Rows of a sub-table on a phone: a card each, opened to be edited. */
export function RowCards({ table, isReadOnly }: RowCardsProps): JSX.Element {
  const { t } = useTranslation("forms");
  const store = useStore();
  const rows = useRows(table.key);
  const [open, setOpen] = useState<string | null>(null);
  useEffect(() => {
    store.showCell.set(table.key, (row) => setOpen(row));
    return () => void store.showCell.delete(table.key);
  }, [store, table.key]);
  return (
    <div className={styles.cards} id={store.inputId(table.key)}>
      {rows.length === 0 ? <p className={styles.empty}>{t("grid.empty")}</p> : null}
      {rows.map((row, index) => (
        <RowCard key={row[ROW_KEY]} table={table} row={row} index={index} onOpen={() => setOpen(row[ROW_KEY])} />
      ))}
      {isReadOnly ? null : (
        <Button block icon={<Plus size={16} />} onClick={() => setOpen(store.insertRows(table.key, [{}])[0] ?? null)}>
          {t("grid.add")}
        </Button>
      )}
      {open === null ? null : (
        <Suspense fallback={null}>
          <RowSheet table={table} row={open} isReadOnly={isReadOnly} onOpen={setOpen} />
        </Suspense>
      )}
    </div>
  );
}

interface RowCardProps {
  readonly table: Field;
  readonly row: Row;
  readonly index: number;
  readonly onOpen: () => void;
}

function RowCard({ table, row, index, onOpen }: RowCardProps): JSX.Element {
  const { t } = useTranslation("forms");
  const store = useStore();
  // A text that changes with anything the card shows.
  useStored(table.key, () =>
    JSON.stringify(table.fields.map(({ key }) => store.value(cellPath(table.key, row[ROW_KEY], key)))),
  );
  const errors = useStored(
    table.key,
    () => table.fields.filter(({ key }) => store.messages(cellPath(table.key, row[ROW_KEY], key)).length > 0).length,
  );
  const [first, ...others] = table.fields;
  const show = (field: Field) => {
    const { Cell } = fieldType(field.type);
    return <Cell field={field} value={store.value(cellPath(table.key, row[ROW_KEY], field.key))} />;
  };
  return (
    <button type="button" className={styles.card} data-error={errors > 0} onClick={onOpen}>
      <span className={styles.title}>
        <span className={styles.number}>{index + 1}</span>
        <span className={styles.first}>{first ? show(first) : null}</span>
        <ChevronRight size={16} aria-hidden="true" />
      </span>
      <span className={styles.values}>
        {others.map((field) => (
          <span key={field.key} className={styles.value}>
            <span className={styles.name}>{field.title}</span>
            {show(field)}
          </span>
        ))}
      </span>
      {errors > 0 ? <span className={styles.error}>{t("grid.errors", { count: errors })}</span> : null}
    </button>
  );
}

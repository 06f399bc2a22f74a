import { Button, Drawer } from "antd";
import { ChevronLeft, ChevronRight, Copy, Trash2 } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../ui/IconButton";
import { FormField } from "../FormField";
import type { Field } from "../field_type";
import { cellPath } from "../runtime/paths";
import { useRows, useStore } from "../runtime/use_record";
import { ROW_KEY } from "../runtime/values";
import { duplicateRows } from "./paste";
import styles from "./RowCards.module.css";

interface RowSheetProps {
  readonly table: Field;
  /** Key of the row. */
  readonly row: string;
  readonly isReadOnly: boolean;
  readonly onOpen: (row: string | null) => void;
}

/** One row of a sub-table as a sheet from below. */
export function RowSheet({ table, row, isReadOnly, onOpen }: RowSheetProps): JSX.Element {
  const { t } = useTranslation("forms");
  const store = useStore();
  const rows = useRows(table.key);
  const index = rows.findIndex((one) => one[ROW_KEY] === row);
  const beside = (step: number) => rows[index + step]?.[ROW_KEY] ?? null;
  const step = (by: number) => {
    const next = beside(by);
    if (next) onOpen(next);
  };
  return (
    <Drawer
      open={index >= 0}
      placement="bottom"
      size="86dvh"
      title={`${table.title} · ${t("grid.row", { row: index + 1 })}`}
      onClose={() => onOpen(null)}
      extra={
        <span className={styles.steps}>
          <IconButton
            label={t("grid.previous")}
            icon={<ChevronLeft size={18} />}
            isDisabled={!beside(-1)}
            onClick={() => step(-1)}
          />
          <IconButton
            label={t("grid.next")}
            icon={<ChevronRight size={18} />}
            isDisabled={!beside(1)}
            onClick={() => step(1)}
          />
        </span>
      }
      footer={
        <div className={styles.footer}>
          {isReadOnly ? null : (
            <>
              <IconButton
                label={t("grid.remove")}
                icon={<Trash2 size={18} />}
                onClick={() => {
                  onOpen(beside(1) ?? beside(-1));
                  store.removeRows(table.key, new Set([row]));
                }}
              />
              <IconButton
                label={t("grid.duplicate")}
                icon={<Copy size={18} />}
                onClick={() => {
                  duplicateRows(store, table, index, index);
                  step(1);
                }}
              />
            </>
          )}
          <Button type="primary" className={styles.done} onClick={() => onOpen(null)}>
            {t("grid.done")}
          </Button>
        </div>
      }
    >
      {table.fields.map((field) => (
        <FormField
          key={`${row}-${field.key}`}
          field={isReadOnly ? { ...field, isReadOnly: true } : field}
          path={cellPath(table.key, row, field.key)}
        />
      ))}
    </Drawer>
  );
}

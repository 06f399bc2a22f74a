import { useVirtualizer } from "@tanstack/react-virtual";
import { type JSX, useEffect, useEffectEvent, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "../../ui/toast";
import type { Field } from "../field_type";
import { fieldType } from "../field_types";
import { cellPath } from "../runtime/paths";
import { useRows, useStore } from "../runtime/use_record";
import { ROW_KEY } from "../runtime/values";
import styles from "./DataGrid.module.css";
import { GridRow } from "./GridRow";
import { GridToolbar } from "./GridToolbar";
import type { Spot } from "./paste";
import { useGrid } from "./use_grid";

const ROW_HEIGHT = 38;
const NUMBER_WIDTH = 44;
const ACTION_WIDTH = 40;

interface DataGridProps {
  readonly table: Field;
  readonly isReadOnly: boolean;
}

function templateOf(fields: readonly Field[], isReadOnly: boolean): string {
  const widths = fields.map(({ type }) => {
    const { width } = fieldType(type);
    return `minmax(${Math.min(width, 180)}px, ${width}fr)`;
  });
  return [`${NUMBER_WIDTH}px`, ...widths, ...(isReadOnly ? [] : [`${ACTION_WIDTH}px`])].join(" ");
}

/**
 * The rows of a sub-table as a spreadsheet: only rows in view are drawn, one editor at a time stands in its cell. The grid
 * holds the focus and names its active cell, so rows and cells are no stops of their own; a table cannot be drawn in part.
 */
export function DataGrid({ table, isReadOnly }: DataGridProps): JSX.Element {
  const { t } = useTranslation("forms");
  const store = useStore();
  const rows = useRows(table.key);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollPaddingStart: ROW_HEIGHT,
    initialRect: { width: 800, height: 400 },
  });
  const isCellReadOnly = ({ row, column }: Spot) => {
    const field = table.fields[column];
    const key = store.rows(table.key)[row]?.[ROW_KEY];
    if (!field || !key) return true;
    const state = store.states.get(cellPath(table.key, key, field.key));
    return field.isReadOnly || (state?.read_only ?? false) || state?.visible === false;
  };
  const grid = useGrid({
    store,
    table,
    isReadOnly,
    isCellReadOnly,
    // A row that was just added is known to the virtualizer after the next drawing.
    show: ({ row }) => requestAnimationFrame(() => virtual.scrollToIndex(row)),
    focusGrid: () => box.current?.focus(),
    notFound: (text) => t("grid.not_found", { text }),
    onPasted: (count) => toast.success(t("grid.pasted", { count })),
  });
  const showCell = useEffectEvent((row: string, cell: string) => {
    box.current?.focus();
    grid.choose({
      row: rows.findIndex((one) => one[ROW_KEY] === row),
      column: table.fields.findIndex((field) => field.key === cell),
    });
  });
  useEffect(() => {
    store.showCell.set(table.key, (row, cell) => showCell(row, cell));
    return () => void store.showCell.delete(table.key);
  }, [store, table.key]);
  useEffect(() => {
    for (const { type } of table.fields) fieldType(type).Input.preload?.();
  }, [table.fields]);
  const items = virtual.getVirtualItems();
  const isActiveDrawn = items.some((item) => item.index === grid.active.row);
  const template = templateOf(table.fields, isReadOnly);
  return (
    <>
      <div
        ref={box}
        id={store.inputId(table.key)}
        className={styles.grid}
        role="grid"
        tabIndex={0}
        aria-label={table.title}
        aria-describedby={`${id}-help`}
        aria-rowcount={rows.length + 1}
        aria-colcount={table.fields.length + 1}
        aria-readonly={isReadOnly}
        aria-multiselectable="true"
        aria-activedescendant={
          isActiveDrawn && !grid.editing ? `${id}-${grid.active.row}-${grid.active.column}` : undefined
        }
        onKeyDownCapture={grid.onKeyDown}
        onCopy={grid.onCopy}
        onCut={grid.onCut}
        onPaste={grid.onPaste}
        onBlur={grid.onBlur}
      >
        <div className={styles.head} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
          <span className={styles.number} role="columnheader">
            <span className="visually-hidden">{t("grid.number")}</span>
          </span>
          {table.fields.map((field) => (
            <span key={field.key} role="columnheader" className={styles.name} data-align={fieldType(field.type).align}>
              {field.title}
              {field.isRequired && !field.isReadOnly && !isReadOnly ? <span className={styles.required}>*</span> : null}
            </span>
          ))}
          {isReadOnly ? null : (
            <span role="columnheader">
              <span className="visually-hidden">{t("grid.actions")}</span>
            </span>
          )}
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            return row ? (
              <GridRow
                key={row[ROW_KEY]}
                id={id}
                table={table}
                row={row}
                index={item.index}
                top={item.start}
                template={template}
                grid={grid}
                isReadOnly={isReadOnly}
              />
            ) : null;
          })}
        </div>
        {rows.length === 0 ? <p className={styles.empty}>{t("grid.empty")}</p> : null}
      </div>
      <p id={`${id}-help`} className="visually-hidden">
        {t("grid.help")}
      </p>
      {isReadOnly ? null : <GridToolbar grid={grid} hasRows={rows.length > 0} />}
    </>
  );
}

import { ChevronDown, ChevronUp } from "lucide-react";
import type { JSX, MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "../forms/field_type";
import { fieldType } from "../forms/field_types";
import type { RecordJson } from "../lib/record_types";
import { CheckMark } from "../ui/CheckMark";
import { ListCell } from "./ListCell";
import styles from "./ListTable.module.css";
import { type ListRowsProps, rowKey } from "./list_rows";
import { readSort, type Sorting, writeSort } from "./sorting";

const SELECTION_WIDTH = 40;

/** Ascending, descending, then the view's own order again. */
function nextSort(field: Field, sorting: Sorting | null): string | undefined {
  if (sorting?.key !== field.key) return writeSort({ key: field.key, isDescending: false });
  return sorting.isDescending ? undefined : writeSort({ key: field.key, isDescending: true });
}

/** Clicks on something that acts by itself, and the end of selecting text, must not also open the row. */
function isMeantForRow(event: MouseEvent): boolean {
  const isOnControl = event.target instanceof Element && event.target.closest("a, button, input, label") !== null;
  return !isOnControl && window.getSelection()?.type !== "Range";
}

interface HeadCellProps {
  readonly field: Field;
  readonly sorting: Sorting | null;
  readonly onSort: (sort: string | undefined) => void;
}

function HeadCell({ field, sorting, onSort }: HeadCellProps): JSX.Element {
  const type = fieldType(field.type);
  const direction = sorting?.key === field.key ? (sorting.isDescending ? "descending" : "ascending") : undefined;
  const isSortable = type.isSortable ?? false;
  return (
    <th
      scope="col"
      className={styles.head}
      data-align={type.align}
      aria-sort={direction ?? (isSortable ? "none" : undefined)}
    >
      {isSortable ? (
        <button type="button" className={styles.sort} onClick={() => onSort(nextSort(field, sorting))}>
          <span className={styles.name} title={field.title}>
            {field.title}
          </span>
          <span className={styles.arrow} aria-hidden="true">
            {direction === "ascending" ? <ChevronUp size={14} /> : <ChevronDown size={14} />}
          </span>
        </button>
      ) : (
        <span className={styles.name} title={field.title}>
          {field.title}
        </span>
      )}
    </th>
  );
}

interface RowProps {
  readonly record: RecordJson;
  readonly columns: readonly Field[];
  readonly form: string;
  readonly isSelected: boolean;
  readonly onToggle: ((record: RecordJson) => void) | undefined;
  readonly onOpen: ((record: RecordJson) => void) | undefined;
}

function Row({ record, columns, form, isSelected, onToggle, onOpen }: RowProps): JSX.Element {
  const { t } = useTranslation("records");
  return (
    // The row's first cell holds the link; clicking elsewhere is a convenience of the mouse.
    <tr
      className={styles.row}
      data-clickable={onOpen !== undefined}
      data-selected={isSelected}
      onClick={(event) => {
        if (onOpen && isMeantForRow(event)) onOpen(record);
      }}
    >
      {onToggle ? (
        <td className={styles.check}>
          <CheckMark
            label={t("select.row", { title: record.title })}
            isChecked={isSelected}
            onChange={() => onToggle(record)}
          />
        </td>
      ) : null}
      {columns.map((field, index) => (
        <td key={field.key} className={styles.cell} data-align={fieldType(field.type).align}>
          <ListCell record={record} field={field} isLink={index === 0 && onOpen !== undefined} form={form} />
        </td>
      ))}
    </tr>
  );
}

/** A plain table: the server sorts, filters and pages, so nothing more is needed (antd's costs 52 kB gzip). */
export function ListTable({ list, items, selected, onSelect, onOpen, onSort }: ListRowsProps): JSX.Element {
  const { t } = useTranslation("records");
  const sorting = readSort(list.sort);
  const chosen = new Set(selected.map(rowKey));
  const isAll = items.every((record) => chosen.has(rowKey(record)));
  const widths = list.columns.map((field) => fieldType(field.type).width);
  const minWidth = widths.reduce((sum, width) => sum + width, onSelect ? SELECTION_WIDTH : 0);
  const toggle = onSelect
    ? (record: RecordJson) => {
        const key = rowKey(record);
        onSelect(chosen.has(key) ? selected.filter((one) => rowKey(one) !== key) : [...selected, record]);
      }
    : undefined;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={list.form.title}>
      <table className={styles.table} style={{ minWidth }}>
        <colgroup>
          {onSelect ? <col style={{ width: SELECTION_WIDTH }} /> : null}
          {list.columns.map((field, index) => (
            <col key={field.key} style={{ width: widths[index] }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {onSelect ? (
              <th className={`${styles.head} ${styles.check}`} scope="col">
                <CheckMark
                  label={t("select.all")}
                  isChecked={isAll}
                  isPartial={!isAll && selected.length > 0}
                  onChange={() => onSelect(isAll ? [] : items)}
                />
              </th>
            ) : null}
            {list.columns.map((field) => (
              <HeadCell key={field.key} field={field} sorting={sorting} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((record) => (
            <Row
              key={rowKey(record)}
              record={record}
              columns={list.columns}
              form={list.form.name}
              isSelected={chosen.has(rowKey(record))}
              onToggle={toggle}
              onOpen={onOpen}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

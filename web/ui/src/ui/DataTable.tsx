import type { JSX, ReactNode } from "react";
import styles from "./DataTable.module.css";

export interface Column<T> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: T) => ReactNode;
  readonly align?: "right";
  /** On a phone, where rows are cards without a head, the title stands before the value. */
  readonly isLabelled?: boolean;
}

interface DataTableProps<T> {
  /** What the table lists, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  /** Inside a card that has a border already. */
  readonly isBare?: boolean;
}

/** A plain table; on a phone each row becomes a card. The first column holds what the row is. */
export function DataTable<T>({ label, columns, rows, rowKey, isBare = false }: DataTableProps<T>): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by the keyboard
    <section className={styles.scroll} data-bare={isBare} tabIndex={0} aria-label={label}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" data-align={column.align}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.key} data-align={column.align}>
                  {column.isLabelled ? (
                    <span className={styles.label} aria-hidden="true">
                      {column.title}
                    </span>
                  ) : null}
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

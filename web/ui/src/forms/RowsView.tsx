import type { JSX } from "react";
import type { JsonObject } from "../lib/json";
import type { Field } from "./field_type";
import { fieldType } from "./field_types";
import styles from "./RowsView.module.css";

interface RowsViewProps {
  readonly title: string;
  readonly fields: readonly Field[];
  readonly rows: readonly JsonObject[];
}

/** The rows of a sub-table, to read. */
export function RowsView({ title, fields, rows }: RowsViewProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <div className={styles.scroll} tabIndex={0}>
      <table className={styles.table} aria-label={title}>
        <thead>
          <tr>
            <th scope="col" className={styles.number}>
              #
            </th>
            {fields.map((field) => (
              <th key={field.key} scope="col" data-align={fieldType(field.type).align}>
                {field.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={String(row.id ?? index)}>
              <td className={styles.number}>{index + 1}</td>
              {fields.map((field) => {
                const { Cell, align } = fieldType(field.type);
                return (
                  <td key={field.key} data-align={align} data-label={field.title}>
                    <Cell field={field} value={row[field.key]} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

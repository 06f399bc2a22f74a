import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Tag } from "../../ui/Tag";
import type { ChartProps, ChartType } from "../chart_type";
import { measureText } from "../numbers";
import { type Column, dimensionsOf, groupOf, measuresOf, numberOf, type Row } from "../report_types";
import { useGroupTitle } from "../use_group_title";
import styles from "./table.module.css";

function rowKey(row: Row, dimensions: readonly Column[]): string {
  return dimensions.map((column) => String(groupOf(row, column).value)).join("\u0000");
}

function Chart({ result, title }: ChartProps): JSX.Element {
  const { t } = useTranslation("reports");
  const groupTitle = useGroupTitle();
  const dimensions = dimensionsOf(result);
  const measures = measuresOf(result);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={title}>
      <table className={styles.table}>
        <thead>
          <tr>
            {result.columns.map((column) => (
              <th key={column.key} scope="col" data-role={column.role}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {result.rows.map((row) => (
            <tr key={rowKey(row, dimensions)}>
              {dimensions.map((column) => {
                const group = groupOf(row, column);
                const text = groupTitle(group);
                return <td key={column.key}>{group.color ? <Tag color={group.color}>{text}</Tag> : text}</td>;
              })}
              {measures.map((column) => (
                <td key={column.key} data-role="measure">
                  {measureText(numberOf(row, column), column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {dimensions.length > 0 ? (
          <tfoot>
            <tr>
              <th scope="row" colSpan={dimensions.length}>
                {t("result.total")}
              </th>
              {measures.map((column) => (
                <td key={column.key} data-role="measure">
                  {measureText(result.totals[column.key] ?? null, column)}
                </td>
              ))}
            </tr>
          </tfoot>
        ) : null}
      </table>
    </section>
  );
}

export const chartType: ChartType = { name: "table", Chart, isDrawn: false };

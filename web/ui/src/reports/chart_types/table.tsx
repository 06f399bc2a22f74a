import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ChartProps, ChartType } from "../chart_type";
import { Figure } from "../Figure";
import { GroupName } from "../GroupName";
import { dimensionsOf, groupOf, measuresOf, numberOf, pickOf } from "../report_types";
import { type Line, linesOf } from "../table_lines";
import styles from "./table.module.css";

function Chart({ result, title, onPick, links }: ChartProps): JSX.Element {
  const { t } = useTranslation("reports");
  const dimensions = dimensionsOf(result);
  const measures = measuresOf(result);
  const shownIn = (line: Line) => dimensions.filter(({ key }) => line.by === null || line.by.includes(key));
  const nameOf = (line: Line) =>
    JSON.stringify([
      line.by,
      ...dimensions.map((column) => [groupOf(line.row, column).value, groupOf(line.row, column).is_others]),
    ]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={title}>
      <table className={styles.table}>
        <thead>
          <tr>
            {[...dimensions, ...measures].map((column) => (
              <th key={column.key} scope="col" data-role={column.role}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {linesOf(result).map((line) => (
            <tr key={nameOf(line)} data-subtotal={line.by ? true : undefined}>
              {dimensions.map((column) => (
                <td key={column.key}>
                  {shownIn(line).includes(column) ? (
                    <GroupName group={groupOf(line.row, column)} dimension={column} links={links} />
                  ) : column === dimensions[line.by?.length ?? 0] ? (
                    t("result.subtotal")
                  ) : null}
                </td>
              ))}
              {measures.map((column) => (
                <td key={column.key} data-role="measure">
                  <Figure
                    value={numberOf(line.row, column)}
                    measure={column}
                    onPress={onPick ? () => onPick(pickOf(shownIn(line), line.row, column)) : undefined}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {dimensions.length > 0 && result.has_totals !== false ? (
          <tfoot>
            <tr>
              <th scope="row" colSpan={dimensions.length}>
                {t("result.total")}
              </th>
              {measures.map((column) => (
                <td key={column.key} data-role="measure">
                  <Figure
                    value={result.totals[column.key] ?? null}
                    measure={column}
                    onPress={onPick ? () => onPick(pickOf([], null, column)) : undefined}
                  />
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

import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ChartProps, ChartType } from "../chart_type";
import { Figure } from "../Figure";
import { GroupName } from "../GroupName";
import {
  type Cells,
  type Column,
  dimensionsOf,
  type Group,
  measuresOf,
  type Pivot,
  pickOf,
  type Row,
} from "../report_types";
import styles from "./table.module.css";

const EMPTY: Pivot = { rows: [], columns: [], cells: [], row_totals: [], column_totals: [] };

const NONE: Group = { value: null, title: "" };

function keyOf(groups: readonly Group[]): string {
  return JSON.stringify(groups.map(({ value, is_others }) => [value, is_others]));
}

/** Groups of a cell as a row of the result: what stands behind it is asked by them. */
function rowOf(dimensions: readonly Column[], groups: readonly Group[]): Row {
  return Object.fromEntries(dimensions.map(({ key }, index) => [key, groups[index] ?? null]));
}

function Chart({ result, title, onPick, links }: ChartProps): JSX.Element {
  const { t } = useTranslation("reports");
  const pivot = result.pivot ?? EMPTY;
  const across = dimensionsOf(result).filter(({ axis }) => axis === "columns");
  const down = dimensionsOf(result).filter(({ axis }) => axis !== "columns");
  const measures = measuresOf(result);
  const figures = (
    cells: Cells | null | undefined,
    dimensions: readonly Column[],
    groups: readonly Group[],
    at: string,
  ) =>
    measures.map((measure) => (
      <td key={`${at} ${measure.key}`} data-role="measure">
        <Figure
          value={cells?.[measure.key] ?? null}
          measure={measure}
          onPress={onPick ? () => onPick(pickOf(dimensions, rowOf(dimensions, groups), measure)) : undefined}
        />
      </td>
    ));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={title}>
      <table className={styles.table} data-kind="pivot">
        <thead>
          {across.map((dimension, level) => (
            <tr key={dimension.key}>
              {level === 0
                ? down.map((column) => (
                    <th key={column.key} scope="col" rowSpan={across.length + (measures.length > 1 ? 1 : 0)}>
                      {column.title}
                    </th>
                  ))
                : null}
              {pivot.columns.map((groups) => (
                <th key={keyOf(groups)} scope="col" colSpan={measures.length} data-role="measure">
                  <GroupName group={groups[level] ?? NONE} dimension={dimension} links={links} />
                </th>
              ))}
              {level === 0 ? (
                <th scope="col" colSpan={measures.length} rowSpan={across.length} data-role="measure">
                  {t("result.total")}
                </th>
              ) : null}
            </tr>
          ))}
          {measures.length > 1 ? (
            <tr>
              {[...pivot.columns.map(keyOf), "total"].flatMap((at) =>
                measures.map((measure) => (
                  <th key={`${at} ${measure.key}`} scope="col" data-role="measure">
                    {measure.title}
                  </th>
                )),
              )}
            </tr>
          ) : null}
        </thead>
        <tbody>
          {pivot.rows.map((groups, index) => (
            <tr key={keyOf(groups)}>
              {down.map((column, level) => (
                <th key={column.key} scope="row">
                  <GroupName group={groups[level] ?? NONE} dimension={column} links={links} />
                </th>
              ))}
              {pivot.columns.map((column, place) =>
                figures(pivot.cells[index]?.[place], [...down, ...across], [...groups, ...column], keyOf(column)),
              )}
              {figures(pivot.row_totals[index], down, groups, "total")}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={down.length}>
              {t("result.total")}
            </th>
            {pivot.columns.map((column, place) => figures(pivot.column_totals[place], across, column, keyOf(column)))}
            {figures(result.totals, [], [], "total")}
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

export const chartType: ChartType = { name: "pivot", Chart, isDrawn: false };

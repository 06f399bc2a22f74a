import { type Column, groupOf, isSameGroup, type ReportResult, type Row } from "./report_types";

/** A line of a report's table: a group, or the subtotal of the lines above that share the groups of `by`. */
export interface Line {
  readonly row: Row;
  readonly by: readonly string[] | null;
}

function isUnder(row: Row, subtotal: Row, by: readonly Column[]): boolean {
  return by.every((column) => isSameGroup(groupOf(row, column), groupOf(subtotal, column)));
}

/** The rows with each subtotal behind the last row it adds up; the narrower one first. */
export function linesOf(result: ReportResult): readonly Line[] {
  const columns = new Map(result.columns.map((column) => [column.key, column]));
  const subtotals = (result.subtotals ?? []).map(({ by, row }) => {
    const over = by.flatMap((key) => columns.get(key) ?? []);
    return { by, row, last: result.rows.findLastIndex((one) => isUnder(one, row, over)) };
  });
  return result.rows.flatMap((row, index) => [
    { row, by: null },
    ...subtotals
      .filter(({ last }) => last === index)
      .sort((one, other) => other.by.length - one.by.length)
      .map(({ by, row: subtotal }) => ({ row: subtotal, by })),
  ]);
}

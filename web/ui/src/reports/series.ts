import {
  type Column,
  dimensionsOf,
  type Group,
  groupOf,
  isSameGroup,
  measuresOf,
  type ReportResult,
  type Row,
} from "./report_types";

/** One line, area or row of bars: a measure, or a group of the second dimension. */
export interface Series {
  readonly title: Group | null;
  readonly measure: Column;
  /** One for each category; null where there is no such group. */
  readonly rows: readonly (Row | null)[];
}

export interface SeriesSet {
  readonly dimension: Column | undefined;
  readonly categories: readonly Group[];
  readonly series: readonly Series[];
}

function distinct(rows: readonly Row[], column: Column): readonly Group[] {
  const found: Group[] = [];
  for (const row of rows) {
    const group = groupOf(row, column);
    if (!found.some((one) => isSameGroup(one, group))) found.push(group);
  }
  return found;
}

function hasUnitOf(one: Column, other: Column): boolean {
  return one.currency === other.currency && one.format === other.format;
}

/** Two measures may have an axis each; of more, those in the first one's unit are drawn, the table has the others. */
export function drawnTogether(measures: readonly Column[]): readonly Column[] {
  const [first] = measures;
  return first && measures.length > 2 ? measures.filter((one) => hasUnitOf(one, first)) : measures;
}

/** What is drawn along an axis: each measure a series, or, with a second dimension, each of its groups. */
export function seriesOf(result: ReportResult): SeriesSet {
  const [dimension, second] = dimensionsOf(result);
  const measures = measuresOf(result);
  if (!dimension) return { dimension, categories: [], series: [] };
  if (!second) {
    const categories = result.rows.map((row) => groupOf(row, dimension));
    const drawn = drawnTogether(measures);
    return { dimension, categories, series: drawn.map((measure) => ({ title: null, measure, rows: result.rows })) };
  }
  const categories = distinct(result.rows, dimension);
  const series = distinct(result.rows, second).flatMap((title) =>
    measures.slice(0, 1).map((measure) => ({
      title,
      measure,
      rows: categories.map(
        (category) =>
          result.rows.find(
            (row) => isSameGroup(groupOf(row, dimension), category) && isSameGroup(groupOf(row, second), title),
          ) ?? null,
      ),
    })),
  );
  return { dimension, categories, series };
}

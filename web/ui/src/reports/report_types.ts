import type { JsonObject } from "../lib/json";

/** What a number means to its reader; drawings say it by their colours. */
export type Tone = "neutral" | "accent" | "positive" | "warning" | "negative";

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly role: "dimension" | "measure";
  readonly type: string;
  readonly bucket?: string | null;
  readonly axis?: "rows" | "columns";
  /** The path that a dimension groups by, to filter by it. */
  readonly field?: string | null;
  readonly kind?: "aggregate" | "expression" | "share" | "comparison";
  readonly function?: string | null;
  /** A percent is a fraction: "0.1250" is 12.5 %. */
  readonly format?: "number" | "percent";
  readonly currency?: string | null;
  /** Stands behind the number. */
  readonly unit?: string | null;
  readonly tone?: Tone | null;
  readonly scale?: number | null;
  readonly of?: string | null;
  readonly to?: "previous_period" | "previous_year" | null;
  readonly as?: "value" | "difference" | "percent" | null;
}

export type GroupValue = string | number | boolean | null;

/** One group of a dimension; an empty value has no title. */
export interface Group {
  readonly value: GroupValue;
  readonly title: string;
  readonly color?: string | null;
  /** What is left behind the first ones. */
  readonly is_others?: boolean;
}

export type Cells = Readonly<Record<string, string | null>>;
export type Row = Readonly<Record<string, Group | string | null>>;

export interface Days {
  readonly from: string | null;
  readonly to: string | null;
}

export interface Pivot {
  readonly rows: readonly (readonly Group[])[];
  readonly columns: readonly (readonly Group[])[];
  readonly cells: readonly (readonly (Cells | null)[])[];
  readonly row_totals: readonly Cells[];
  readonly column_totals: readonly Cells[];
}

/** `POST /api/reports/{app}/{report}/run`. Measures are exact numbers as text. */
export interface ReportResult {
  readonly report: {
    readonly key: string;
    readonly title: string;
    readonly chart: string;
    readonly options?: Readonly<Record<string, unknown>>;
    readonly form: string;
    readonly form_title?: string;
  };
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly subtotals?: readonly { readonly by: readonly string[]; readonly row: Row }[];
  readonly totals: Cells;
  readonly pivot?: Pivot | null;
  readonly period?: (Days & { readonly field: string }) | null;
  readonly is_cut: boolean;
  /** False where the measures cannot be told of all records together. */
  readonly has_totals?: boolean;
  readonly limit?: number;
}

/** What a reader asks beyond the report as it is published. */
export interface RunFilter {
  readonly field: string;
  readonly in?: readonly GroupValue[];
  readonly from?: string | null;
  readonly to?: string | null;
}

export interface RunBody {
  readonly filters?: readonly RunFilter[];
  readonly period?: Days;
}

/** The number that was pointed at: groups by dimension, which of them are the rest, and the measure. */
export interface Pick {
  readonly group: Readonly<Record<string, Group>>;
  readonly others: readonly string[];
  readonly measure: Column | null;
}

export type OnPick = (pick: Pick) => void;

export interface DashboardFilter {
  readonly key: string;
  readonly title: string;
  readonly type: "period" | "choice";
  readonly from?: string | null;
  readonly to?: string | null;
  readonly options?: readonly { readonly value: GroupValue; readonly title: string; readonly color?: string | null }[];
  readonly form?: string | null;
}

export interface DashboardItem {
  readonly key: string;
  readonly report: string;
  readonly title: string;
  readonly chart: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  /** Shared filter → the field of this report that it narrows. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The report has a period of its own, which a shared period replaces. */
  readonly has_period?: boolean;
  /** Dimension → the shared filter that a click on one of its groups sets. */
  readonly links?: Readonly<Record<string, string>>;
}

/** `GET /api/dashboards/{app}/{key}`. */
export interface Dashboard {
  readonly key: string;
  readonly title: string;
  readonly filters?: readonly DashboardFilter[];
  readonly items: readonly DashboardItem[];
}

export interface Behind {
  readonly form: string;
  readonly form_title: string;
  readonly kind: "form" | "balance";
  readonly columns: readonly { readonly key: string; readonly title: string }[];
  readonly items: readonly BehindRecord[];
  readonly count: number | null;
  readonly next_cursor: string | null;
  readonly filter: string | null;
}

export interface BehindRecord {
  readonly id: string;
  readonly title: string;
  readonly values: JsonObject;
}

export function dimensionsOf(result: ReportResult): readonly Column[] {
  return result.columns.filter((column) => column.role === "dimension");
}

export function measuresOf(result: ReportResult): readonly Column[] {
  return result.columns.filter((column) => column.role === "measure");
}

export function groupOf(row: Row, column: Column): Group {
  const cell = row[column.key];
  return typeof cell === "object" && cell !== null ? cell : { value: null, title: "" };
}

/** The exact text of a measure, null where there was nothing to measure. */
export function numberOf(row: Row, column: Column): string | null {
  const cell = row[column.key];
  return typeof cell === "string" ? cell : null;
}

export function isSameGroup(one: Group, other: Group): boolean {
  return one.value === other.value && Boolean(one.is_others) === Boolean(other.is_others);
}

/** Groups that stand for a shared filter: pressed, they narrow the page. */
export interface Links {
  readonly dimensions: readonly string[];
  readonly isSet: (pick: Pick) => boolean;
  /** True where something was linked. */
  readonly press: (pick: Pick) => boolean;
}

/** What was pointed at in a row; without a row, a total. */
export function pickOf(dimensions: readonly Column[], row: Row | null, measure: Column | null): Pick {
  const group: Record<string, Group> = {};
  const others: string[] = [];
  for (const dimension of row ? dimensions : []) {
    const found = groupOf(row as Row, dimension);
    if (found.is_others) others.push(dimension.key);
    else group[dimension.key] = found;
  }
  return { group, others, measure };
}

import { queryOptions } from "@tanstack/react-query";
import { api, path, splitName } from "../lib/api";
import { keys } from "../lib/query_keys";

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly role: "dimension" | "measure";
  readonly type: string;
  readonly bucket?: string | null;
  readonly function?: string;
  readonly currency?: string | null;
  readonly scale?: number | null;
}

/** One group of a dimension; an empty value has no title. */
export interface Group {
  readonly value: string | boolean | null;
  readonly title: string;
  readonly color?: string | null;
}

export type Row = Readonly<Record<string, Group | string | null>>;

/** `POST /api/reports/{app}/{report}/run`. Measures are exact numbers as text. */
export interface ReportResult {
  readonly report: { readonly key: string; readonly title: string; readonly chart: string; readonly form: string };
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly totals: Readonly<Record<string, string | null>>;
  readonly is_truncated: boolean;
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
}

/** `GET /api/dashboards/{app}/{key}`. */
export interface Dashboard {
  readonly key: string;
  readonly title: string;
  readonly items: readonly DashboardItem[];
}

export function reportQuery(name: string) {
  const [app, key] = splitName(name);
  return queryOptions({
    queryKey: keys.report(name, null),
    queryFn: ({ signal }) => api.post<ReportResult>(`${path("reports", app, key)}/run`, {}, { signal }),
    staleTime: 30_000,
  });
}

export function dashboardQuery(name: string) {
  const [app, key] = splitName(name);
  return queryOptions({
    queryKey: keys.dashboard(name),
    queryFn: ({ signal }) => api.get<Dashboard>(path("dashboards", app, key), { signal }),
    staleTime: 30_000,
  });
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

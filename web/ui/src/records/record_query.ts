import { queryOptions } from "@tanstack/react-query";
import { api, path, splitName } from "../lib/api";
import type { Json } from "../lib/json";
import { keys } from "../lib/query_keys";
import type { PageJson, RecordJson, RecordPageJson, Reference } from "../lib/record_types";
import type { TaskSummary } from "../lib/task_types";

/** Records of another form that point at this one through one of their fields. */
export interface Related {
  readonly form: string;
  readonly field: string;
  readonly title: string;
  readonly count: number;
}

export interface RunSummary {
  readonly id: string;
  readonly flow: { readonly title: string };
  readonly status: string;
  readonly started_at: string;
  readonly started_by: Reference | null;
}

/** `GET /api/records/{app}/{form}/{id}`. */
export interface RecordAnswer extends RecordJson {
  /** Keys of the buttons that may be pressed now. */
  readonly actions: readonly string[];
  readonly tasks: readonly TaskSummary[];
  readonly instances: readonly RunSummary[];
  readonly related: readonly Related[];
}

export interface HistoryChange {
  readonly field: string;
  readonly title: string;
  readonly before: Json;
  readonly after: Json;
}

export interface HistoryEntry {
  readonly id: number;
  readonly at: string;
  readonly by: Reference | null;
  readonly by_platform: boolean;
  readonly action: "create" | "update" | "delete" | "restore";
  readonly changes: readonly HistoryChange[];
}

export function recordPath(form: string, id: string, ...more: readonly string[]): string {
  const [app, key] = splitName(form);
  return path("records", app, key, id, ...more);
}

export function recordQuery(form: string, id: string) {
  return queryOptions({
    queryKey: keys.record(form, id),
    queryFn: ({ signal }) => api.get<RecordAnswer>(recordPath(form, id), { signal }),
  });
}

export function historyQuery(form: string, id: string, version: number | null) {
  return queryOptions({
    queryKey: [...keys.record(form, id), "history", version],
    queryFn: ({ signal }) => api.get<PageJson<HistoryEntry>>(recordPath(form, id, "history"), { signal }),
  });
}

export const RELATED_SHOWN = 10;

export function relatedQuery(related: Related, id: string, columns: readonly string[]) {
  const [app, key] = splitName(related.form);
  const filter = `${related.field} == '${id}'`;
  const fields = columns.join(",") || undefined;
  return queryOptions({
    queryKey: [...keys.recordList(related.form, { filter, fields }), "related"],
    queryFn: ({ signal }) =>
      api.get<RecordPageJson>(path("records", app, key), { params: { filter, fields, limit: RELATED_SHOWN }, signal }),
  });
}

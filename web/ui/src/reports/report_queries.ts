import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, path, splitName } from "../lib/api";
import { keys } from "../lib/query_keys";
import type { Behind, Dashboard, Pick, ReportResult, RunBody } from "./report_types";

/** Records behind a number that are shown at a time. */
const SHOWN = 50;

export function reportQuery(name: string, run: RunBody = {}) {
  const [app, key] = splitName(name);
  return queryOptions({
    queryKey: keys.report(name, run),
    queryFn: ({ signal }) => api.post<ReportResult>(`${path("reports", app, key)}/run`, run, { signal }),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
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

/** The records behind a number. */
export function behindQuery(name: string, run: RunBody, pick: Pick) {
  const [app, key] = splitName(name);
  const group = Object.fromEntries(Object.entries(pick.group).map(([dimension, { value }]) => [dimension, value]));
  const asked = { run, group, others: pick.others, measure: pick.measure?.key ?? null, limit: SHOWN };
  return infiniteQueryOptions({
    queryKey: [...keys.report(name, run), "behind", asked],
    queryFn: ({ signal, pageParam }) =>
      api.post<Behind>(`${path("reports", app, key)}/records`, { ...asked, cursor: pageParam }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
}

/** Where the sheet of a report is fetched from. */
export function sheetAddress(name: string, run: RunBody, format: "xlsx" | "csv"): string {
  const [app, key] = splitName(name);
  const params = new URLSearchParams({ format, run: JSON.stringify(run) });
  return `${path("reports", app, key)}/export?${params}`;
}

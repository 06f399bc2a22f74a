import { queryOptions } from "@tanstack/react-query";
import { create } from "zustand";
import { api, path } from "../lib/api";
import { isProblem, NETWORK } from "../lib/problem";
import { type ExportRunJson, isExporting } from "./export_types";
import { addressOf, type ListSource } from "./list_source";
import type { SheetFormat } from "./sheets";
import type { RecordListModel } from "./use_record_list";

/** The first looks come soon, so that a short list is there at once. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 1000;
const OUTAGE_PAUSE_MS = 5000;
/** An export shows itself when it is not done after so many looks. */
const QUIET_LOOKS = 2;

interface FollowedExports {
  readonly runs: readonly ExportRunJson[];
}

/** Exports that this page waits for and that take their time; drawn by `ExportNotices`. */
export const useFollowedExports = create<FollowedExports>()(() => ({ runs: [] }));

function show(run: ExportRunJson): void {
  useFollowedExports.setState(({ runs }) => ({
    runs: runs.some(({ id }) => id === run.id) ? runs.map((one) => (one.id === run.id ? run : one)) : [...runs, run],
  }));
}

/** Wait for it no longer; it goes on by itself. */
export function leaveExport(id: string): void {
  useFollowedExports.setState(({ runs }) => ({ runs: runs.filter((run) => run.id !== id) }));
}

const isShown = (id: string) => useFollowedExports.getState().runs.some((run) => run.id === id);

/** The list as it is shown, as a sheet. */
export function startExport(
  source: ListSource,
  list: RecordListModel,
  search: string | undefined,
  format: SheetFormat,
): Promise<ExportRunJson> {
  const { filter, sort, columns } = list;
  // A balance is given whole.
  const fields = source.kind === "form" && columns.length > 0 ? columns.map((field) => field.key) : undefined;
  return api.post<ExportRunJson>(`${addressOf(source)}/export`, { format, filter, search, sort, fields });
}

export function cancelExport(id: string): Promise<ExportRunJson> {
  return api.post<ExportRunJson>(`${path("exports", id)}/cancel`);
}

export function exportFileAddress(id: string): string {
  return `${path("exports", id)}/file`;
}

/** Let the browser save the sheet. */
export function saveExport(id: string): void {
  const link = document.createElement("a");
  link.href = exportFileAddress(id);
  link.download = "";
  link.click();
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Look until the export has ended; null once the person has left it. Throws what the server refuses. */
export async function followExport(started: ExportRunJson): Promise<ExportRunJson | null> {
  let run = started;
  let wait = FIRST_PAUSE_MS;
  try {
    for (let looks = 1; isExporting(run); looks += 1) {
      await pause(wait);
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
      if (looks > QUIET_LOOKS && !isShown(run.id)) return null;
      try {
        run = await api.get<ExportRunJson>(path("exports", run.id));
      } catch (error) {
        if (!isProblem(error) || !(error.code === NETWORK || error.status >= 500)) throw error;
        wait = OUTAGE_PAUSE_MS;
      }
      if (isExporting(run) && (looks === QUIET_LOOKS || isShown(run.id))) show(run);
    }
    return run;
  } finally {
    leaveExport(run.id);
  }
}

const EXPORTS_KEY = ["exports"] as const;

export function myExportsQuery() {
  return queryOptions({
    queryKey: EXPORTS_KEY,
    queryFn: ({ signal }) => api.get<{ items: readonly ExportRunJson[] }>(path("exports"), { signal }),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.items.some(isExporting) ? LONGEST_PAUSE_MS : false),
  });
}

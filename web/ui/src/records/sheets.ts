import { queryOptions } from "@tanstack/react-query";
import { api, path, splitName } from "../lib/api";
import { type ImportChoice, type ImportPreviewJson, type ImportRunJson, isUnderWay } from "./import_types";

export type SheetFormat = "xlsx" | "csv";

const POLL_MILLISECONDS = 800;

function importPath(form: string): string {
  const [app, key] = splitName(form);
  return `${path("records", app, key)}/import`;
}

export function templateAddress(form: string, format: SheetFormat): string {
  return `${importPath(form)}/template?format=${format}`;
}

export function errorFileAddress(id: string): string {
  return `${path("imports", id)}/errors`;
}

function body(source: File | string, choice: ImportChoice): FormData {
  const data = new FormData();
  if (typeof source === "string") data.append("file_id", source);
  else data.append("file", source);
  data.append("mapping", JSON.stringify(choice.mapping));
  data.append("mode", choice.mode);
  if (choice.key) data.append("key", choice.key);
  data.append("partial", String(choice.partial));
  return data;
}

/** What the import would do; `source` is a file, or the id of one that was sent before. */
export function previewImport(form: string, source: File | string, choice: ImportChoice): Promise<ImportPreviewJson> {
  return api.post<ImportPreviewJson>(importPath(form), body(source, choice));
}

export function startImport(form: string, fileId: string, choice: ImportChoice): Promise<ImportRunJson> {
  const data = body(fileId, choice);
  data.append("commit", "true");
  return api.post<ImportRunJson>(importPath(form), data);
}

export function cancelImport(id: string): Promise<ImportRunJson> {
  return api.post<ImportRunJson>(`${path("imports", id)}/cancel`);
}

export function importQuery(id: string) {
  return queryOptions({
    queryKey: ["imports", id],
    queryFn: ({ signal }) => api.get<ImportRunJson>(path("imports", id), { signal }),
    refetchInterval: ({ state }) => (state.status === "error" || !isUnderWay(state.data) ? false : POLL_MILLISECONDS),
  });
}

export function recentImportsQuery(form: string) {
  return queryOptions({
    queryKey: ["imports", "of", form],
    queryFn: ({ signal }) => api.get<{ items: readonly ImportRunJson[] }>(importPath(form), { signal }),
    staleTime: 0,
  });
}

/** What the API says about imports; see `/docs`. */

export type ImportMode = "create" | "update" | "both";

export interface ImportFault {
  readonly line: number;
  readonly field: string;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
}

export interface ImportColumn {
  readonly index: number;
  readonly header: string;
  readonly field: string | null;
  readonly title: string | null;
  readonly sample: string;
}

export interface ImportField {
  readonly path: string;
  readonly title: string;
  readonly is_required: boolean;
  readonly is_input: boolean;
  readonly is_key: boolean;
}

export interface ImportRow {
  readonly line: number;
  readonly lines: number;
  readonly action: "create" | "update";
  readonly cells: readonly string[];
  readonly errors: readonly ImportFault[];
}

export interface ImportPreviewJson {
  readonly file: { readonly id: string; readonly name: string; readonly size: number };
  readonly columns: readonly ImportColumn[];
  readonly fields: readonly ImportField[];
  readonly rows: readonly ImportRow[];
  readonly tried: number;
  readonly failed: number;
  readonly rows_total: number | null;
}

export interface ImportRunJson {
  readonly id: string;
  readonly file_name: string;
  readonly status: "queued" | "running" | "completed" | "failed" | "cancelled";
  readonly is_cancelled: boolean;
  readonly rows_total: number | null;
  readonly rows_read: number;
  readonly created: number;
  readonly updated: number;
  readonly failed: number;
  readonly errors: readonly ImportFault[];
  readonly has_error_file: boolean;
  readonly created_at: string;
}

/** What one has chosen for a file; headers that `mapping` does not name are matched by the server. */
export interface ImportChoice {
  readonly mapping: Readonly<Record<string, string | null>>;
  readonly mode: ImportMode;
  readonly key: string | undefined;
  readonly partial: boolean;
}

export const FIRST_CHOICE: ImportChoice = { mapping: {}, mode: "create", key: undefined, partial: false };

export function isUnderWay(run: ImportRunJson | undefined): boolean {
  return run === undefined || run.status === "queued" || run.status === "running";
}

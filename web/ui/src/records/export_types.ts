/** What the API says about exports; see `/docs`. */

export interface ExportRunJson {
  readonly id: string;
  /** Full name of the form or balance. */
  readonly source: string;
  readonly title: string;
  readonly status: "queued" | "running" | "completed" | "failed" | "cancelled";
  readonly is_cancelled: boolean;
  /** Null until they are counted. */
  readonly rows_total: number | null;
  readonly rows_written: number;
  readonly file_name: string;
  /** Bytes. */
  readonly file_size: number | null;
  readonly has_file: boolean;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly created_at: string;
}

export function isExporting({ status }: ExportRunJson): boolean {
  return status === "queued" || status === "running";
}

/** How much is written, in whole hundredths; 100 only when it is done. */
export function writtenPercent({ status, rows_written, rows_total }: ExportRunJson): number {
  if (status === "completed") return 100;
  return rows_total ? Math.min(Math.floor((rows_written / rows_total) * 100), 99) : 0;
}

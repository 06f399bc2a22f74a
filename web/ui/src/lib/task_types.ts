/** A form, a record in it, and what to call it. */
export interface RecordReference {
  readonly app: string;
  readonly form: string;
  readonly id: string;
  readonly title: string;
}

/** What lists of human work need; the task page knows more. */
export interface TaskSummary {
  readonly id: string;
  readonly flow_title?: string;
  readonly node_title?: string;
  readonly record: RecordReference | null;
  readonly due_at: string | null;
  readonly created_at?: string;
  readonly started_by?: { readonly id: string; readonly title: string } | null;
}

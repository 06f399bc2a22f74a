import type { Json, JsonObject } from "./json";

/** A record, task or form that another value points to, with the title to show for it. */
export interface Reference {
  readonly id: string;
  readonly title: string;
}

export interface RecordJson {
  /** `null` for rows of a balance. */
  readonly id: string | null;
  /** `null` for rows of a balance. */
  readonly version: number | null;
  readonly title: string;
  readonly created_at: string;
  readonly created_by: Reference | null;
  readonly updated_at: string;
  readonly updated_by: Reference | null;
  readonly owner: Reference | null;
  readonly values: JsonObject;
}

export interface PageJson<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
  /** Absent unless asked for. */
  readonly count?: number | null;
}

export type RecordPageJson = PageJson<RecordJson>;

export function isReference(value: Json | undefined): value is JsonObject & Reference {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "id" in value && "title" in value;
}

import { isObject, type Json } from "../lib/json";
import type { RecordStore } from "./runtime/record_store";
import type { Values } from "./runtime/values";

/** What someone typed and did not save, kept in this browser. */
export interface Draft {
  readonly at: string;
  /** The version it was typed upon; `null` for a new record. */
  readonly version: number | null;
  readonly values: Values;
}

export function draftKey(user: string, form: string, id: string | null): string {
  return `dougong.draft.${user}.${form}.${id ?? "new"}`;
}

export function readDraft(key: string): Draft | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    if (!isObject(found) || typeof found.at !== "string" || !isObject(found.values)) return null;
    return {
      at: found.at,
      version: typeof found.version === "number" ? found.version : null,
      values: found.values as Values,
    };
  } catch {
    return null;
  }
}

/** Only the fields that differ from what is saved: fields that others change meanwhile are not set back. */
export function changedValues(store: RecordStore): Values {
  const fields = store.form.fields.filter((field) => !field.isReadOnly && store.isFieldChanged(field));
  return Object.fromEntries(fields.map(({ key }) => [key, (store.values[key] ?? null) as Json]));
}

export function keepDraft(key: string, store: RecordStore, version: number | null): void {
  try {
    const values = changedValues(store);
    if (Object.keys(values).length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ at: new Date().toISOString(), version, values }));
  } catch {
    // A full or forbidden storage only means that there is no draft.
  }
}

export function dropDraft(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // As above.
  }
}

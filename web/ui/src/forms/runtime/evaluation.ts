import { api, path, splitName } from "../../lib/api";
import { isObject, type Json, type JsonObject } from "../../lib/json";
import type { Violation } from "../../lib/problem";
import type { Field } from "../field_type";
import { cellPath, type Path, pathOf } from "./paths";
import type { FieldState, Messages, RecordStore } from "./record_store";
import { ROW_KEY } from "./values";

/** `POST /api/records/{app}/{form}/evaluate`. */
export interface Evaluation {
  readonly values: JsonObject;
  readonly states: Readonly<Record<string, FieldState>>;
  readonly violations: readonly Violation[];
}

export function evaluate(
  form: string,
  id: string | null,
  values: JsonObject,
  signal?: AbortSignal,
): Promise<Evaluation> {
  const [app, key] = splitName(form);
  return api.post<Evaluation>(path("records", app, key, "evaluate"), id ? { id, values } : { values }, { signal });
}

export type RowKeys = Readonly<Record<string, readonly string[]>>;

/** The keys of the rows in the order in which they are sent: what pointers of the answer count on. */
export function rowKeys(store: RecordStore): RowKeys {
  const tables = store.form.fields.filter((field) => field.type === "table");
  return Object.fromEntries(tables.map(({ key }) => [key, store.rows(key).map((row) => row[ROW_KEY])]));
}

export function messagesOf(store: RecordStore, violations: readonly Violation[], rows: RowKeys): Messages {
  const fields = new Set(store.form.fields.map((field) => field.key));
  const found = new Map<Path, readonly string[]>();
  for (const { pointer, detail } of violations) {
    const place = pathOf(pointer, fields, rows) ?? "";
    found.set(place, [...(found.get(place) ?? []), detail]);
  }
  return found;
}

function statesOf(store: RecordStore, states: Evaluation["states"], rows: RowKeys): ReadonlyMap<Path, FieldState> {
  const fields = new Set(store.form.fields.map((field) => field.key));
  const found = new Map<Path, FieldState>();
  for (const [pointer, state] of Object.entries(states)) {
    const place = pathOf(pointer, fields, rows);
    if (place) found.set(place, state);
  }
  return found;
}

interface Cell {
  readonly row: string;
  readonly cell: Field;
  readonly value: Json;
}

/** The cells of a sub-table as the server answers them, by the keys that its rows had when they were sent. */
function cellsOf(table: Field, value: Json, keys: readonly string[]): readonly Cell[] {
  const shown = Array.isArray(value) ? value : [];
  return keys.flatMap((row, index) => {
    const found = shown[index];
    if (!isObject(found)) return [];
    return table.fields.map((cell) => ({ row, cell, value: (found[cell.key] ?? null) as Json }));
  });
}

/** Defaults of new rows: only where nobody has put anything, not even nothing. */
function settleGaps(store: RecordStore, table: string, cells: readonly Cell[]): void {
  const gaps = cells.filter(({ cell, value }) => !cell.isReadOnly && value !== null);
  store.settle((draft) => {
    const rows = new Map((draft[table] as Record<string, Json>[]).map((row) => [row[ROW_KEY], row]));
    for (const { row, cell, value } of gaps) {
      const found = rows.get(row);
      if (found && found[cell.key] === undefined) found[cell.key] = value;
    }
  });
}

/** Takes the answer into the store: computed values beside what people typed, defaults only into new rows' gaps. */
export function takeEvaluation(store: RecordStore, answer: Evaluation, rows: RowKeys): void {
  const computed = new Map<Path, Json>();
  for (const field of store.form.fields) {
    const value = answer.values[field.key] ?? null;
    if (field.type === "table") {
      const cells = cellsOf(field, value, rows[field.key] ?? []);
      for (const { row, cell, value: inside } of cells) {
        if (cell.isReadOnly) computed.set(cellPath(field.key, row, cell.key), inside);
      }
      settleGaps(store, field.key, cells);
    } else if (field.isReadOnly) computed.set(field.key, value);
  }
  store.evaluated(computed, statesOf(store, answer.states, rows), messagesOf(store, answer.violations, rows));
}

const PAUSE_MS = 120;

/**
 * Asks the server what the form comes to, a moment after the last key. A newer question drops the older one's answer;
 * while the server cannot be reached the page keeps what it knew. Returns how to stop.
 */
export function evaluateLive(store: RecordStore, id: string | null, first: Evaluation | null): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;
  let asked = store.values;
  const ask = async () => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    asked = store.values;
    const rows = rowKeys(store);
    try {
      const answer = await evaluate(store.form.name, id, id ? store.changes() : store.all(), mine.signal);
      if (running === mine) takeEvaluation(store, answer, rows);
    } catch {
      // Formulas wait for the next key; saving tells what is wrong.
    }
  };
  if (first) takeEvaluation(store, first, rowKeys(store));
  else void ask();
  const stop = store.subscribe("", () => {
    if (store.values === asked) return;
    asked = store.values;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), PAUSE_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
    running?.abort();
  };
}

import type { Json } from "../../lib/json";
import type { Field } from "../field_type";
import { filled } from "../inputs/relation_fill";
import { cellPath } from "../runtime/paths";
import type { CellChange, RecordStore } from "../runtime/record_store";
import { ROW_KEY } from "../runtime/values";
import { isNamed, type Named, readCell } from "./clipboard";
import { lookUp } from "./lookup";

export interface Spot {
  readonly row: number;
  readonly column: number;
}

interface Waiting {
  readonly field: Field;
  readonly row: string;
  readonly name: string;
}

/** Writes pasted cells from a spot on, with new rows where the table ends; names are looked up afterwards. */
export async function pasteCells(
  store: RecordStore,
  table: Field,
  cells: readonly (readonly string[])[],
  at: Spot,
  notFound: (name: string) => string,
): Promise<void> {
  const missing = at.row + cells.length - store.rows(table.key).length;
  if (missing > 0)
    store.insertRows(
      table.key,
      Array.from({ length: missing }, () => ({})),
    );
  const rows = store.rows(table.key);
  const changes: CellChange[] = [];
  const waiting: Waiting[] = [];
  for (const [down, line] of cells.entries()) {
    const row = rows[at.row + down]?.[ROW_KEY];
    if (row === undefined) continue;
    for (const [right, text] of line.entries()) {
      const field = table.fields[at.column + right];
      if (!field || field.isReadOnly) continue;
      const value: Json | Named = readCell(field, text);
      if (isNamed(value)) waiting.push({ field, row, name: value.name });
      else changes.push({ row, cell: field.key, value });
    }
  }
  store.setCells(table.key, changes);
  for (const { row, cell } of changes) store.visit(cellPath(table.key, row, cell));
  await takeNames(store, table, waiting, notFound);
}

async function takeNames(
  store: RecordStore,
  table: Field,
  waiting: readonly Waiting[],
  notFound: (name: string) => string,
): Promise<void> {
  for (const field of new Set(waiting.map((one) => one.field))) {
    const cells = waiting.filter((one) => one.field === field);
    const found = await lookUp(
      field,
      cells.map((one) => one.name),
    );
    const known = cells.flatMap(({ row, name }) => {
      const choice = found.get(name);
      return choice ? [{ row, choice }] : [];
    });
    store.setCells(
      table.key,
      known.map(({ row, choice }) => ({ row, cell: field.key, value: { id: choice.id, title: choice.title } })),
    );
    for (const { row, choice } of known) store.fill(cellPath(table.key, row, field.key), filled(field, choice.fill));
    for (const { row, name } of cells) {
      if (!found.get(name)) store.mark(cellPath(table.key, row, field.key), notFound(name));
    }
  }
}

/** Copies the first row of a range into the rows below; a single cell takes what stands above it. */
export function fillDown(store: RecordStore, table: Field, from: Spot, to: Spot): void {
  const rows = store.rows(table.key);
  const first = from.row === to.row ? from.row - 1 : from.row;
  const source = rows[first];
  if (!source) return;
  const changes: CellChange[] = [];
  for (const field of table.fields.slice(from.column, to.column + 1)) {
    if (field.isReadOnly) continue;
    for (const row of rows.slice(first + 1, to.row + 1)) {
      changes.push({ row: row[ROW_KEY], cell: field.key, value: source[field.key] ?? null });
    }
  }
  store.setCells(table.key, changes);
}

export function clearCells(store: RecordStore, table: Field, from: Spot, to: Spot): void {
  const fields = table.fields.slice(from.column, to.column + 1).filter((field) => !field.isReadOnly);
  const rows = store.rows(table.key).slice(from.row, to.row + 1);
  store.setCells(
    table.key,
    rows.flatMap((row) => fields.map((field) => ({ row: row[ROW_KEY], cell: field.key, value: null }))),
  );
}

/** Copies of rows, as new ones below the last of them. */
export function duplicateRows(store: RecordStore, table: Field, from: number, to: number): void {
  const copies = store
    .rows(table.key)
    .slice(from, to + 1)
    .map((row) =>
      Object.fromEntries(table.fields.filter((one) => !one.isReadOnly).map(({ key }) => [key, row[key] ?? null])),
    );
  store.insertRows(table.key, copies, to + 1);
}

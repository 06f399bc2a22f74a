import { sameDecimal } from "../../lib/decimal";
import { isObject, type Json, type JsonObject } from "../../lib/json";
import { isReference } from "../../lib/record_types";
import type { Field } from "../field_type";

/** Key of a row on the page; rows that are saved also have their `id`. */
export const ROW_KEY = "$key";

export interface Row {
  readonly [ROW_KEY]: string;
  readonly [cell: string]: Json;
}

export type Values = Readonly<Record<string, Json | readonly Row[]>>;

let lastKey = 0;

export function newRowKey(): string {
  lastKey += 1;
  return `r${lastKey}`;
}

const NO_ROWS: readonly Row[] = [];

export function rowsOf(value: Json | undefined): readonly Row[] {
  return Array.isArray(value) ? (value as readonly Row[]) : NO_ROWS;
}

/** A record's values as the page edits them: rows get their keys. */
export function editable(fields: readonly Field[], values: JsonObject): Values {
  const found: Record<string, Json> = {};
  for (const field of fields) {
    const value = values[field.key] ?? null;
    found[field.key] = field.type === "table" ? keyed(value) : value;
  }
  return found;
}

function keyed(value: Json): readonly Row[] {
  const rows = Array.isArray(value) ? value.filter(isObject) : [];
  return rows.map((row) => ({ ...(row as JsonObject), [ROW_KEY]: String(row[ROW_KEY] ?? row.id ?? newRowKey()) }));
}

const POINTS = new Set(["relation", "member", "department"]);

/** A value as the API takes it: references by their ids. */
function sentValue(field: Field, value: Json): Json {
  if (POINTS.has(field.type)) return isReference(value) ? value.id : value;
  if (field.type === "file") {
    return Array.isArray(value) ? value.map((one) => (isReference(one) ? one.id : one)) : value;
  }
  return value;
}

function isEmpty(value: Json | undefined): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** A row without what the server computes; an empty cell is left out, so that a default may fill it. */
function sentRow(table: Field, row: Row): JsonObject {
  const sent: Record<string, Json> = typeof row.id === "string" ? { id: row.id } : {};
  for (const cell of table.fields) {
    const value = row[cell.key];
    if (cell.isReadOnly || value === undefined) continue;
    if (value === null && sent.id === undefined && !hasDefault(cell)) continue;
    sent[cell.key] = sentValue(cell, value);
  }
  return sent;
}

function hasDefault(field: Field): boolean {
  return field.defaultValue !== undefined || field.options.default !== undefined;
}

export function sent(field: Field, value: Json): Json {
  return field.type === "table" ? rowsOf(value).map((row) => sentRow(field, row)) : sentValue(field, value);
}

/** Everything a person filled in, for a record that is not there yet. */
export function created(fields: readonly Field[], values: Values): JsonObject {
  const body: Record<string, Json> = {};
  for (const field of fields) {
    const value = values[field.key] ?? null;
    if (field.isReadOnly || (isEmpty(value) && !hasDefault(field))) continue;
    body[field.key] = isEmpty(value) ? null : sent(field, value);
  }
  return body;
}

/** Only what differs from `base`. */
export function changed(fields: readonly Field[], base: Values, values: Values): JsonObject {
  const body: Record<string, Json> = {};
  for (const field of fields) {
    if (field.isReadOnly) continue;
    const before = base[field.key] ?? null;
    const after = values[field.key] ?? null;
    if (!isSame(field, before, after))
      body[field.key] = isEmpty(after) && field.type !== "table" ? null : sent(field, after);
  }
  return body;
}

const NUMBERS = new Set(["decimal", "money", "integer"]);

/** The same to the people who read it: `3` and `3.000`, a reference under another title, empty in any way. */
export function isSame(field: Field, one: Json, other: Json): boolean {
  if (one === other) return true;
  if (isEmpty(one) || isEmpty(other)) return isEmpty(one) && isEmpty(other);
  if (field.type === "boolean") return one === other;
  if (NUMBERS.has(field.type)) return sameDecimal(String(one), String(other));
  if (field.type === "table") return isSameRows(field, rowsOf(one), rowsOf(other));
  return JSON.stringify(sentValue(field, one)) === JSON.stringify(sentValue(field, other));
}

function isSameRows(table: Field, one: readonly Row[], other: readonly Row[]): boolean {
  if (one.length !== other.length) return false;
  return one.every((row, index) => {
    const match = other[index];
    if (!match || (row.id ?? row[ROW_KEY]) !== (match.id ?? match[ROW_KEY])) return false;
    return table.fields.every(
      (cell) => cell.isReadOnly || isSame(cell, row[cell.key] ?? null, match[cell.key] ?? null),
    );
  });
}

import { readDecimal } from "../../lib/decimal";
import { isObject, type Json } from "../../lib/json";
import { choicesOf } from "../choices";
import type { Field } from "../field_type";
import { filesOf } from "../files";

/** One cell and what follows it; a quoted cell may hold tabs, line ends and doubled quotes. */
const CELL = /(?:"((?:[^"]|"")*)"|([^\t\r\n]*))(\t|\r\n|\r|\n|$)/y;

/** Cells of a spreadsheet's clipboard text. */
export function parseTsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  CELL.lastIndex = 0;
  while (CELL.lastIndex < text.length || row.length > 0) {
    const [, quoted, plain = "", end] = CELL.exec(text) ?? [];
    if (end === undefined) break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\t") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

export function writeTsv(rows: readonly (readonly string[])[]): string {
  const quote = (cell: string) => (/["\t\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return rows.map((row) => row.map(quote).join("\t")).join("\n");
}

/** A value as a spreadsheet takes it. */
export function cellText(field: Field, value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  if (field.type === "select" || field.type === "multi_select") {
    const titles = new Map(choicesOf(field).map((choice) => [choice.value, choice.title]));
    return (Array.isArray(value) ? value : [value]).map((one) => titles.get(String(one)) ?? String(one)).join(",");
  }
  if (field.type === "file") {
    return filesOf(value)
      .map((file) => file.title)
      .join(",");
  }
  if (isObject(value)) return String(value.title ?? "");
  return String(value);
}

/** A cell whose text names a record, person or department; it must be looked up. */
export interface Named {
  readonly name: string;
}

export const REFERENCES: ReadonlySet<string> = new Set(["relation", "member", "department"]);

const TRUE = /^(true|yes|y|1|是|对|✓|√|on)$/i;
const FALSE = /^(false|no|n|0|否|错|off)$/i;

function readDate(text: string): string {
  const match = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(text);
  if (!match) return text;
  const [, year = "", month = "", day = ""] = match;
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/** JSON has whole numbers as numbers; a text that is none stays a text, which the server refuses with words. */
export function readInteger(text: string): Json {
  const read = readDecimal(text)?.replace(/\.0*$/, "");
  return read !== undefined && /^-?\d+$/.test(read) && Number.isSafeInteger(Number(read)) ? Number(read) : text;
}

function readChoice(field: Field, text: string): string {
  const folded = text.toLowerCase();
  const found = choicesOf(field).find((one) => one.value === text || one.title.toLowerCase() === folded);
  return found?.value ?? text;
}

const READERS: Readonly<Record<string, (field: Field, text: string) => Json>> = {
  decimal: (_field, text) => readDecimal(text) ?? text,
  money: (_field, text) => readDecimal(text) ?? text,
  integer: (_field, text) => readInteger(text),
  boolean: (_field, text) => (TRUE.test(text) ? true : FALSE.test(text) ? false : text),
  date: (_field, text) => readDate(text),
  select: readChoice,
  multi_select: (field, text) =>
    text
      .split(/[,，、;；|]/)
      .map((one) => readChoice(field, one.trim()))
      .filter(Boolean),
};

/** Pasted text as the field's value; what cannot be read stays a text, and the server says what is wrong with it. */
export function readCell(field: Field, text: string): Json | Named {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (REFERENCES.has(field.type)) return { name: trimmed };
  return READERS[field.type]?.(field, trimmed) ?? (field.type === "long_text" ? text : trimmed);
}

export function isNamed(value: Json | Named): value is Named {
  return isObject(value) && "name" in value && !("id" in value);
}

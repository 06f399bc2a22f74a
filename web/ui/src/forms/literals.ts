import type { Json } from "../lib/json";

/** A text as a literal of the expression language (Python's quoting). */
export function textLiteral(value: Json): string {
  const text = String(value ?? "");
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
}

/** A number as typed; anything else would not be one and must not reach the expression. */
export function numberLiteral(value: Json): string {
  const text = String(value ?? "").trim();
  return /^-?\d+(\.\d+)?$/.test(text) ? text : "None";
}

export function booleanLiteral(value: Json): string {
  return value === true || value === "true" ? "True" : "False";
}

/** `2026-11-21` → `DATE(2026, 11, 21)`. */
export function dateLiteral(value: Json): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(String(value ?? ""));
  if (!match) return "None";
  return `DATE(${Number(match[1])}, ${Number(match[2])}, ${Number(match[3])})`;
}

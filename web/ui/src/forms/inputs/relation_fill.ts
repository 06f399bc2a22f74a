import { isObject, type JsonObject } from "../../lib/json";
import type { Field } from "../field_type";

/** Fields beside a relation, and the target's fields that they take their value from. */
export function fillOf(field: Field): Readonly<Record<string, string>> {
  return isObject(field.options.fill) ? (field.options.fill as Readonly<Record<string, string>>) : {};
}

/** What a choice brings along, by the fields beside the relation. */
export function filled(field: Field, brought: JsonObject | undefined): JsonObject {
  const entries = Object.entries(fillOf(field)).map(([key, source]) => [key, brought?.[source] ?? null] as const);
  return Object.fromEntries(entries);
}

import type { Field } from "../forms/field_type";
import type { Json } from "../lib/json";
import type { RecordJson } from "../lib/record_types";

const TYPES = {
  created_at: "datetime",
  created_by: "member",
  updated_at: "datetime",
  updated_by: "member",
  owner: "member",
} as const;

export type SystemFieldKey = keyof typeof TYPES;

export const SYSTEM_FIELD_KEYS = Object.keys(TYPES) as readonly SystemFieldKey[];

export function isSystemField(key: string): key is SystemFieldKey {
  return key in TYPES;
}

/** What every record has beside its own fields, as columns and conditions like any other. */
export function systemFields(titleOf: (key: SystemFieldKey) => string): readonly Field[] {
  return SYSTEM_FIELD_KEYS.map((key) => ({
    key,
    title: titleOf(key),
    type: TYPES[key],
    options: { type: TYPES[key] },
    isRequired: false,
    isReadOnly: true,
    defaultValue: undefined,
    fields: [],
    schema: {},
  }));
}

export function recordValue(record: RecordJson, key: string): Json | undefined {
  if (!isSystemField(key)) return record.values[key];
  const value = record[key];
  return value === null || typeof value === "string" ? value : { id: value.id, title: value.title };
}

import { isObject, type Json } from "../lib/json";

/** A file as records show it. */
export interface FileValue {
  readonly id: string;
  readonly title: string;
}

export function filesOf(value: Json | undefined): readonly FileValue[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter(isObject).map((one) => ({ id: String(one.id), title: String(one.title ?? one.name ?? one.id) }));
}

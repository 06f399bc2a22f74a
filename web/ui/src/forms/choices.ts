import { isObject, type Json } from "../lib/json";
import type { Field } from "./field_type";

export interface Choice {
  readonly value: string;
  readonly title: string;
  readonly color?: string;
}

/** The options of a select field, in the order of the definition. */
export function choicesOf(field: Field): readonly Choice[] {
  const options = field.options.options;
  if (!Array.isArray(options)) return [];
  return options.filter(isObject).map((option) => ({
    value: String(option.value),
    title: typeof option.title === "string" ? option.title : String(option.value),
    color: typeof option.color === "string" ? option.color : undefined,
  }));
}

/** The chosen option; a value that the definition no longer knows is shown as it stands. */
export function choiceOf(field: Field, value: Json | undefined): Choice | null {
  if (value === null || value === undefined || value === "") return null;
  return choicesOf(field).find((choice) => choice.value === value) ?? { value: String(value), title: String(value) };
}

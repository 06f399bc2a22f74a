import type { Field } from "./field_type";
import type { Form } from "./form_schema";

export interface Section {
  readonly key: string;
  readonly title: string;
  readonly columns: number;
  readonly fields: readonly Field[];
}

/** The sections of a form's layout with the fields that the reader may see; the server fills in a layout where none is. */
export function sectionsOf(form: Form): readonly Section[] {
  const fields = new Map(form.fields.map((field) => [field.key, field]));
  return (form.options.layout ?? []).map((entry, index) => ({
    key: typeof entry.key === "string" ? entry.key : String(index),
    title: typeof entry.title === "string" ? entry.title : "",
    columns: typeof entry.columns === "number" ? entry.columns : 2,
    fields: (Array.isArray(entry.fields) ? entry.fields : []).flatMap((key) => fields.get(String(key)) ?? []),
  }));
}

import type { JSX } from "react";
import { fieldType } from "../forms/field_types";
import type { Form } from "../forms/form_schema";
import type { RecordJson } from "../lib/record_types";

/** The field that says how far a record is: `status`, `stage` or the first choice with colours. */
export function RecordStatus({
  form,
  record,
}: {
  readonly form: Form;
  readonly record: RecordJson;
}): JSX.Element | null {
  const choices = form.fields.filter((field) => field.type === "select");
  const field = choices.find(({ key }) => key === "status" || key === "stage" || key === "state");
  const value = field ? record.values[field.key] : null;
  if (!field || value === null || value === undefined) return null;
  const { Cell } = fieldType("select");
  return <Cell field={field} value={value} />;
}

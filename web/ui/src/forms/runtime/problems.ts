import type { Field } from "../field_type";
import { sectionsOf } from "../sections";
import type { Path } from "./paths";
import type { RecordStore } from "./record_store";
import { ROW_KEY } from "./values";

/** A refused place in the order in which people read the form. */
export interface Place {
  readonly path: Path;
  readonly message: string;
  readonly field: Field | null;
  readonly cell: Field | null;
  /** Counted from one; `null` outside of sub-tables. */
  readonly row: number | null;
}

function placeOf(store: RecordStore, path: Path, message: string): Place {
  const [key, row, cell] = path.split("/");
  const field = store.form.fields.find((one) => one.key === key) ?? null;
  const index = field && row !== undefined ? store.rows(field.key).findIndex((one) => one[ROW_KEY] === row) : -1;
  return {
    path,
    message,
    field,
    cell: field?.fields.find((one) => one.key === cell) ?? null,
    row: index < 0 ? null : index + 1,
  };
}

export function placesOf(store: RecordStore): readonly Place[] {
  const order = new Map(
    sectionsOf(store.form)
      .flatMap((section) => section.fields)
      .map((field, at) => [field.key, at]),
  );
  const rank = ({ field, row, cell }: Place) => {
    const column = field?.fields.findIndex((one) => one.key === cell?.key) ?? -1;
    return (field ? (order.get(field.key) ?? 900) : -1) * 1e7 + (row ?? 0) * 1e3 + column;
  };
  const found = [...store.errors].map(([path, messages]) => placeOf(store, path, messages.join(" ")));
  return found.sort((one, other) => rank(one) - rank(other));
}

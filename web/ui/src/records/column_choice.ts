import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Field } from "../forms/field_type";
import { fieldType } from "../forms/field_types";

interface ColumnChoices {
  /** Keys of the shown columns in order, by list (`crm.sales_order/all`). */
  readonly chosen: Readonly<Record<string, readonly string[]>>;
  choose(list: string, columns: readonly string[]): void;
  forget(list: string): void;
}

/** Which columns a person wants to see in a list; remembered in this browser. */
export const useColumnChoices = create<ColumnChoices>()(
  persist(
    (set) => ({
      chosen: {},
      choose: (list, columns) => set((state) => ({ chosen: { ...state.chosen, [list]: columns } })),
      forget: (list) =>
        set((state) => ({ chosen: Object.fromEntries(Object.entries(state.chosen).filter(([key]) => key !== list)) })),
    }),
    { name: "dougong.columns" },
  ),
);

const STANDARD_COUNT = 8;

/** The view's columns, or the first fields that fit into a row. */
export function standardColumns(
  fields: readonly Field[],
  viewColumns: readonly string[] | undefined,
): readonly string[] {
  if (viewColumns && viewColumns.length > 0) return viewColumns;
  const plain = fields.filter((field) => !fieldType(field.type).isBulky);
  return plain.slice(0, STANDARD_COUNT).map((field) => field.key);
}

/** Fields for keys, in that order; keys of fields that are gone or hidden are dropped. */
export function pick(fields: readonly Field[], keys: readonly string[]): readonly Field[] {
  return keys.flatMap((key) => fields.find((field) => field.key === key) ?? []);
}

/** `keys` with the one at `from` moved to `to`. */
export function move(keys: readonly string[], from: number, to: number): readonly string[] {
  const key = keys[from];
  if (key === undefined || to < 0 || to >= keys.length) return keys;
  return keys.toSpliced(from, 1).toSpliced(to, 0, key);
}

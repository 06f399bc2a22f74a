import type { ComponentType } from "react";
import type { Json, JsonObject } from "../lib/json";

/** How a field type is told apart in the schema: `x-field`. Options beyond `type` belong to the type. */
export interface FieldOptions {
  readonly type: string;
  readonly formula?: string;
  readonly [option: string]: unknown;
}

/** One field of a form, read from the expanded JSON Schema. */
export interface Field {
  readonly key: string;
  readonly title: string;
  readonly description?: string;
  readonly type: string;
  readonly options: FieldOptions;
  readonly isRequired: boolean;
  /** Computed, serial, or narrowed by the reader's rights: shown, never edited. */
  readonly isReadOnly: boolean;
  readonly defaultValue: Json | undefined;
  /** Fields of a sub-table, else empty. */
  readonly fields: readonly Field[];
  /** The schema of the value as served: limits, formats, patterns. */
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface CellProps {
  readonly value: Json | undefined;
  readonly field: Field;
}

export interface InputProps {
  /** For the label's `htmlFor`. */
  readonly id: string;
  readonly value: Json | undefined;
  readonly onChange: (value: Json) => void;
  readonly onBlur?: () => void;
  readonly field: Field;
  /** Full name of the form the field stands in, `crm.sales_order`. */
  readonly form: string;
  readonly isDisabled?: boolean;
  readonly hasError?: boolean;
  /** Where no visible label points to the input: in grids and filters. */
  readonly label?: string;
  /** Id of the element with hint and error text. */
  readonly describedBy?: string;
  readonly shouldFocus?: boolean;
  /** In a grid's cell: without a frame of its own, opened at once, searching for what was typed into the cell. */
  readonly isInGrid?: boolean;
  readonly firstSearch?: string;
  /** Values that a chosen record brings along for fields beside this one. */
  readonly onFill?: (values: JsonObject) => void;
}

export type FilterOperator =
  | "is"
  | "is_not"
  | "contains"
  | "greater"
  | "less"
  | "at_least"
  | "at_most"
  | "includes"
  | "empty"
  | "not_empty";

/** What a list may ask about a field, and how the asked value is written in the expression language. */
export interface FieldFilter {
  readonly operators: readonly FilterOperator[];
  /** A value of the input as a literal of the expression language. */
  readonly literal: (value: Json) => string;
}

/** One kind of field on the page; the twin of `form_engine/field_types/<name>.py`. */
export interface FieldType {
  readonly name: string;
  /** The value on one line: lists, cards, sub-tables, read-only fields. */
  readonly Cell: ComponentType<CellProps>;
  readonly Input: ComponentType<InputProps> & { readonly preload?: () => void };
  /** Preferred width of a list column in px. */
  readonly width: number;
  readonly align?: "left" | "right" | "center";
  readonly isSortable?: boolean;
  /** Lists leave it out unless someone asks for it: long texts, sub-tables. */
  readonly isBulky?: boolean;
  readonly filter?: FieldFilter;
}

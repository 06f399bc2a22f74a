import { queryOptions } from "@tanstack/react-query";
import { api, path, splitName } from "../lib/api";
import { isObject, type Json } from "../lib/json";
import { keys } from "../lib/query_keys";
import type { Field, FieldOptions } from "./field_type";

export type FieldAccess = "hidden" | "read_only" | "masked";

export interface View {
  readonly key: string;
  readonly title: string;
  readonly filter?: string;
  /** Keys of fields, `-` for descending: `["-order_date", "number"]`. */
  readonly sort?: readonly string[];
  readonly columns?: readonly string[];
}

export interface FormAction {
  readonly key: string;
  readonly title: string;
  readonly when?: string;
  readonly [option: string]: unknown;
}

/** `x-form` of the served schema. */
export interface FormOptions {
  readonly record_title?: string;
  readonly rules?: readonly Readonly<Record<string, unknown>>[];
  readonly layout?: readonly Readonly<Record<string, unknown>>[];
  readonly views?: readonly View[];
  readonly actions?: readonly FormAction[];
}

type Property = Readonly<Record<string, unknown>>;

/** `GET /api/forms/{app}/{form}/schema`: the expanded JSON Schema, in the reader's language. */
export interface FormSchema {
  readonly $id: string;
  readonly title: string;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
  readonly "x-form"?: FormOptions;
  readonly "x-grant"?: {
    readonly actions: readonly string[];
    readonly fields: Readonly<Record<string, FieldAccess>>;
  };
}

/** A form as pages use it. */
export interface Form {
  readonly name: string;
  readonly title: string;
  readonly fields: readonly Field[];
  readonly options: FormOptions;
  readonly actions: ReadonlySet<string>;
}

interface Surroundings {
  readonly required: ReadonlySet<string>;
  readonly access: Readonly<Record<string, FieldAccess>>;
}

const NEVER_EDITED = new Set(["serial"]);

function readFields(properties: Readonly<Record<string, Property>>, around: Surroundings): readonly Field[] {
  return Object.entries(properties).map(([key, property]) => readField(key, property, around));
}

function itemFields(property: Property): readonly Field[] {
  const items = property.items;
  if (!isObject(items) || !isObject(items.properties)) return [];
  const required = new Set(Array.isArray(items.required) ? items.required.map(String) : []);
  const cells = Object.entries(items.properties as Readonly<Record<string, Property>>);
  // Beside its cells a row has its id.
  const fields = Object.fromEntries(cells.filter(([, property]) => isObject(property["x-field"])));
  return readFields(fields, { required, access: {} });
}

function readField(key: string, property: Property, { required, access }: Surroundings): Field {
  const options = (isObject(property["x-field"]) ? property["x-field"] : { type: "text" }) as FieldOptions;
  const isComputed = Boolean(options.formula) || NEVER_EDITED.has(options.type);
  return {
    key,
    title: typeof property.title === "string" ? property.title : key,
    description: typeof property.description === "string" ? property.description : undefined,
    type: options.type,
    options,
    isRequired: required.has(key),
    isReadOnly: isComputed || property.readOnly === true || access[key] !== undefined,
    defaultValue: property.default as Json | undefined,
    fields: options.type === "table" ? itemFields(property) : [],
    schema: property,
  };
}

export function readForm(name: string, schema: FormSchema): Form {
  const grant = schema["x-grant"];
  const properties = Object.fromEntries(
    Object.entries(schema.properties).filter(([key, property]) => isObject(property["x-field"]) || key !== "id"),
  );
  return {
    name,
    title: schema.title,
    fields: readFields(properties, { required: new Set(schema.required ?? []), access: grant?.fields ?? {} }),
    options: schema["x-form"] ?? {},
    actions: new Set(grant?.actions ?? ["view"]),
  };
}

/** What stands behind a list; a balance is served in the shape of a form that nobody edits. */
export type SchemaKind = "forms" | "balances";

/** The form with what the reader may do with it. Published forms change rarely: read once in a while. */
export function formQuery(name: string, kind: SchemaKind = "forms") {
  const [app, key] = splitName(name);
  return queryOptions({
    queryKey: keys.schema(name),
    queryFn: async ({ signal }) =>
      readForm(name, await api.get<FormSchema>(`${path(kind, app, key)}/schema`, { signal })),
    staleTime: 300_000,
  });
}

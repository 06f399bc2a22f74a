import type { Field, FilterOperator } from "../forms/field_type";
import { fieldType } from "../forms/field_types";
import type { Json } from "../lib/json";
import type { StoredCondition } from "./list_search";

/** One line of the filter bar, resolved against the form. */
export interface Condition {
  readonly field: Field;
  readonly operator: FilterOperator;
  readonly value: Json | undefined;
}

/** Operators that need no value. */
export const VALUELESS: ReadonlySet<FilterOperator> = new Set(["empty", "not_empty"]);

const TEMPLATES: Readonly<Record<FilterOperator, (field: string, literal: string) => string>> = {
  is: (field, literal) => `${field} == ${literal}`,
  is_not: (field, literal) => `${field} != ${literal}`,
  contains: (field, literal) => `LOWER(${literal}) in LOWER(${field})`,
  greater: (field, literal) => `${field} > ${literal}`,
  less: (field, literal) => `${field} < ${literal}`,
  at_least: (field, literal) => `${field} >= ${literal}`,
  at_most: (field, literal) => `${field} <= ${literal}`,
  includes: (field, literal) => `${literal} in ${field}`,
  empty: (field) => `ISBLANK(${field})`,
  not_empty: (field) => `not ISBLANK(${field})`,
};

export function isComplete(condition: Condition): boolean {
  if (VALUELESS.has(condition.operator)) return true;
  const { value } = condition;
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
}

function expressionOf(condition: Condition): string {
  const filter = fieldType(condition.field.type).filter;
  const literal = filter && !VALUELESS.has(condition.operator) ? filter.literal(condition.value ?? null) : "None";
  return TEMPLATES[condition.operator](condition.field.key, literal);
}

/** The view's own filter and every complete condition, joined by `and`; `undefined` asks for everything. */
export function filterOf(viewFilter: string | undefined, conditions: readonly Condition[]): string | undefined {
  const parts = conditions.filter(isComplete).map(expressionOf);
  if (viewFilter) parts.unshift(parts.length > 0 ? `(${viewFilter})` : viewFilter);
  return parts.length > 0 ? parts.join(" and ") : undefined;
}

export function operatorsOf(field: Field): readonly FilterOperator[] {
  return fieldType(field.type).filter?.operators ?? [];
}

/** Conditions of the address that still make sense: the field exists and knows the operator. */
export function resolve(
  stored: readonly StoredCondition[] | undefined,
  fields: readonly Field[],
): readonly Condition[] {
  return (stored ?? []).flatMap(([key, name, value]) => {
    const field = fields.find((one) => one.key === key);
    const operator = field && operatorsOf(field).find((one) => one === name);
    return field && operator ? [{ field, operator, value: value as Json | undefined }] : [];
  });
}

export function store(conditions: readonly Condition[]): readonly StoredCondition[] | undefined {
  if (conditions.length === 0) return undefined;
  return conditions.map(({ field, operator, value }) =>
    VALUELESS.has(operator) || value === undefined ? [field.key, operator] : [field.key, operator, value],
  );
}

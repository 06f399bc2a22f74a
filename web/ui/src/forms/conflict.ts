import type { Json } from "../lib/json";
import type { Field } from "./field_type";
import { isSame, ROW_KEY, type Row, rowsOf, type Values } from "./runtime/values";

export type Side = "mine" | "theirs";

/** A field that two people changed, each in another way. */
export interface Difference {
  readonly field: Field;
  readonly mine: Json;
  readonly theirs: Json;
}

export interface Comparison {
  readonly conflicts: readonly Difference[];
  /** Fields that only they changed: theirs stay. */
  readonly onlyTheirs: readonly Field[];
}

function at(values: Values, field: Field): Json {
  return (values[field.key] ?? null) as Json;
}

/** Three versions side by side: what I started from, what I made of it, what is saved by now. */
export function compare(fields: readonly Field[], base: Values, mine: Values, theirs: Values): Comparison {
  const conflicts: Difference[] = [];
  const onlyTheirs: Field[] = [];
  for (const field of fields) {
    if (field.isReadOnly) continue;
    const [before, own, other] = [at(base, field), at(mine, field), at(theirs, field)];
    const theyChanged = !isSame(field, before, other);
    const iChanged = !isSame(field, before, own);
    if (theyChanged && iChanged && !isSame(field, own, other)) conflicts.push({ field, mine: own, theirs: other });
    else if (theyChanged && !iChanged) onlyTheirs.push(field);
  }
  return { conflicts, onlyTheirs };
}

/** The values to save upon theirs: what only I changed, and of what both changed the chosen side. */
export function merge(
  fields: readonly Field[],
  base: Values,
  mine: Values,
  theirs: Values,
  choices: Readonly<Record<string, Side>>,
): Values {
  const merged: Record<string, Json | readonly Row[]> = { ...theirs };
  for (const field of fields) {
    if (field.isReadOnly || isSame(field, at(base, field), at(mine, field))) continue;
    if (choices[field.key] === "theirs") continue;
    const own = at(mine, field);
    merged[field.key] = field.type === "table" ? onTop(rowsOf(own), rowsOf(at(theirs, field))) : own;
  }
  return merged;
}

/** My rows; those that they removed meanwhile come back as new ones. */
function onTop(mine: readonly Row[], theirs: readonly Row[]): readonly Row[] {
  const known = new Set(theirs.map((row) => row.id));
  return mine.map((row) => {
    if (row.id === undefined || known.has(row.id)) return row;
    const { id: _gone, ...cells } = row;
    return { ...cells, [ROW_KEY]: row[ROW_KEY] };
  });
}

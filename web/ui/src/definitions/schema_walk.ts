import { isObject } from "../lib/json";

export type Schema = Readonly<Record<string, unknown>>;

/** Schemas nest without end through `$ref`; no document of ours is deeper. */
const DEEPEST = 40;

function resolved(root: Schema, schema: unknown): Schema | null {
  let found: unknown = schema;
  for (let step = 0; step < DEEPEST && isObject(found) && typeof found.$ref === "string"; step += 1) {
    const parts = found.$ref.replace(/^#\/?/, "").split("/").filter(Boolean);
    found = parts.reduce<unknown>((at, part) => {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      return isObject(at) ? at[name] : undefined;
    }, root);
  }
  return isObject(found) ? found : null;
}

/** A schema with everything that may also hold: its combinations and conditions. */
function alternatives(root: Schema, schema: unknown, depth = 0): readonly Schema[] {
  const own = resolved(root, schema);
  if (!own || depth > DEEPEST) return [];
  const others = ["allOf", "anyOf", "oneOf"].flatMap((word) => (Array.isArray(own[word]) ? own[word] : []));
  const conditional = [own.then, own.else].filter(Boolean);
  return [own, ...[...others, ...conditional].flatMap((one) => alternatives(root, one, depth + 1))];
}

function below(root: Schema, schema: Schema, step: string | number): readonly Schema[] {
  if (typeof step === "number") return alternatives(root, schema.items);
  const properties = isObject(schema.properties) ? schema.properties : {};
  if (step in properties) return alternatives(root, properties[step]);
  if (isObject(schema.patternProperties)) {
    const matching = Object.entries(schema.patternProperties).filter(([pattern]) =>
      new RegExp(pattern, "u").test(step),
    );
    if (matching.length > 0) return matching.flatMap(([, one]) => alternatives(root, one));
  }
  return isObject(schema.additionalProperties) ? alternatives(root, schema.additionalProperties) : [];
}

/** Every schema that speaks for the place at `path`. */
export function schemasAt(root: Schema, path: readonly (string | number)[]): readonly Schema[] {
  let found = alternatives(root, root);
  for (const step of path) found = found.flatMap((schema) => below(root, schema, step));
  return found;
}

export interface Choice {
  readonly text: string;
  readonly detail: string;
}

function described(schema: Schema | null): string {
  const text = schema?.description ?? schema?.title;
  return typeof text === "string" ? text : "";
}

/** Names of members that the schemas know at a place, without those that are there already. */
export function memberChoices(
  root: Schema,
  path: readonly (string | number)[],
  present: readonly string[],
): readonly Choice[] {
  const found = new Map<string, string>();
  for (const schema of schemasAt(root, path)) {
    for (const [name, member] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
      if (!present.includes(name) && !found.get(name)) found.set(name, described(resolved(root, member)));
    }
  }
  return [...found].map(([text, detail]) => ({ text, detail }));
}

/** Values that the schemas name at a place: enumerations, constants, booleans, defaults and examples. */
export function valueChoices(root: Schema, path: readonly (string | number)[]): readonly Choice[] {
  const found = new Map<string, string>();
  for (const schema of schemasAt(root, path)) {
    const named = [schema.enum, schema.examples].flatMap((list) => (Array.isArray(list) ? list : []));
    const single = ["const", "default"].filter((word) => word in schema).map((word) => schema[word]);
    const booleans = schema.type === "boolean" ? [true, false] : [];
    for (const value of [...named, ...single, ...booleans]) found.set(JSON.stringify(value), described(schema));
  }
  return [...found].map(([text, detail]) => ({ text, detail }));
}

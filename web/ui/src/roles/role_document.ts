import { isObject, type Json, type JsonObject } from "../lib/json";

/** What a role may say of a field; a field it does not name is open. */
export const FIELD_ACCESSES = ["hidden", "masked", "read_only"] as const;

export type FieldAccess = (typeof FIELD_ACCESSES)[number];

export const SECTIONS = ["flows", "reports", "dashboards"] as const;

export type Section = (typeof SECTIONS)[number];

/** The order in which people think of actions. */
export const ACTIONS = ["view", "create", "update", "delete", "export", "import", "print", "run_flow"] as const;

export type Action = (typeof ACTIONS)[number];

/** What can be done with running totals: nobody writes them by hand. */
export const BALANCE_ACTIONS: readonly Action[] = ["view", "export"];

export interface Entry {
  readonly actions: readonly Action[];
  /** One condition for every action, or one by action; absent for every record. */
  readonly scope?: string | Readonly<Partial<Record<Action, string>>>;
  readonly fields?: Readonly<Record<string, FieldAccess>>;
}

const NOTHING: Entry = { actions: [] };

function entries(role: JsonObject): Readonly<Record<string, Entry>> {
  return isObject(role.forms) ? (role.forms as unknown as Readonly<Record<string, Entry>>) : {};
}

/** Which of the role's entries speaks for a form: the most precise one counts alone. */
export function speakingFor(role: JsonObject, form: string): string | undefined {
  const known = entries(role);
  return [form, `${form.split(".")[0]}.*`, "*"].find((name) => name in known);
}

export function entryOf(role: JsonObject, name: string): Entry {
  return entries(role)[name] ?? NOTHING;
}

/** What holds for a form, whichever entry says so. */
export function effectiveEntry(role: JsonObject, form: string): Entry {
  const name = speakingFor(role, form);
  return name === undefined ? NOTHING : entryOf(role, name);
}

function without<T>(values: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== key));
}

function cleaned(entry: Entry): Entry {
  const scope = isObject(entry.scope)
    ? Object.fromEntries(Object.entries(entry.scope).filter(([action, text]) => text && isGranted(entry, action)))
    : entry.scope;
  const hasScope = typeof scope === "string" ? scope !== "" : scope !== undefined && Object.keys(scope).length > 0;
  return {
    actions: ACTIONS.filter((action) => entry.actions.includes(action)),
    ...(hasScope ? { scope } : {}),
    ...(entry.fields && Object.keys(entry.fields).length > 0 ? { fields: entry.fields } : {}),
  };
}

function isGranted(entry: Entry, action: string): boolean {
  return (entry.actions as readonly string[]).includes(action);
}

/** The role with `entry` for `form`; where a wildcard spoke so far, the form gets an entry of its own. */
export function withEntry(role: JsonObject, form: string, entry: Entry): JsonObject {
  return { ...role, forms: { ...entries(role), [form]: cleaned(entry) } as unknown as Json };
}

/** The role without an entry of its own for `form`: a wildcard speaks again, or nothing. */
export function withoutEntry(role: JsonObject, form: string): JsonObject {
  return { ...role, forms: without(entries(role), form) as unknown as Json };
}

export function withAction(role: JsonObject, form: string, action: Action, isOn: boolean): JsonObject {
  const entry = effectiveEntry(role, form);
  const others = entry.actions.filter((one) => one !== action);
  // Whoever may do something to records must see them.
  const implied: readonly Action[] = isOn && !others.includes("view") ? ["view"] : [];
  const next = { ...entry, actions: isOn ? [...others, action, ...implied] : others };
  const isLeft = next.actions.length > 0 || entry.fields !== undefined;
  const speaksItself = speakingFor(role, form) === form;
  const hasWildcard = speakingFor(withoutEntry(role, form), form) !== undefined;
  if (!isLeft && speaksItself && !hasWildcard) return withoutEntry(role, form);
  return withEntry(role, form, next);
}

/** The condition that bounds one action, "" for every record. */
export function scopeOf(entry: Entry, action: Action): string {
  if (typeof entry.scope === "string") return entry.scope;
  return entry.scope?.[action] ?? "";
}

export function hasOneScope(entry: Entry): boolean {
  return !isObject(entry.scope);
}

export function withField(entry: Entry, field: string, access: FieldAccess | null): Entry {
  const others = without(entry.fields ?? {}, field);
  return { ...entry, fields: access ? { ...others, [field]: access } : others };
}

export function named(role: JsonObject, section: Section): readonly string[] {
  const names = role[section];
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === "string") : [];
}

export function withNamed(role: JsonObject, section: Section, name: string, isOn: boolean): JsonObject {
  const others = named(role, section).filter((one) => one !== name);
  const next = isOn ? [...others, name] : others;
  const { [section]: _gone, ...rest } = role;
  return next.length > 0 ? { ...rest, [section]: next } : rest;
}

import { api, path, splitName } from "../../lib/api";
import type { Field } from "../field_type";
import type { ReferenceChoice } from "../inputs/ReferenceSelect";
import { fillOf } from "../inputs/relation_fill";

const LIMIT = 20;
const AT_ONCE = 4;

function sourceOf(field: Field): string {
  if (field.type === "member") return "/api/members";
  if (field.type === "department") return "/api/departments";
  const [app, form] = splitName(String(field.options.form ?? ""));
  return path("relations", app, form);
}

/** The one that is meant: by its whole title, else the only one that the server finds. */
export function bestMatch(name: string, choices: readonly ReferenceChoice[]): ReferenceChoice | null {
  const folded = name.trim().toLowerCase();
  const exact = choices.filter((one) => one.title.trim().toLowerCase() === folded);
  if (exact.length > 0) return exact[0] ?? null;
  return choices.length === 1 ? (choices[0] ?? null) : null;
}

/** Finds what names in pasted cells mean; a name that nothing or too much answers to is `null`. */
export async function lookUp(
  field: Field,
  names: readonly string[],
): Promise<ReadonlyMap<string, ReferenceChoice | null>> {
  const found = new Map<string, ReferenceChoice | null>();
  const waiting = [...new Set(names)];
  const fill = Object.values(fillOf(field)).join(",") || undefined;
  const filter = typeof field.options.filter === "string" ? field.options.filter : undefined;
  const work = async () => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const params =
        field.type === "relation" ? { search: name, limit: LIMIT, fill, filter } : { search: name, limit: LIMIT };
      try {
        const { items } = await api.get<{ items: readonly ReferenceChoice[] }>(sourceOf(field), { params });
        found.set(name, bestMatch(name, items));
      } catch {
        found.set(name, null);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

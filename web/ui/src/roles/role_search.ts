export interface RolesSearch {
  readonly tab?: "form" | "user";
  readonly form?: string;
  readonly user?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Which view of the roles is open, as it stands in the address. */
export function readRolesSearch(search: Record<string, unknown>): RolesSearch {
  return {
    tab: search.tab === "form" || search.tab === "user" ? search.tab : undefined,
    form: text(search.form),
    user: text(search.user),
  };
}

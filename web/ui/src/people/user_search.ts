export interface UserSearch {
  readonly search?: string;
  readonly department?: string;
  readonly role?: string;
  readonly state?: "active" | "inactive" | "administrator";
  readonly page?: number;
}

const STATES = ["active", "inactive", "administrator"] as const;

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The list's state as it stands in the address. */
export function readUserSearch(search: Record<string, unknown>): UserSearch {
  const page = Number(search.page);
  return {
    search: text(search.search),
    department: text(search.department),
    role: text(search.role),
    state: STATES.find((one) => one === search.state),
    page: Number.isInteger(page) && page > 1 ? page : undefined,
  };
}

/** Which department is chosen, as it stands in the address. */
export function readDepartmentSearch(search: Record<string, unknown>): { readonly department?: string } {
  return { department: text(search.department) };
}

export interface DefinitionsSearch {
  readonly search?: string;
  readonly app?: string;
  readonly kind?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What the list is narrowed to, as it stands in the address. */
export function readDefinitionsSearch(search: Record<string, unknown>): DefinitionsSearch {
  return { search: text(search.search), app: text(search.app), kind: text(search.kind) };
}

export const PAGE_SIZES = [20, 50, 100] as const;

export type PageSize = (typeof PAGE_SIZES)[number];

export const DEFAULT_PAGE_SIZE: PageSize = 20;

/** The whole state of a list, as it stands in the address: shareable, and Back works. */
export interface ListSearch {
  readonly view?: string;
  readonly search?: string;
  /** As the API takes it: `-order_date`. */
  readonly sort?: string;
  /** Conditions of the filter bar, see `conditions.ts`. */
  readonly where?: readonly StoredCondition[];
  /** An expression that the list was opened with, from the figure of a report; it stands in for the view's own. */
  readonly filter?: string;
  readonly size?: PageSize;
  readonly cursor?: string;
  /** Which page the cursor opens, counted from 1; only for people to read. */
  readonly page?: number;
  /** The import that is open beside the list: its id, or "new". */
  readonly import?: string;
  /** One's exports are open beside the list: the id of the one that is meant, or "mine". */
  readonly export?: string;
}

/** A condition in short: field, operator, value. */
export type StoredCondition = readonly [field: string, operator: string, value?: unknown];

/** Back to the first page: whatever changes the rows makes the cursor meaningless. */
export const FIRST_PAGE: Pick<ListSearch, "cursor" | "page"> = { cursor: undefined, page: undefined };

function readText(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function readCondition(value: unknown): StoredCondition | null {
  if (!Array.isArray(value) || value.length < 2) return null;
  const [field, operator, operand] = value;
  if (typeof field !== "string" || typeof operator !== "string") return null;
  return operand === undefined || operand === null ? [field, operator] : [field, operator, operand];
}

function readConditions(value: unknown): readonly StoredCondition[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = value.map(readCondition).filter((condition) => condition !== null);
  return found.length > 0 ? found : undefined;
}

function readPage(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value > 1 ? value : undefined;
}

/** What the address says, with everything unreadable left out: an old link still opens the list. */
export function readListSearch(search: Record<string, unknown>): ListSearch {
  const cursor = readText(search.cursor);
  return {
    view: readText(search.view),
    search: readText(search.search),
    sort: readText(search.sort),
    where: readConditions(search.where),
    filter: readText(search.filter),
    size: PAGE_SIZES.find((size) => size === search.size && size !== DEFAULT_PAGE_SIZE),
    cursor,
    page: cursor ? readPage(search.page) : undefined,
    import: readText(search.import),
    export: readText(search.export),
  };
}

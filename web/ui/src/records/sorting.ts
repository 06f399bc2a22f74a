export interface Sorting {
  readonly key: string;
  readonly isDescending: boolean;
}

/** The first key of `-order_date,number`; further keys only break ties. */
export function readSort(sort: string | undefined): Sorting | null {
  const first = sort?.split(",")[0]?.trim();
  if (!first) return null;
  return first.startsWith("-") ? { key: first.slice(1), isDescending: true } : { key: first, isDescending: false };
}

export function writeSort(sorting: Sorting | null): string | undefined {
  if (!sorting) return undefined;
  return sorting.isDescending ? `-${sorting.key}` : sorting.key;
}

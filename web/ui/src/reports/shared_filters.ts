import type {
  Column,
  Dashboard,
  DashboardFilter,
  DashboardItem,
  Group,
  GroupValue,
  Pick,
  RunBody,
  RunFilter,
} from "./report_types";

/** What a filter above a page of reports is set to: days, or some groups. An empty list asks for everything. */
export interface Chosen {
  readonly from?: string | null;
  readonly to?: string | null;
  readonly in?: readonly { readonly value: GroupValue; readonly title: string }[];
}

/** Filters by key, as they stand in the address: shareable, and Back works. */
export type ChosenFilters = Readonly<Record<string, Chosen>>;

export interface ReportSearch {
  readonly filters?: ChosenFilters;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function readDay(value: unknown): string | null {
  return typeof value === "string" && DAY.test(value) ? value : null;
}

function isValue(value: unknown): value is GroupValue {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function readChosen(value: unknown): Chosen | null {
  if (typeof value !== "object" || value === null) return null;
  const { in: groups, from, to } = value as Record<string, unknown>;
  if (Array.isArray(groups)) {
    const found = groups.flatMap((one: unknown) => {
      const { value: group, title } = (one ?? {}) as Record<string, unknown>;
      return isValue(group) ? [{ value: group, title: typeof title === "string" ? title : String(group ?? "") }] : [];
    });
    return { in: found };
  }
  return { from: readDay(from), to: readDay(to) };
}

/** What the address says, with everything unreadable left out: an old link still opens the page. */
export function readReportSearch(search: Record<string, unknown>): ReportSearch {
  if (typeof search.filters !== "object" || search.filters === null) return {};
  const found = Object.entries(search.filters).flatMap(([key, value]) => {
    const chosen = readChosen(value);
    return chosen ? [[key, chosen] as const] : [];
  });
  return found.length > 0 ? { filters: Object.fromEntries(found) } : {};
}

/** What a filter says now: what the reader chose, else the page's default. */
export function settingOf(filter: DashboardFilter, chosen: ChosenFilters): Chosen {
  return chosen[filter.key] ?? { from: filter.from ?? null, to: filter.to ?? null };
}

/** A filter on one field, nothing where everything is asked for. */
export function narrowed(field: string, chosen: Chosen): RunFilter | null {
  if (chosen.in && chosen.in.length > 0) return { field, in: chosen.in.map(({ value }) => value) };
  return chosen.from || chosen.to ? { field, from: chosen.from ?? null, to: chosen.to ?? null } : null;
}

/** What one report of a dashboard is asked under the shared filters. */
export function runOf(dashboard: Dashboard, item: DashboardItem, chosen: ChosenFilters): RunBody {
  const filters: RunFilter[] = [];
  let period: RunBody["period"];
  for (const filter of dashboard.filters ?? []) {
    const field = item.fields?.[filter.key];
    const setting = settingOf(filter, chosen);
    if (field === undefined) continue;
    if (filter.type === "period" && item.has_period) {
      if (setting.from || setting.to) period = { from: setting.from ?? null, to: setting.to ?? null };
      continue;
    }
    const one = narrowed(field, setting);
    if (one) filters.push(one);
  }
  return { ...(filters.length > 0 ? { filters } : {}), ...(period ? { period } : {}) };
}

function pad(part: number): string {
  return String(part).padStart(2, "0");
}

/** The last day of the bucket that begins on a day. */
function bucketEnd(from: string, bucket: string): string {
  const [year = 0, month = 1, day = 1] = from.split("-").map(Number);
  const ends: Readonly<Record<string, Date>> = {
    day: new Date(year, month - 1, day),
    week: new Date(year, month - 1, day + 6),
    month: new Date(year, month, 0),
    quarter: new Date(year, month + 2, 0),
    year: new Date(year, 12, 0),
  };
  const end = ends[bucket] ?? new Date(year, month - 1, day);
  return `${end.getFullYear()}-${pad(end.getMonth() + 1)}-${pad(end.getDate())}`;
}

function chosenBy(group: Group, column: Column, filter: DashboardFilter): Chosen {
  if (filter.type === "period" && typeof group.value === "string") {
    return { from: group.value, to: bucketEnd(group.value, column.bucket ?? "day") };
  }
  return { in: [{ value: group.value, title: group.title }] };
}

interface Link {
  readonly key: string;
  readonly setting: Chosen;
}

/** The shared filter that a group stands for, and what it sets it to; null where nothing is linked. */
function linkOf(dashboard: Dashboard, item: DashboardItem, columns: readonly Column[], pick: Pick): Link | null {
  for (const [dimension, key] of Object.entries(item.links ?? {})) {
    const group = pick.group[dimension];
    const column = columns.find((one) => one.key === dimension);
    const filter = dashboard.filters?.find((one) => one.key === key);
    if (!group || !column || !filter) continue;
    return { key, setting: chosenBy(group, column, filter) };
  }
  return null;
}

function isSetTo({ key, setting }: Link, chosen: ChosenFilters): boolean {
  return JSON.stringify(chosen[key]) === JSON.stringify(setting);
}

/** The shared filters after a group was pressed: set to it, or free again if it was that already. Null: nothing is linked. */
export function linked(
  dashboard: Dashboard,
  item: DashboardItem,
  columns: readonly Column[],
  pick: Pick,
  chosen: ChosenFilters,
): ChosenFilters | null {
  const link = linkOf(dashboard, item, columns, pick);
  if (!link) return null;
  if (!isSetTo(link, chosen)) return { ...chosen, [link.key]: link.setting };
  const { [link.key]: _, ...rest } = chosen;
  return rest;
}

/** Whether the page is narrowed to a group. */
export function isLinked(
  dashboard: Dashboard,
  item: DashboardItem,
  columns: readonly Column[],
  pick: Pick,
  chosen: ChosenFilters,
): boolean {
  const link = linkOf(dashboard, item, columns, pick);
  return link !== null && isSetTo(link, chosen);
}

import {
  type DashboardFilter,
  dimensionsOf,
  groupOf,
  type ReportResult,
  type RunBody,
  type RunFilter,
} from "./report_types";
import { type ChosenFilters, narrowed } from "./shared_filters";

/** More groups than one chooses from. */
const MOST_OPTIONS = 200;
const PERIOD = "period";

/** The filters that a report's own page offers: its period, and the groups of each dimension that is no date. */
export function filtersOf(result: ReportResult, periodTitle: string): readonly DashboardFilter[] {
  const period: readonly DashboardFilter[] = result.period
    ? [{ key: PERIOD, title: periodTitle, type: "period", from: result.period.from, to: result.period.to }]
    : [];
  const choices = dimensionsOf(result)
    .filter((column) => column.type !== "date" && column.type !== "datetime" && !column.bucket && column.field)
    .map((column): DashboardFilter => {
      const groups = result.rows.map((row) => groupOf(row, column)).filter((group) => !group.is_others);
      const options = [...new Map(groups.map((group) => [group.value, group])).values()].slice(0, MOST_OPTIONS);
      return { key: column.key, title: column.title, type: "choice", options };
    });
  return [...period, ...choices];
}

/** What the report is asked under them. */
export function runOfReport(result: ReportResult, chosen: ChosenFilters): RunBody {
  const filters = dimensionsOf(result).flatMap((column): readonly RunFilter[] => {
    const setting = chosen[column.key];
    const one = setting && column.field ? narrowed(column.field, setting) : null;
    return one ? [one] : [];
  });
  const days = chosen[PERIOD];
  const isPeriod = result.period && days && (days.from || days.to);
  return {
    ...(filters.length > 0 ? { filters } : {}),
    ...(isPeriod ? { period: { from: days.from ?? null, to: days.to ?? null } } : {}),
  };
}

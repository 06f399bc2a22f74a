import { localDay } from "../lib/format";
import type { Days } from "./report_types";

export type PeriodName =
  | "all"
  | "this_month"
  | "last_month"
  | "this_quarter"
  | "this_year"
  | "last_year"
  | "last_30_days"
  | "last_12_months";

function days(from: Date, to: Date): Days {
  return { from: localDay(from), to: localDay(to) };
}

const MAKERS: Readonly<Record<PeriodName, (year: number, month: number, day: number) => Days>> = {
  this_month: (year, month) => days(new Date(year, month, 1), new Date(year, month + 1, 0)),
  last_month: (year, month) => days(new Date(year, month - 1, 1), new Date(year, month, 0)),
  this_quarter: (year, month) => {
    const first = month - (month % 3);
    return days(new Date(year, first, 1), new Date(year, first + 3, 0));
  },
  this_year: (year) => days(new Date(year, 0, 1), new Date(year, 12, 0)),
  last_year: (year) => days(new Date(year - 1, 0, 1), new Date(year - 1, 12, 0)),
  last_30_days: (year, month, day) => days(new Date(year, month, day - 29), new Date(year, month, day)),
  last_12_months: (year, month, day) => days(new Date(year - 1, month, day + 1), new Date(year, month, day)),
  all: () => ({ from: null, to: null }),
};

export const PERIODS = Object.keys(MAKERS) as readonly PeriodName[];

/** The days of a period by its name, both inclusive. */
export function periodDays(name: PeriodName, today: Date = new Date()): Days {
  return MAKERS[name](today.getFullYear(), today.getMonth(), today.getDate());
}

/** What people call these days; null for days without a name. */
export function periodName(asked: Days, today: Date = new Date()): PeriodName | null {
  const from = asked.from ?? null;
  const to = asked.to ?? null;
  return (
    PERIODS.find((name) => {
      const found = periodDays(name, today);
      return found.from === from && found.to === to;
    }) ?? null
  );
}

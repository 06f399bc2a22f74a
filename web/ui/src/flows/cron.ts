/** A cron expression of five fields (minute, hour, day, month, weekday) as the moments it names; pure. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Of the month; empty where the last one is meant. */
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** Sunday is 0. */
  readonly weekdays: readonly number[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Reads what people usually write; null for the rest (`5#2`, `LW`, a day of the month or a weekday). */
export function readCron(text: string): Cron | null {
  const [minute = "", hour = "", day = "", month = "", weekday = "", ...more] = text.trim().toLowerCase().split(/\s+/);
  const minutes = readField(minute, 0, 59);
  const hours = readField(hour, 0, 23);
  const days = day === "l" ? [] : readField(day, 1, 31);
  const months = readField(month, 1, 12, MONTHS);
  const weekdays = readField(weekday, 0, 7, WEEKDAYS);
  if (!minutes || !hours || !days || !months || !weekdays || more.length > 0) return null;
  // Either makes it due, where neither begins with a star.
  if (!day.startsWith("*") && !weekday.startsWith("*")) return null;
  return { minutes, hours, days, months, weekdays: ordered(weekdays.map((at) => at % 7)) };
}

function readField(field: string, first: number, last: number, names: readonly string[] = []): number[] | null {
  const parts = field.split(",").map((part) => readPart(part, first, last, names));
  const found = parts.flatMap((part) => part ?? []);
  return parts.includes(null) ? null : ordered(found);
}

function readPart(part: string, first: number, last: number, names: readonly string[]): number[] | null {
  const match = /^(?:\*|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/.exec(part);
  if (!match) return null;
  const [, from = String(first), to = match[1] && !match[3] ? from : String(last), every = "1"] = match;
  const start = readValue(from, first, names);
  const end = readValue(to, first, names);
  const step = Number(every);
  if (!(start >= first && start <= end && end <= last && step > 0)) return null;
  const count = Math.floor((end - start) / step) + 1;
  return Array.from({ length: count }, (_, at) => start + at * step);
}

/** NaN where it is neither a number nor a name. */
function readValue(text: string, first: number, names: readonly string[]): number {
  const named = names.indexOf(text);
  return named >= 0 ? named + first : /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function ordered(values: readonly number[]): number[] {
  return [...new Set(values)].sort((one, other) => one - other);
}

/** The distance between neighbours where it is the same everywhere; 0 for one value, null where it differs. */
export function stepOf(values: readonly number[]): number | null {
  const [first = 0, second = first] = values;
  const step = second - first;
  return values.every((value, index) => value === first + index * step) ? step : null;
}

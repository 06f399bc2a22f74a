import type { Language } from "../lib/language";
import type { Group } from "./report_types";

const DAY_MS = 86_400_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** What a span is called by: `number` is that of the day, week, month or quarter. */
interface Span {
  readonly year: number;
  readonly month: number;
  readonly number: number;
}

/** A week belongs to the year that its Thursday is in (ISO 8601). */
function weekOf(monday: number): Span {
  const thursday = new Date(monday + 3 * DAY_MS);
  const year = thursday.getUTCFullYear();
  const number = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS)) + 1;
  return { year, month: thursday.getUTCMonth() + 1, number };
}

function spanOf(value: Group["value"], bucket: string): Span | null {
  const match = typeof value === "string" ? /^(\d{4})-(\d{2})-(\d{2})/.exec(value) : null;
  if (!match) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  if (bucket === "week") return weekOf(Date.UTC(year, month - 1, day));
  const numbers: Readonly<Record<string, number>> = { quarter: Math.ceil(month / 3), month, day };
  return { year, month, number: numbers[bucket] ?? year };
}

function shortName({ month, number }: Span, bucket: string, language: Language): string {
  const isChinese = language === "zh-CN";
  const names: Readonly<Record<string, string>> = {
    year: isChinese ? `${number}年` : String(number),
    quarter: isChinese ? `${number}季度` : `Q${number}`,
    month: isChinese ? `${number}月` : (MONTHS[number - 1] ?? ""),
    week: isChinese ? `${number}周` : `W${number}`,
    day: isChinese ? `${month}/${number}` : `${MONTHS[month - 1]} ${number}`,
  };
  return names[bucket] ?? String(number);
}

/** Names of spans along an axis: short, the year on a second line where it begins. A group without a date has its own name. */
export function spanLabels(groups: readonly Group[], bucket: string, language: Language): readonly string[] {
  const spans = groups.map(({ value }) => spanOf(value, bucket));
  return groups.map((group, place) => {
    const span = spans[place];
    if (!span) return group.title;
    const name = shortName(span, bucket, language);
    const isNew = span.year !== spans[place - 1]?.year;
    return isNew && bucket !== "year" ? `${name}\n${span.year}` : name;
  });
}

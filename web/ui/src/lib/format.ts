import type { Language } from "./language";
import { wallTime } from "./time_zone";

const DAY_MS = 86_400_000;

/** Groups the digits of a decimal text; never goes through a float, so money keeps every digit. */
export function formatDecimal(value: string | number, scale?: number): string {
  const text = String(value);
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "0", fraction = ""] = match;
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  const digits = scale === undefined ? fraction : fraction.padEnd(scale, "0");
  return `${sign === "-" ? "−" : ""}${grouped}${digits ? `.${digits}` : ""}`;
}

/** Without the zeros that a scale adds: a quantity of `3.000` is read as 3. */
export function trimZeros(value: string): string {
  return value.includes(".") ? value.replace(/\.?0+$/, "") : value;
}

const SYMBOLS: Readonly<Record<string, string>> = {
  CNY: "¥",
  USD: "$",
  EUR: "€",
  GBP: "£",
  JPY: "JP¥",
  HKD: "HK$",
  TWD: "NT$",
};

export function currencySymbol(currency: string): string {
  return SYMBOLS[currency] ?? `${currency} `;
}

export function formatMoney(value: string | number, currency = "CNY", scale = 2): string {
  const digits = formatDecimal(value, scale);
  const symbol = currencySymbol(currency);
  return digits.startsWith("−") ? `−${symbol}${digits.slice(1)}` : `${symbol}${digits}`;
}

/** `2026-11-21` as the local calendar day, not as midnight in Greenwich. */
function parseDay(value: string): Date | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (!match) return null;
  return new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function dayName(date: Date, now: Date, language: Language): string | null {
  const days = Math.round((startOfDay(date) - startOfDay(now)) / DAY_MS);
  if (Math.abs(days) > 1) return null;
  const name = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function calendarDay(date: Date, now: Date, language: Language): string {
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(language, {
    year,
    month: language === "zh-CN" ? "long" : "short",
    day: "numeric",
  }).format(date);
}

/** A day as people say it: today, yesterday, 11月21日; with the year only when it is another one. */
export function formatDate(value: string, language: Language, now: Date = new Date()): string {
  const date = parseDay(value);
  if (!date) return value;
  const today = wallTime(now);
  return dayName(date, today, language) ?? calendarDay(date, today, language);
}

export function formatTime(date: Date, language: Language): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false }).format(date);
}

export function formatDateTime(value: string, language: Language, now: Date = new Date()): string {
  const date = wallTime(new Date(value));
  if (Number.isNaN(date.getTime())) return value;
  const today = wallTime(now);
  const day = dayName(date, today, language) ?? calendarDay(date, today, language);
  return `${day} ${formatTime(date, language)}`;
}

/** The exact moment, for the tooltip of a text that says it the way people do. */
export function formatExact(value: string, language: Language): string {
  const day = parseDay(value);
  if (day) return new Intl.DateTimeFormat(language, { dateStyle: "full" }).format(day);
  const date = wallTime(new Date(value));
  if (Number.isNaN(date.getTime())) return value;
  return new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" }).format(date);
}

const STEPS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

const JUST_NOW: Readonly<Record<Language, string>> = { "zh-CN": "刚刚", "en-US": "just now" };

/** "5 minutes ago"; past a week the date says more. */
export function formatAgo(value: string, language: Language, now: Date = new Date()): string {
  const seconds = (new Date(value).getTime() - now.getTime()) / 1000;
  if (Number.isNaN(seconds)) return value;
  if (Math.abs(seconds) > 7 * 86_400) return formatDate(localDay(wallTime(new Date(value))), language, now);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return JUST_NOW[language];
}

/** The calendar day of a moment where the reader is, as `2026-11-21`. */
export function localDay(date: Date): string {
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

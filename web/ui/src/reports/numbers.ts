import { formatDecimal, formatMoney, trimZeros } from "../lib/format";
import type { Language } from "../lib/language";
import type { Column } from "./report_types";

/** A measure as people read it: money with its currency, shares in percent, counts without empty decimals. */
export function measureText(value: string | null, column: Column): string {
  if (value === null) return "–";
  if (column.format === "percent") return percentText(value);
  const exact = column.function === "average" ? rounded(value, (column.scale ?? 0) + (column.currency ? 0 : 2)) : value;
  if (column.currency) return formatMoney(exact, column.currency);
  return `${formatDecimal(trimZeros(exact))}${column.unit ? ` ${column.unit}` : ""}`;
}

/** An average for reading: "33.335000" at two places is "33.34". Its exact digits stand in the sheet. */
function rounded(value: string, places: number): string {
  const match = /^(-?)(\d+)\.(\d+)$/.exec(value);
  const fraction = match?.[3] ?? "";
  if (!match || fraction.length <= places) return value;
  const digits = BigInt(`${match[2]}${fraction.slice(0, places)}`) + (Number(fraction[places]) >= 5 ? 1n : 0n);
  const text = String(digits).padStart(places + 1, "0");
  const whole = text.slice(0, text.length - places);
  return `${digits === 0n ? "" : match[1]}${whole}${places > 0 ? `.${text.slice(-places)}` : ""}`;
}

/** "0.1250" → 12.5%. A ratio is for reading; its exact fraction stands in the sheet. */
export function percentText(value: string): string {
  const percent = Math.round(Number(value) * 1000) / 10;
  return `${formatDecimal(percent.toFixed(1).replace(/\.0$/, ""))}%`;
}

interface Step {
  readonly size: number;
  readonly unit: string;
}

const STEPS: Readonly<Record<Language, readonly Step[]>> = {
  "zh-CN": [
    { size: 1e8, unit: "亿" },
    { size: 1e4, unit: "万" },
  ],
  "en-US": [
    { size: 1e9, unit: "B" },
    { size: 1e6, unit: "M" },
    { size: 1e3, unit: "K" },
  ],
};

/** A number for an axis, short: 420 万, 4.2M. Axes may round, figures may not. */
export function shortNumber(value: number, language: Language): string {
  const step = STEPS[language].find(({ size }) => Math.abs(value) >= size);
  const scaled = step ? value / step.size : value;
  const text = Number.isInteger(scaled) ? String(scaled) : scaled.toFixed(Math.abs(scaled) < 10 ? 1 : 0);
  return `${text}${step?.unit ?? ""}`;
}

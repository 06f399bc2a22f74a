import { formatDecimal, formatMoney, trimZeros } from "../lib/format";
import type { Language } from "../lib/language";
import type { Column } from "./report_types";

/** A measure as people read it: money with its currency, shares in percent, counts without empty decimals. */
export function measureText(value: string | null, column: Column): string {
  if (value === null) return "–";
  if (column.format === "percent") return percentText(value);
  if (column.currency) return formatMoney(value, column.currency);
  return formatDecimal(trimZeros(value));
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

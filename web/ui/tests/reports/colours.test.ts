import { expect, test } from "vitest";
import { cartesian } from "../../src/reports/axes";
import { palette } from "../../src/reports/palette";
import type { Column, ReportResult, Tone } from "../../src/reports/report_types";
import { THEMES } from "../../src/ui/tokens";

const STATUS: Column = { key: "status", title: "Status", role: "dimension", type: "text" };
const measure = (key: string, tone: Tone | null = null): Column => ({
  key,
  title: key,
  role: "measure",
  type: "number",
  tone,
});

interface Drawing {
  readonly series: readonly { readonly color: string; readonly data: readonly unknown[] }[];
}

function drawn(measures: readonly Column[], theme: "light" | "dark" = "light"): Drawing {
  const row = { status: { value: "late", title: "Late", color: "red" }, a: "2", b: "3" };
  const report = { key: "a.b", title: "", chart: "bar", form: "a.c" };
  const result: ReportResult = { report, columns: [STATUS, ...measures], rows: [row], totals: {}, is_cut: false };
  const groupTitle = (group: { readonly title: string }) => group.title;
  return cartesian({ result, palette: palette(theme), language: "en-US", groupTitle }, "bar")
    .option as unknown as Drawing;
}

test("a measure has the colour of what it means, in light and in dark", () => {
  for (const theme of ["light", "dark"] as const) {
    const colours = drawn([measure("a", "positive"), measure("b", "negative")], theme).series.map(({ color }) => color);
    expect(colours).toEqual([THEMES[theme].success, THEMES[theme].error]);
  }
});

test("one measure without a meaning has the colours of its options", () => {
  const [only] = drawn([measure("a")]).series;
  expect(only?.data).toEqual([{ value: 2, itemStyle: { color: THEMES.light["tag-red-fg"] } }]);
  expect(drawn([measure("a", "accent")]).series[0]?.data).toEqual([2]);
  expect(drawn([measure("a"), measure("b")]).series.map(({ data }) => data)).toEqual([[2], [3]]);
});

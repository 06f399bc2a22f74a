import { expect, it } from "vitest";
import type { Column, ReportResult, Row } from "../../src/reports/report_types";
import { seriesOf } from "../../src/reports/series";
import { linesOf } from "../../src/reports/table_lines";

const dimension = (key: string): Column => ({ key, title: key, role: "dimension", type: "text" });
const measure = (key: string, currency: string | null = null): Column => ({
  key,
  title: key,
  role: "measure",
  type: "number",
  currency,
});
const group = (value: string) => ({ value, title: value });

function result(
  columns: readonly Column[],
  rows: readonly Row[],
  subtotals: ReportResult["subtotals"] = [],
): ReportResult {
  const report = { key: "a.b", title: "", chart: "bar", form: "a.c" };
  return { report, columns, rows, subtotals, totals: {}, is_cut: false };
}

it("draws each group of a second dimension as a series, with gaps where there is none", () => {
  const rows = [
    { month: group("1"), region: group("east"), total: "5" },
    { month: group("2"), region: group("west"), total: "7" },
  ];
  const { categories, series } = seriesOf(result([dimension("month"), dimension("region"), measure("total")], rows));
  expect(categories.map(({ value }) => value)).toEqual(["1", "2"]);
  expect(series.map(({ title, rows: found }) => [title?.value, found])).toEqual([
    ["east", [rows[0], null]],
    ["west", [null, rows[1]]],
  ]);
});

it("draws two measures, and of more only those in the first one's unit", () => {
  const columns = [measure("value", "CNY"), measure("quantity"), measure("cost", "CNY")];
  const keys = (measures: readonly Column[]) =>
    seriesOf(result([dimension("a"), ...measures], [])).series.map((one) => one.measure.key);
  expect(keys(columns)).toEqual(["value", "cost"]);
  expect(keys(columns.slice(0, 2))).toEqual(["value", "quantity"]);
});

it("puts each subtotal behind the last row it adds up, the narrower first", () => {
  const row = (a: string, b: string, c: string) => ({ a: group(a), b: group(b), c: group(c), n: "1" });
  const rows = [row("x", "p", "1"), row("x", "p", "2"), row("x", "q", "1"), row("y", "p", "1")];
  const subtotals: ReportResult["subtotals"] = [
    { by: ["a"], row: { a: group("x"), n: "3" } },
    { by: ["a"], row: { a: group("y"), n: "1" } },
    { by: ["a", "b"], row: { a: group("x"), b: group("q"), n: "1" } },
  ];
  const columns = [dimension("a"), dimension("b"), dimension("c"), measure("n")];
  expect(linesOf(result(columns, rows, subtotals)).map(({ by, row: line }) => by ?? line)).toEqual([
    rows[0],
    rows[1],
    rows[2],
    ["a", "b"],
    ["a"],
    rows[3],
    ["a"],
  ]);
});

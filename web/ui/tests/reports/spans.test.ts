import { expect, test } from "vitest";
import { spanLabels } from "../../src/reports/spans";

const groups = (...days: readonly (string | null)[]) => days.map((value) => ({ value, title: value ?? "(empty)" }));

test("spans stand along an axis by short names, with the year where it begins", () => {
  expect(spanLabels(groups("2025-11-01", "2025-12-01", "2026-01-01"), "month", "zh-CN")).toEqual([
    "11月\n2025",
    "12月",
    "1月\n2026",
  ]);
  expect(spanLabels(groups("2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01", null), "quarter", "en-US")).toEqual([
    "Q2\n2025",
    "Q3",
    "Q4",
    "Q1\n2026",
    "(empty)",
  ]);
  expect(spanLabels(groups("2026-06-22", "2026-06-29"), "week", "en-US")).toEqual(["W26\n2026", "W27"]);
  expect(spanLabels(groups("2025-12-29", "2026-01-05"), "week", "zh-CN")).toEqual(["1周\n2026", "2周"]);
  expect(spanLabels(groups("2026-01-05", "2026-01-06"), "day", "en-US")).toEqual(["Jan 5\n2026", "Jan 6"]);
  expect(spanLabels(groups("2026-01-01"), "year", "zh-CN")).toEqual(["2026年"]);
});

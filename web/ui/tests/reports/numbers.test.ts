import { expect, test } from "vitest";
import { measureText, shortNumber } from "../../src/reports/numbers";
import type { Column } from "../../src/reports/report_types";

const quantity: Column = { key: "q", title: "Quantity", role: "measure", type: "number", scale: 3 };

test("figures keep every digit", () => {
  expect(measureText("12345678901234567.890", { ...quantity, currency: "CNY" })).toBe("¥12,345,678,901,234,567.890");
  expect(measureText("570.000", quantity)).toBe("570");
  expect(measureText("0.125", quantity)).toBe("0.125");
  expect(measureText(null, quantity)).toBe("–");
});

test("averages are rounded for reading, units stand behind", () => {
  const average: Column = { ...quantity, function: "average", scale: 2, currency: "CNY" };
  expect(measureText("33.335000", average)).toBe("¥33.34");
  expect(measureText("-0.004000", average)).toBe("¥0.00");
  expect(measureText("2.333333", { ...average, currency: null, scale: 0 })).toBe("2.33");
  expect(measureText("3.500000", { ...average, currency: null, scale: 0 })).toBe("3.5");
  expect(measureText("12.5", { ...quantity, unit: "kg" })).toBe("12.5 kg");
});

test("axes are short in the language's own steps", () => {
  expect(shortNumber(1_200_000, "zh-CN")).toBe("120万");
  expect(shortNumber(1_200_000, "en-US")).toBe("1.2M");
  expect(shortNumber(250, "zh-CN")).toBe("250");
  expect(shortNumber(-35_000, "en-US")).toBe("-35K");
});

import { describe, expect, it } from "vitest";
import { formatAgo, formatDate, formatDateTime, formatDecimal, formatMoney, trimZeros } from "../../src/lib/format";

const NOW = new Date(2026, 10, 21, 15, 30);

describe("formatDecimal", () => {
  it.each([
    ["1234567.5", undefined, "1,234,567.5"],
    ["-1234.50", undefined, "−1,234.50"],
    ["0", 2, "0.00"],
    ["999", undefined, "999"],
    ["12345678901234567890.12", 2, "12,345,678,901,234,567,890.12"],
    ["not a number", 2, "not a number"],
  ])("writes %s with scale %s as %s", (value, scale, expected) => {
    expect(formatDecimal(value, scale)).toBe(expected);
  });
});

describe("formatMoney", () => {
  it("puts the sign before the currency", () => {
    expect(formatMoney("-1200.5")).toBe("−¥1,200.50");
  });

  it("writes an unknown currency by its code", () => {
    expect(formatMoney("10", "CHF")).toBe("CHF 10.00");
  });
});

describe("trimZeros", () => {
  it.each([
    ["3.000", "3"],
    ["3.500", "3.5"],
    ["300", "300"],
  ])("reads %s as %s", (value, expected) => {
    expect(trimZeros(value)).toBe(expected);
  });
});

describe("dates as people say them", () => {
  it.each([
    ["2026-11-21", "zh-CN", "今天"],
    ["2026-11-20", "zh-CN", "昨天"],
    ["2026-11-22", "en-US", "Tomorrow"],
    ["2026-03-05", "zh-CN", "3月5日"],
    ["2026-03-05", "en-US", "Mar 5"],
    ["2025-03-05", "zh-CN", "2025年3月5日"],
    ["2025-03-05", "en-US", "Mar 5, 2025"],
    ["no date", "en-US", "no date"],
  ] as const)("%s in %s is %s", (value, language, expected) => {
    expect(formatDate(value, language, NOW)).toBe(expected);
  });

  it("adds the time of day to moments", () => {
    const moment = new Date(2026, 10, 20, 9, 5).toISOString();
    expect(formatDateTime(moment, "zh-CN", NOW)).toBe("昨天 09:05");
  });

  it("counts back from now", () => {
    expect(formatAgo(new Date(2026, 10, 21, 15, 25).toISOString(), "en-US", NOW)).toBe("5 minutes ago");
    expect(formatAgo(new Date(2026, 10, 1).toISOString(), "zh-CN", NOW)).toBe("11月1日");
  });
});

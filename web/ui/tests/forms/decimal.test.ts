import { describe, expect, it } from "vitest";
import { readInteger } from "../../src/forms/inputs/IntegerInput";
import { readDecimal, sameDecimal } from "../../src/lib/decimal";

describe("decimal texts", () => {
  it.each([
    ["12", "12"],
    ["  ￥1,234.50 ", "1234.50"],
    ["１２．５", "12.5"],
    ["−3", "-3"],
    ["-0.00", "0.00"],
    ["007", "7"],
    [".5", "0.5"],
    ["12.", "12"],
    ["12345678901234567890.123456789012", "12345678901234567890.123456789012"],
  ])("reads %j as %s", (text, expected) => {
    expect(readDecimal(text)).toBe(expected);
  });

  it.each(["", "-", ".", "abc", "1e3", "1,23", "12,34", "1.2.3", "NaN", "0x10"])("does not guess at %j", (text) => {
    expect(readDecimal(text)).toBeNull();
  });

  it("compares as numbers and not as texts", () => {
    expect(sameDecimal("3", "3.000")).toBe(true);
    expect(sameDecimal("0", "-0.0")).toBe(true);
    expect(sameDecimal("9007199254740993", "9007199254740992")).toBe(false);
    expect(sameDecimal("x", "x")).toBe(false);
  });

  it("keeps whole numbers exact", () => {
    expect(readInteger("1,200")).toBe(1200);
    expect(readInteger("9007199254740993")).toBe("9007199254740993");
    expect(readInteger("1.5")).toBe("1.5");
  });
});

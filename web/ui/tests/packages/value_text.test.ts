import { describe, expect, it } from "vitest";
import { hasDetails, isOlder, lineText, shortText, valueText } from "../../src/packages/value_text";

const words = { yes: "是", no: "否", comma: "、" };

describe("values of definitions", () => {
  it("are told as words, an element by its title", () => {
    expect(valueText("手机", words)).toBe("手机");
    expect(valueText(500, words)).toBe("500");
    expect(valueText(true, words)).toBe("是");
    expect(valueText(["name", "level"], words)).toBe("name、level");
    expect(valueText({ value: "B", title: "重点" }, words)).toBe("重点");
    expect(valueText({ minimum: 1 }, words)).toBeNull();
  });

  it("show their JSON only where there is more to them than their words", () => {
    expect([hasDetails("手机"), hasDetails(["a"]), hasDetails(null)]).toEqual([false, false, false]);
    expect([hasDetails({ title: "重点" }), hasDetails([{ key: "a" }])]).toEqual([true, true]);
  });

  it("stand on one line while they are short", () => {
    expect(shortText("a".repeat(61), words)).toBeNull();
    expect(shortText("", words)).toBeNull();
    expect(shortText("a".repeat(60), words)).toBe("a".repeat(60));
  });

  it("of scenarios read name by name", () => {
    expect(lineText({ status: "open", lines: [{ product: "@pump", quantity: 3 }] })).toBe(
      "status = open, lines = product = @pump, quantity = 3",
    );
  });
});

describe("versions", () => {
  it("are compared part by part, as numbers", () => {
    expect(isOlder("1.9.0", "1.10.0")).toBe(true);
    expect(isOlder("2.0.0", "1.10.0")).toBe(false);
    expect(isOlder("1.0.0", "1.0.0")).toBe(false);
  });
});

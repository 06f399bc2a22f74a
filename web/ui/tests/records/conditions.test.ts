import { describe, expect, it } from "vitest";
import type { Field } from "../../src/forms/field_type";
import { type Condition, filterOf, isComplete, resolve, store } from "../../src/records/conditions";

function field(key: string, type: string): Field {
  return {
    key,
    title: key,
    type,
    options: { type },
    isRequired: false,
    isReadOnly: false,
    defaultValue: undefined,
    fields: [],
    schema: {},
  };
}

const NAME = field("name", "text");
const TOTAL = field("total", "money");
const DUE = field("due", "date");
const CUSTOMER = field("customer", "relation");
const TAGS = field("tags", "multi_select");

function condition(one: Field, operator: Condition["operator"], value?: Condition["value"]): Condition {
  return { field: one, operator, value };
}

describe("filterOf", () => {
  it.each<[Condition, string]>([
    [condition(NAME, "contains", "O'Neil \\ Co"), String.raw`LOWER('O\'Neil \\ Co') in LOWER(name)`],
    [condition(TOTAL, "at_least", "1000.50"), "total >= 1000.50"],
    [condition(DUE, "at_most", "2026-01-05"), "due <= DATE(2026, 1, 5)"],
    [condition(CUSTOMER, "is", { id: "c1", title: "Acme" }), "customer == 'c1'"],
    [condition(TAGS, "includes", ["vip"]), "'vip' in tags"],
    [condition(NAME, "empty"), "ISBLANK(name)"],
    [condition(field("done", "boolean"), "is", true), "done == True"],
  ])("writes a condition as an expression", (one, expected) => {
    expect(filterOf(undefined, [one])).toBe(expected);
  });

  it("lets no text out of its quotes", () => {
    expect(filterOf(undefined, [condition(TOTAL, "is", "1 or True")])).toBe("total == None");
  });

  it("joins the view's filter with the conditions and keeps its meaning", () => {
    expect(filterOf("a or b", [condition(TOTAL, "greater", "5")])).toBe("(a or b) and total > 5");
    expect(filterOf("a or b", [])).toBe("a or b");
  });

  it("asks for everything without conditions and with unfinished ones", () => {
    expect(filterOf(undefined, [condition(NAME, "is")])).toBeUndefined();
  });
});

describe("conditions in the address", () => {
  it("come back as they were stored", () => {
    const conditions = [condition(NAME, "contains", "x"), condition(DUE, "empty")];
    expect(resolve(store(conditions), [NAME, DUE])).toEqual([conditions[0], { ...conditions[1], value: undefined }]);
  });

  it("are dropped when the field or the operator is gone", () => {
    const stored = [
      ["nowhere", "is", 1],
      ["name", "at_least", 1],
      ["name", "is", "x"],
    ] as const;
    expect(resolve(stored, [NAME])).toEqual([condition(NAME, "is", "x")]);
  });
});

describe("isComplete", () => {
  it("needs a value unless the operator asks for none", () => {
    expect(isComplete(condition(NAME, "is", ""))).toBe(false);
    expect(isComplete(condition(TAGS, "includes", []))).toBe(false);
    expect(isComplete(condition(field("done", "boolean"), "is", false))).toBe(true);
    expect(isComplete(condition(NAME, "empty"))).toBe(true);
  });
});

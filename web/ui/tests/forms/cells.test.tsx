import { render, screen } from "@testing-library/react";
import { beforeAll, describe, expect, it } from "vitest";
import { startTranslations } from "../../src/app/i18n";
import type { Field } from "../../src/forms/field_type";
import { FIELD_TYPES, fieldType } from "../../src/forms/field_types";
import type { Json } from "../../src/lib/json";

beforeAll(() => startTranslations("zh-CN"));

function show(type: string, value: Json, options: Record<string, unknown> = {}): HTMLElement {
  const field: Field = {
    key: "field",
    title: "Field",
    type,
    options: { type, ...options },
    isRequired: false,
    isReadOnly: false,
    defaultValue: undefined,
    fields: [],
    schema: {},
  };
  const { Cell } = fieldType(type);
  return render(<Cell value={value} field={field} />).container;
}

describe("cells", () => {
  it.each<[string, Json, Record<string, unknown>, string]>([
    ["text", "hello", {}, "hello"],
    ["integer", 1234567, {}, "1,234,567"],
    ["decimal", "12.500", {}, "12.5"],
    ["money", "-1200.5", { currency: "USD" }, "−$1,200.50"],
    ["boolean", true, {}, "是"],
    ["date", "2020-02-03", {}, "2020年2月3日"],
    ["select", "a", { options: [{ value: "a", title: "甲" }] }, "甲"],
    ["select", "gone", { options: [] }, "gone"],
    ["multi_select", ["a", "b"], { options: [{ value: "a", title: "甲" }] }, "甲b"],
    ["relation", { id: "1", title: "客户一" }, {}, "客户一"],
    ["department", { id: "1", title: "销售部" }, {}, "销售部"],
    ["serial", "SO-1", {}, "SO-1"],
    ["table", [{}, {}], {}, "2 行"],
  ])("%s shows %j", (type, value, options, expected) => {
    expect(show(type, value, options).textContent).toBe(expected);
  });

  it("shows nothing for empty values of every type", () => {
    for (const type of FIELD_TYPES.keys()) expect(show(type, null).textContent, type).toBe("");
  });

  it("tells people apart by name and keeps the picture out of the accessible name", () => {
    show("member", { id: "1", title: "林悦" });
    expect(screen.getByText("林悦")).toBeVisible();
    expect(screen.getByText("悦")).toHaveAttribute("aria-hidden", "true");
  });

  it("shows a type it does not know as text", () => {
    expect(show("of_tomorrow", "x").textContent).toBe("x");
  });
});

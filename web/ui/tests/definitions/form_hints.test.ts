import { describe, expect, it } from "vitest";
import { hiddenFields } from "../../src/definitions/form_hints";

const properties = { name: { title: "名称" }, fax: { title: "传真" }, code: {} };

describe("fields that a form does not show", () => {
  it("are those that no section of the layout has", () => {
    const layout = [{ key: "main", fields: ["name"] }];
    expect(hiddenFields({ properties, "x-form": { layout } })).toEqual([
      { key: "fax", title: "传真" },
      { key: "code", title: "code" },
    ]);
  });

  it("are none where there is no layout: the form shows all", () => {
    expect(hiddenFields({ properties })).toEqual([]);
    expect(hiddenFields({ properties, "x-form": { layout: [] } })).toEqual([]);
    expect(hiddenFields({ "x-form": { layout: [{ fields: ["a"] }] } })).toEqual([]);
  });
});

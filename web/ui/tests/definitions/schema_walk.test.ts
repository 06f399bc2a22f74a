import { describe, expect, it } from "vitest";
import { memberChoices, schemasAt, valueChoices } from "../../src/definitions/schema_walk";

const SCHEMA = {
  properties: {
    format: { const: 1 },
    kind: { enum: ["a", "b"], description: "Which one" },
    active: { type: "boolean" },
    nodes: { additionalProperties: { $ref: "#/$defs/node" } },
    items: { type: "array", items: { $ref: "#/$defs/node" } },
  },
  $defs: {
    node: {
      properties: { type: { enum: ["start", "end"] }, next: { $ref: "#/$defs/node" } },
      oneOf: [{ properties: { title: { type: "string", description: "What people read" } } }],
    },
  },
};

describe("schema walk", () => {
  it("offers the members that are not there yet", () => {
    expect(memberChoices(SCHEMA, [], ["format", "items"]).map((one) => one.text)).toEqual(["kind", "active", "nodes"]);
  });

  it("follows references, free names, lists and combinations", () => {
    for (const path of [
      ["nodes", "any"],
      ["items", 3],
      ["nodes", "any", "next", "next"],
    ]) {
      expect(memberChoices(SCHEMA, path, [])).toEqual([
        { text: "type", detail: "" },
        { text: "next", detail: "" },
        { text: "title", detail: "What people read" },
      ]);
    }
  });

  it("offers values that are named", () => {
    expect(valueChoices(SCHEMA, ["kind"])).toEqual([
      { text: '"a"', detail: "Which one" },
      { text: '"b"', detail: "Which one" },
    ]);
    expect(valueChoices(SCHEMA, ["active"]).map((one) => one.text)).toEqual(["true", "false"]);
    expect(valueChoices(SCHEMA, ["format"]).map((one) => one.text)).toEqual(["1"]);
    expect(schemasAt(SCHEMA, ["nothing", "here"])).toEqual([]);
  });

  it("does not run for ever in rings", () => {
    expect(memberChoices({ $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } }, [], [])).toEqual([]);
  });
});

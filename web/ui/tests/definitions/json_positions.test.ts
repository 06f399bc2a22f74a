import { describe, expect, it } from "vitest";
import { lineOf, placeOf, positionsOf } from "../../src/definitions/json_positions";

const TEXT = `{
  "title": "a \\"quoted\\" one",
  "properties": {
    "a/b~c": { "type": "text" },
    "list": [1, { "deep": null }, "x"]
  }
}
`;

describe("positionsOf", () => {
  const positions = positionsOf(TEXT);
  const shown = (pointer: string) => {
    const found = positions.get(pointer);
    return found ? TEXT.slice(found.value.from, found.value.to) : undefined;
  };

  it("finds every member and item by its pointer", () => {
    expect(shown("#/title")).toBe('"a \\"quoted\\" one"');
    expect(shown("#/properties/a~1b~0c")).toBe('{ "type": "text" }');
    expect(shown("#/properties/list/0")).toBe("1");
    expect(shown("#/properties/list/1/deep")).toBe("null");
    expect(shown("#/properties/list/2")).toBe('"x"');
    expect(shown("#")).toBe(TEXT.trim());
  });

  it("knows nothing of what is no JSON", () => {
    expect(positionsOf('{"a": }').size).toBe(0);
  });

  it("marks a member at its name, and what is missing at the nearest place above", () => {
    const at = (pointer: string) => {
      const { from, to } = placeOf(positions, pointer);
      return TEXT.slice(from, to);
    };
    expect(at("#/properties/list")).toBe('"list"');
    expect(at("#/properties/list/1")).toBe('{ "deep": null }');
    expect(at("#/properties/gone/x-field")).toBe('"properties"');
    expect(at("#/gone")).toBe("{");
    expect(lineOf(TEXT, placeOf(positions, "#/properties/list/1/deep").from)).toBe(5);
  });
});

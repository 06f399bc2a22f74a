import { describe, expect, it } from "vitest";
import type { Field } from "../../src/forms/field_type";
import { cellText, parseTsv, readCell, writeTsv } from "../../src/forms/grid/clipboard";
import { bestMatch } from "../../src/forms/grid/lookup";

function field(type: string, options: Record<string, unknown> = {}): Field {
  return {
    key: "f",
    title: "F",
    type,
    options: { type, ...options },
    isRequired: false,
    isReadOnly: false,
    defaultValue: undefined,
    fields: [],
    schema: {},
  };
}

describe("the clipboard of a spreadsheet", () => {
  it.each<[string, string[][]]>([
    ["", []],
    ["a", [["a"]]],
    [
      "a\tb\r\nc\td\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a\t\n\tb",
      [
        ["a", ""],
        ["", "b"],
      ],
    ],
    ['"two\nlines"\t"say ""hi"""\n', [["two\nlines", 'say "hi"']]],
    ['5" pipe\tx', [['5" pipe', "x"]]],
    ["\n", [[""]]],
  ])("reads %j", (text, cells) => {
    expect(parseTsv(text)).toEqual(cells);
  });

  it("reads back what it wrote", () => {
    const cells = [
      ["a\tb", 'c"d', "e\nf"],
      ["", "g", ""],
    ];
    expect(parseTsv(writeTsv(cells))).toEqual(cells);
  });

  it.each([
    ["decimal", "1,234.50", "1234.50"],
    ["money", "¥ 9", "9"],
    ["money", "soon", "soon"],
    ["integer", "12.0", 12],
    ["boolean", "是", true],
    ["boolean", "no", false],
    ["date", "2026/3/7", "2026-03-07"],
    ["date", "2026年11月21日", "2026-11-21"],
    ["text", "  x ", "x"],
    ["text", " ", null],
  ])("reads a cell of type %s: %j", (type, text, value) => {
    expect(readCell(field(type), text)).toBe(value);
  });

  it("reads choices by title or value and names records to look up", () => {
    const options = {
      options: [
        { value: "a", title: "甲" },
        { value: "b", title: "Beta" },
      ],
    };
    expect(readCell(field("select", options), "beta")).toBe("b");
    expect(readCell(field("multi_select", options), "甲、b")).toEqual(["a", "b"]);
    expect(readCell(field("relation"), " Bolt ")).toEqual({ name: "Bolt" });
    expect(cellText(field("select", options), "a")).toBe("甲");
    expect(cellText(field("relation"), { id: "1", title: "Bolt" })).toBe("Bolt");
  });

  it("takes a record only when it is clear which one is meant", () => {
    const choices = [
      { id: "1", title: "Bolt M4" },
      { id: "2", title: "Bolt M5" },
    ];
    expect(bestMatch("bolt m5", choices)?.id).toBe("2");
    expect(bestMatch("bolt", choices)).toBeNull();
    expect(bestMatch("bolt", choices.slice(0, 1))?.id).toBe("1");
  });
});

import { describe, expect, it } from "vitest";
import type { Texts, TextTree } from "../../src/lib/texts";

const modules = import.meta.glob<{ readonly texts: Texts<TextTree> }>(
  ["../../src/*/texts.ts", "!../../src/lib/texts.ts"],
  {
    eager: true,
  },
);

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

function placeholders(text: string | undefined): readonly string[] {
  return [...(text ?? "").matchAll(PLACEHOLDER)].map((match) => match[1] ?? "").sort();
}

describe.each(Object.entries(modules))("%s", (_file, { texts }) => {
  const chinese = texts["zh-CN"];
  const english = texts["en-US"];

  it("has the same keys in both languages", () => {
    expect(Object.keys(english).sort()).toEqual(Object.keys(chinese).sort());
  });

  it("leaves no text empty and fills the same places", () => {
    for (const key of Object.keys(chinese)) {
      expect(chinese[key], key).toBeTruthy();
      expect(english[key], key).toBeTruthy();
      expect(placeholders(english[key]), key).toEqual(placeholders(chinese[key]));
    }
  });

  it("writes no Chinese into the English texts", () => {
    const chineseInEnglish = Object.entries(english).filter(([, text]) => /[㐀-鿿]/.test(text));
    expect(chineseInEnglish).toEqual([]);
  });
});

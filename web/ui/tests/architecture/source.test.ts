import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCE = join(import.meta.dirname, "../../src");

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.(ts|tsx|css)$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(SOURCE, path), "utf8") }));

const MOST_TSX_LINES = 250;
const MOST_LINES = 400;

/** Folders that everything may use, and the only edges between features. */
const SHARED = new Set(["lib", "ui"]);
const EDGES = new Set(["records → forms", "flows → forms", "reports → forms"]);

function featureImports(path: string, text: string): readonly string[] {
  const own = path.split("/")[0] ?? "";
  const found: string[] = [];
  for (const match of text.matchAll(/from "(\.[^"]+)"|import\("(\.[^"]+)"\)/g)) {
    const target = new URL(match[1] ?? match[2] ?? "", `file:///src/${path}`).pathname.split("/")[2] ?? "";
    if (target !== own && !SHARED.has(target) && !EDGES.has(`${own} → ${target}`)) found.push(`${path} → ${target}`);
  }
  return found;
}

describe("source", () => {
  it("keeps files small", () => {
    const long = files.filter(({ path, text }) => {
      const lines = text.split("\n").length - 1;
      return lines > (path.endsWith(".tsx") ? MOST_TSX_LINES : MOST_LINES);
    });
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it("names colours only in the tokens", () => {
    const coloured = files.filter(
      ({ path, text }) => path !== "ui/tokens.ts" && /#[0-9a-fA-F]{3,8}\b|rgba?\(/.test(text),
    );
    expect(coloured.map(({ path }) => path)).toEqual([]);
  });

  it("imports features only along the edges", () => {
    const wrong = files
      .filter(({ path }) => !path.startsWith("app/"))
      .flatMap(({ path, text }) => featureImports(path, text));
    expect(wrong).toEqual([]);
  });

  it("names every field type as its file", () => {
    const types = files.filter(({ path }) => path.startsWith("forms/field_types/"));
    for (const { path, text } of types) expect(text).toContain(`name: "${path.slice(18, -4)}"`);
    expect(types.length).toBeGreaterThanOrEqual(16);
  });
});

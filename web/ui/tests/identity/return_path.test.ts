import { expect, it } from "vitest";
import { safeReturn } from "../../src/identity/return_path";

it.each([
  ["/apps/crm?x=1", "/apps/crm?x=1"],
  [undefined, "/"],
  ["https://example.com", "/"],
  ["//example.com", "/"],
  ["/\\example.com", "/"],
])("after signing in, %s leads to %s", (path, expected) => {
  expect(safeReturn(path)).toBe(expected);
});

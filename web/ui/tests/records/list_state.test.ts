import { describe, expect, it } from "vitest";
import { move } from "../../src/records/column_choice";
import { readListSearch } from "../../src/records/list_search";
import { readSort, writeSort } from "../../src/records/sorting";

describe("readListSearch", () => {
  it("reads the whole state of a list", () => {
    const search = {
      view: "mine",
      search: "acme",
      sort: "-total",
      where: [["a", "is", 1]],
      size: 50,
      cursor: "c",
      page: 3,
    };
    expect(readListSearch(search)).toEqual(search);
  });

  it("leaves out what it cannot read", () => {
    const search = readListSearch({ view: 1, size: 7, where: "x", page: 2, sort: "", cursor: { a: 1 } });
    expect(Object.values({ ...search, view: undefined }).every((value) => value === undefined)).toBe(true);
  });

  it("keeps a search for digits, which the address reads as a number", () => {
    expect(readListSearch({ search: 2026 }).search).toBe("2026");
  });

  it("has no page without a cursor", () => {
    expect(readListSearch({ page: 4 }).page).toBeUndefined();
  });
});

describe("sorting", () => {
  it("is the first key of the parameter", () => {
    expect(readSort("-order_date,number")).toEqual({ key: "order_date", isDescending: true });
    expect(readSort(undefined)).toBeNull();
    expect(writeSort({ key: "number", isDescending: false })).toBe("number");
  });
});

describe("move", () => {
  it("takes a column to another place and refuses places that are none", () => {
    expect(move(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(move(["a", "b"], 1, 2)).toEqual(["a", "b"]);
  });
});

import { describe, expect, it } from "vitest";
import { compare, merge } from "../../src/forms/conflict";
import { editable, rowsOf, type Values } from "../../src/forms/runtime/values";
import { orderForm, orderValues } from "./order_form";

const { fields } = orderForm;
const base = editable(fields, orderValues);
const change = (values: Values): Values => ({ ...base, ...values });
const keysOf = (found: readonly { readonly key: string }[]) => found.map(({ key }) => key);

describe("two people changed the record", () => {
  it("asks only about fields that both changed in different ways", () => {
    const mine = change({ note: "mine", status: "draft", customer: { id: "c2", title: "Two" } });
    const theirs = change({ note: "theirs", status: "sent", customer: { id: "c2", title: "Two, renamed" } });
    const { conflicts, onlyTheirs } = compare(fields, base, mine, theirs);
    expect(keysOf(conflicts.map(({ field }) => field))).toEqual(["note"]);
    expect(keysOf(onlyTheirs)).toEqual(["status"]);
  });

  it("merges: theirs, what only I changed, and the chosen side of the rest", () => {
    const mine = change({ note: "mine", customer: { id: "c2", title: "Two" } });
    const theirs = change({ note: "theirs", status: "sent" });
    const merged = merge(fields, base, mine, theirs, {});
    expect([merged.note, merged.status, merged.customer]).toEqual(["mine", "sent", { id: "c2", title: "Two" }]);
    expect(merge(fields, base, mine, theirs, { note: "theirs" }).note).toBe("theirs");
  });

  it("brings rows that they removed back as new ones", () => {
    const [row] = rowsOf(base.lines as never);
    const mine = change({ lines: row ? [{ ...row, quantity: "5" }] : [] });
    const merged = merge(fields, base, mine, change({ lines: [] }), {});
    expect(rowsOf(merged.lines as never).map(({ id, quantity }) => [id, quantity])).toEqual([[undefined, "5"]]);
  });
});

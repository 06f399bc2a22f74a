import { describe, expect, it, vi } from "vitest";
import { messagesOf, rowKeys, takeEvaluation } from "../../src/forms/runtime/evaluation";
import { pathOf } from "../../src/forms/runtime/paths";
import { placesOf } from "../../src/forms/runtime/problems";
import { RecordStore } from "../../src/forms/runtime/record_store";
import { ROW_KEY } from "../../src/forms/runtime/values";
import { orderForm, orderValues } from "./order_form";

const open = () => new RecordStore(orderForm, orderValues);

describe("the store of a record", () => {
  it("tells only who listens to the field that changed", () => {
    const store = open();
    const [note, customer, whole] = [vi.fn(), vi.fn(), vi.fn()];
    store.subscribe("note", note);
    store.subscribe("customer", customer);
    store.subscribe("", whole);
    store.set("note", "new");
    expect([note, customer, whole].map((one) => one.mock.calls.length)).toEqual([1, 0, 1]);
  });

  it("sends only what changed, rows with their ids and without what is computed", () => {
    const store = open();
    expect(store.isChanged).toBe(false);
    store.set("lines/l1/quantity", "2");
    expect(store.changes()).toEqual({});
    store.set("lines/l1/quantity", "3");
    store.insertRows("lines", [{ product: { id: "p2", title: "Nut" } }]);
    store.set("note", "");
    expect(store.changes()).toEqual({
      note: null,
      lines: [{ id: "l1", product: "p1", quantity: "3", price: "10.00" }, { product: "p2" }],
    });
  });

  it("sends of a new record what is filled in, and an emptied default as empty", () => {
    const store = new RecordStore(orderForm, { status: "draft" });
    store.set("status", null);
    store.set("customer", { id: "c2", title: "Customer two" });
    expect(store.all()).toEqual({ status: null, customer: "c2" });
  });

  it("undoes typing in one field as one step and does it again", () => {
    const store = open();
    for (const text of ["n", "ne", "new"]) store.set("note", text);
    store.insertRows("lines", [{}]);
    store.undo();
    expect(store.rows("lines")).toHaveLength(1);
    store.undo();
    expect(store.value("note")).toBe("old");
    expect(store.canUndo).toBe(false);
    store.redo();
    store.redo();
    expect([store.value("note"), store.rows("lines").length]).toEqual(["new", 2]);
  });

  it("fills what is empty or was filled before, never what someone typed", () => {
    const store = open();
    const [row = ""] = store.insertRows("lines", [{}]);
    const path = `lines/${row}/product`;
    store.fill(path, { price: "5.00" });
    store.fill(path, { price: "6.00" });
    expect(store.value(`lines/${row}/price`)).toBe("6.00");
    store.set(`lines/${row}/price`, "1");
    store.fill(path, { price: "7.00" });
    expect(store.value(`lines/${row}/price`)).toBe("1");
  });

  it("shows computed values and finds rows again after one was removed meanwhile", () => {
    const store = open();
    const [added = ""] = store.insertRows("lines", [{}]);
    const asked = rowKeys(store);
    store.removeRows("lines", new Set(["l1"]));
    const values = {
      total: "9.00",
      lines: [
        { amount: "1.00", quantity: null },
        { amount: "8.00", quantity: "1" },
      ],
    };
    takeEvaluation(store, { values, states: {}, violations: [] }, asked);
    expect(store.value("total")).toBe("9.00");
    expect(store.value(`lines/${added}/amount`)).toBe("8.00");
    expect(store.value(`lines/${added}/quantity`)).toBe("1");
  });

  it("shows live messages only where someone has been, refusals everywhere until the place changes", () => {
    const store = open();
    const violation = { pointer: "#/note", code: "x", detail: "too short" };
    takeEvaluation(store, { values: {}, states: {}, violations: [violation] }, rowKeys(store));
    expect(store.messages("note")).toEqual([]);
    store.visit("note");
    expect(store.messages("note")).toEqual(["too short"]);
    store.refuse(messagesOf(store, [{ ...violation, pointer: "#/lines/0/price", detail: "refused" }], rowKeys(store)));
    expect(store.messages("lines/l1/price")).toEqual(["refused"]);
    store.set("lines/l1/price", "11");
    expect(store.messages("lines/l1/price")).toEqual([]);
  });

  it("lists refused places in the order of the form", () => {
    const store = open();
    const pointers = ["#/lines/0/price", "#/nowhere", "#/lines/0/product", "#/customer"];
    const violations = pointers.map((pointer) => ({ pointer, code: "x", detail: pointer }));
    store.refuse(messagesOf(store, violations, rowKeys(store)));
    expect(placesOf(store).map(({ path, row }) => [path, row])).toEqual([
      ["", null],
      ["customer", null],
      ["lines/l1/product", 1],
      ["lines/l1/price", 1],
    ]);
  });
});

describe("pointers", () => {
  const fields = new Set(["note", "lines", "a/b"]);
  it.each([
    ["#/note", "note"],
    ["/note", "note"],
    ["#/lines/1/price", "lines/k2/price"],
    ["#/lines/1", "lines/k2"],
    ["#/lines/7/price", "lines"],
    ["#/lines", "lines"],
    ["#/a~1b", "a/b"],
    ["#", null],
    ["#/gone/0", null],
  ])("%s leads to %s", (pointer, path) => {
    expect(pathOf(pointer, fields, { lines: ["k1", "k2"] })).toBe(path);
  });

  it("keep their rows by keys", () => {
    expect(open().rows("lines")[0]?.[ROW_KEY]).toBe("l1");
  });
});

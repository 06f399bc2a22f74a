import { afterEach, describe, expect, it, vi } from "vitest";
import { api, path, splitName } from "../../src/lib/api";
import { errorsByPointer, Problem } from "../../src/lib/problem";

function answer(status: number, body: unknown): ReturnType<typeof vi.fn<typeof fetch>> {
  const text = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body);
  const fetched = vi.fn<typeof fetch>(async () => new Response(text, { status }));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

describe("api", () => {
  it("marks writes as coming from this page and sends the version that was seen", async () => {
    const fetched = answer(204, undefined);
    await api.delete("/api/records/crm/order/1", { version: 3 });
    const headers = fetched.mock.calls[0]?.[1]?.headers as Headers;
    expect(headers.get("X-Requested-With")).toBe("dougong");
    expect(headers.get("If-Match")).toBe('"3"');
  });

  it("leaves empty parameters out of the address", async () => {
    const fetched = answer(200, { items: [] });
    await api.get("/api/tasks", { params: { limit: 5, cursor: undefined, search: "" } });
    expect(fetched.mock.calls[0]?.[0]).toBe("/api/tasks?limit=5");
  });

  it("throws what the server refused as a problem", async () => {
    const errors = [{ pointer: "#/lines/0/quantity", code: "minimum", detail: "too small" }];
    answer(422, { title: "Invalid", status: 422, detail: "Not accepted.", code: "invalid", errors });
    const problem = await api.post("/api/x", {}).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect((problem as Problem).status).toBe(422);
    expect(errorsByPointer(problem as Problem).get("/lines/0/quantity")).toEqual(["too small"]);
  });

  it("throws a dead network and an answer that is no JSON as problems too", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
    await expect(api.get("/api/x")).rejects.toMatchObject({ status: 0, code: "network" });
    answer(502, "<html>");
    await expect(api.get("/api/x")).rejects.toMatchObject({ status: 502, code: "not_json" });
  });
});

describe("addresses", () => {
  it("escape what stands in them", () => {
    expect(path("records", "crm", "a/b")).toBe("/api/records/crm/a%2Fb");
    expect(splitName("crm.sales_order")).toEqual(["crm", "sales_order"]);
  });
});

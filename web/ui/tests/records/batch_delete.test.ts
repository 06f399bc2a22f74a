import { afterEach, expect, it, vi } from "vitest";
import type { RecordJson } from "../../src/lib/record_types";
import { type BatchProgress, deleteEach } from "../../src/records/batch_delete";

function record(id: string): RecordJson {
  const at = "2026-11-21T08:00:00Z";
  return {
    id,
    version: 1,
    title: id,
    created_at: at,
    created_by: null,
    updated_at: at,
    updated_by: null,
    owner: null,
    values: {},
  };
}

afterEach(() => vi.unstubAllGlobals());

it("goes on after a refusal, reports each step and names what failed", async () => {
  vi.stubGlobal("fetch", async (url: string) =>
    url.endsWith("/b")
      ? new Response(JSON.stringify({ status: 409, code: "used", detail: "Still used." }), { status: 409 })
      : new Response(null, { status: 204 }),
  );
  const reports: BatchProgress[] = [];
  const result = await deleteEach(
    "crm.order",
    ["a", "b", "c"].map(record),
    (progress) => reports.push(progress),
    new AbortController().signal,
  );
  expect(result.done.map((one) => one.id)).toEqual(["a", "c"]);
  expect(result.failures.map(({ record: one, problem }) => [one.id, problem.detail])).toEqual([["b", "Still used."]]);
  expect(reports).toHaveLength(3);
});

it("stops between two records when told to", async () => {
  const abort = new AbortController();
  vi.stubGlobal("fetch", async () => new Response(null, { status: 204 }));
  const result = await deleteEach("crm.order", ["a", "b"].map(record), () => abort.abort(), abort.signal);
  expect(result.done.map((one) => one.id)).toEqual(["a"]);
});

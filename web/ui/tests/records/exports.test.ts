import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type ExportRunJson, writtenPercent } from "../../src/records/export_types";
import { followExport, leaveExport, useFollowedExports } from "../../src/records/exports";

function run(status: ExportRunJson["status"], written = 0, total: number | null = null): ExportRunJson {
  return {
    id: "1",
    source: "crm.customer",
    title: "Customer",
    status,
    is_cancelled: false,
    rows_total: total,
    rows_written: written,
    file_name: "Customer.csv",
    file_size: null,
    has_file: status === "completed",
    error: null,
    created_at: "2026-11-21T08:00:00Z",
  };
}

/** What the server answers, in this order; the last one for ever. */
function answer(...answers: readonly (ExportRunJson | number | "away")[]): () => number {
  let asked = 0;
  vi.stubGlobal("fetch", async () => {
    const next = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (next === "away") throw new TypeError("failed to fetch");
    if (typeof next === "number") return new Response(JSON.stringify({ code: "export_not_found" }), { status: next });
    return new Response(JSON.stringify(next));
  });
  return () => asked;
}

const shown = () => useFollowedExports.getState().runs.map((one) => one.rows_written);

beforeEach(() => void vi.useFakeTimers());

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  leaveExport("1");
});

it("takes one short look at an export that is done at once, and shows nothing", async () => {
  const asked = answer(run("completed", 40, 40));
  const ended = followExport(run("queued"));
  await vi.advanceTimersByTimeAsync(200);
  expect((await ended)?.status).toBe("completed");
  expect([asked(), shown()]).toEqual([1, []]);
});

it("shows one that takes its time until it has ended", async () => {
  answer(run("running", 0, 5000), run("running", 500, 5000), run("running", 1500, 5000), run("completed", 5000, 5000));
  const ended = followExport(run("queued"));
  await vi.advanceTimersByTimeAsync(200);
  expect(shown()).toEqual([]);
  await vi.advanceTimersByTimeAsync(400);
  expect(shown()).toEqual([500]);
  await vi.advanceTimersByTimeAsync(800);
  expect(shown()).toEqual([1500]);
  await vi.advanceTimersByTimeAsync(1000);
  expect((await ended)?.rows_written).toBe(5000);
  expect(shown()).toEqual([]);
});

it("waits no longer for one that was left", async () => {
  const asked = answer(run("running", 500, 5000));
  const ended = followExport(run("queued"));
  await vi.advanceTimersByTimeAsync(600);
  leaveExport("1");
  await vi.advanceTimersByTimeAsync(2000);
  expect(await ended).toBeNull();
  expect(asked()).toBe(2);
});

it("goes on over an outage, and not over a refusal", async () => {
  answer("away", 503, run("completed", 3, 3));
  const ended = followExport(run("queued"));
  await vi.advanceTimersByTimeAsync(200 + 5000 + 5000);
  expect((await ended)?.rows_written).toBe(3);
  answer(404);
  const refused = followExport(run("queued")).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(200);
  expect(await refused).toMatchObject({ status: 404, code: "export_not_found" });
});

it("says 100 only when it is done", () => {
  expect([run("queued"), run("running", 999, 1000), run("completed", 0, 0)].map(writtenPercent)).toEqual([0, 99, 100]);
});

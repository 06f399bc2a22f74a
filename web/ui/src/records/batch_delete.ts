import { api, path, splitName } from "../lib/api";
import { asProblem, type Problem } from "../lib/problem";
import type { RecordJson } from "../lib/record_types";

export interface Failure {
  readonly record: RecordJson;
  readonly problem: Problem;
}

export interface BatchProgress {
  readonly done: readonly RecordJson[];
  readonly failures: readonly Failure[];
}

export const NOTHING_DONE: BatchProgress = { done: [], failures: [] };

function addressOf(form: string, id: string): string {
  const [app, key] = splitName(form);
  return path("records", app, key, id);
}

/**
 * Works through the records one by one, so that one refusal does not keep the others; stops when `signal` aborts.
 * `report` is called after each.
 */
async function each(
  records: readonly RecordJson[],
  work: (record: RecordJson, id: string) => Promise<unknown>,
  report: (progress: BatchProgress) => void,
  signal: AbortSignal,
): Promise<BatchProgress> {
  let progress = NOTHING_DONE;
  for (const record of records) {
    if (signal.aborted || record.id === null) break;
    try {
      await work(record, record.id);
      progress = { ...progress, done: [...progress.done, record] };
    } catch (error) {
      progress = { ...progress, failures: [...progress.failures, { record, problem: asProblem(error) }] };
    }
    report(progress);
  }
  return progress;
}

export function deleteEach(
  form: string,
  records: readonly RecordJson[],
  report: (progress: BatchProgress) => void,
  signal: AbortSignal,
): Promise<BatchProgress> {
  const work = (record: RecordJson, id: string) =>
    api.delete(addressOf(form, id), { version: record.version ?? undefined });
  return each(records, work, report, signal);
}

export function restoreEach(
  form: string,
  records: readonly RecordJson[],
  report: (progress: BatchProgress) => void,
  signal: AbortSignal,
): Promise<BatchProgress> {
  return each(records, (_record, id) => api.post(`${addressOf(form, id)}/restore`), report, signal);
}

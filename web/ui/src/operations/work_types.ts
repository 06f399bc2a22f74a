import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, path } from "../lib/api";
import "./texts";

interface Named {
  readonly key: string;
  readonly title: string;
}

export interface DeadJob {
  readonly id: number;
  readonly task: string;
  readonly title: string;
  readonly flow: Named | null;
  readonly instance: string | null;
  readonly record: { readonly app: string; readonly form: string; readonly id: string; readonly title: string } | null;
  readonly form: Named | null;
  readonly attempts: number;
  readonly died_at: string;
  readonly error: string | null;
}

export interface DeadKind {
  readonly task: string;
  readonly title: string;
  readonly count: number;
}

export type CheckName = "database" | "migrations" | "workers" | "data_dir" | "disk";

export interface Check {
  readonly name: CheckName;
  readonly ok: boolean;
  readonly detail: string;
}

export interface WorkerShown {
  readonly name: string;
  readonly threads: number;
  readonly since: string;
  readonly seen_at: string;
  readonly is_silent: boolean;
}

export interface Overview {
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
  readonly oldest_due_at: string | null;
  readonly kinds: readonly DeadKind[];
  readonly effects: Readonly<Record<"waiting" | "sending" | "dead", number>>;
  readonly instances: Readonly<Record<"running" | "waiting" | "failed", number>>;
  readonly workers: readonly WorkerShown[];
  readonly checks: readonly Check[];
}

export interface OpenEffect {
  readonly id: string;
  readonly flow_title: string;
  readonly instance: string;
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly status: "waiting" | "sending" | "dead";
  readonly attempts: number;
  readonly error: string | null;
  readonly created_at: string;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: number | string | null;
}

/** Everything below this key is read again when something was retried or dropped. */
export const WORK_KEY = ["operations"] as const;
const EVERY_MS = 10_000;

export const overviewQuery = queryOptions({
  queryKey: [...WORK_KEY, "overview"],
  queryFn: ({ signal }) => api.get<Overview>("/api/jobs/overview", { signal }),
  refetchInterval: EVERY_MS,
});

export function deadJobsQuery(cursor: number | null) {
  return queryOptions({
    queryKey: [...WORK_KEY, "dead", cursor],
    queryFn: ({ signal }) => api.get<Page<DeadJob>>("/api/jobs", { params: { cursor, limit: 20 }, signal }),
    refetchInterval: EVERY_MS,
    placeholderData: keepPreviousData,
  });
}

export const openEffectsQuery = queryOptions({
  queryKey: [...WORK_KEY, "effects"],
  queryFn: async ({ signal }) => {
    const read = (status: string) =>
      api.get<Page<OpenEffect>>("/api/effects", { params: { status, limit: 50 }, signal });
    const [dead, waiting] = await Promise.all([read("dead"), read("waiting")]);
    return [...dead.items, ...waiting.items];
  },
  refetchInterval: EVERY_MS,
});

export const work = {
  retry: (id: number) => api.post<void>(path("jobs", String(id), "retry"), {}),
  drop: (id: number) => api.delete(path("jobs", String(id))),
  retryAll: (task: string) => api.post<{ count: number }>("/api/jobs/retry", { task }),
  dropAll: (task: string) => api.post<{ count: number }>("/api/jobs/drop", { task }),
  retryEffect: (id: string) => api.post<void>(path("effects", id, "retry"), {}),
  dropEffect: (id: string) => api.post<void>(path("effects", id, "drop"), {}),
} as const;

/** Whom a mail or a request is for. */
export function receiver(effect: OpenEffect): string {
  const { to, url, subject } = effect.payload;
  const shown = typeof url === "string" ? url : Array.isArray(to) ? to.join(", ") : String(to ?? "–");
  return typeof subject === "string" ? `${shown} · ${subject}` : shown;
}

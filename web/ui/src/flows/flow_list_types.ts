import { queryOptions } from "@tanstack/react-query";
import { api, path } from "../lib/api";
import type { Json } from "../lib/json";
import "./flow_list_texts";

export interface Schedule {
  readonly cron: string;
  readonly time_zone: string;
  readonly is_on: boolean;
  readonly next_due: string | null;
  readonly last_due: string | null;
  readonly last_runs: number | null;
  readonly last_error: string | null;
}

export interface Webhook {
  readonly path: string;
  readonly has_secret: boolean;
  readonly is_on: boolean;
  readonly last_received: string | null;
  readonly input: Json;
}

/** `GET /api/flows`, for administrators. */
export interface FlowEntry {
  readonly app: string;
  readonly app_title: string;
  readonly key: string;
  readonly title: string;
  readonly form_title: string | null;
  readonly trigger: { readonly type: string; readonly title: string } | null;
  readonly schedule: Schedule | null;
  readonly webhook: Webhook | null;
  readonly last_run: { readonly id: string; readonly status: string; readonly started_at: string } | null;
  readonly is_faulty: boolean;
}

export const FLOWS_KEY = ["flows"] as const;

export function flowListQuery() {
  return queryOptions({
    queryKey: FLOWS_KEY,
    queryFn: ({ signal }) => api.get<{ readonly items: readonly FlowEntry[] }>("/api/flows", { signal }),
    refetchInterval: 30_000,
  });
}

export function switchFlow(flow: FlowEntry, isOn: boolean): Promise<FlowEntry> {
  return api.post<FlowEntry>(path("flows", flow.app, flow.key, "switch"), { is_on: isOn });
}

export function renewSecret(flow: FlowEntry): Promise<{ readonly secret: string }> {
  return api.post<{ readonly secret: string }>(path("flows", flow.app, flow.key, "secret"));
}

import { queryOptions } from "@tanstack/react-query";
import { api, path } from "../lib/api";
import { definitionKey, type Place } from "../lib/definitions";
import type { Schema } from "./schema_walk";
import "./texts";

export const KINDS = ["apps", "forms", "balances", "flows", "reports", "dashboards", "roles"] as const;

export type Kind = (typeof KINDS)[number];

export interface Use {
  readonly kind: string;
  readonly name: string;
  readonly title: string;
  readonly member: string | null;
  readonly member_title: string | null;
  /** Where it is, in words; `pointer` says it to programs. */
  readonly at: string;
  readonly pointer: string;
}

export interface VersionInfo {
  readonly version: number;
  readonly published_at: string;
  readonly publisher: string;
  readonly is_in_force: boolean;
}

export interface Preview {
  readonly version: number;
  readonly steps: readonly { readonly sql: string; readonly is_destructive: boolean }[];
}

interface Items<T> {
  readonly items: readonly T[];
}

const address = ({ app, kind, key }: Place, ...more: readonly string[]) => path("apps", app, kind, key, ...more);

export const schemaQuery = (kind: string) =>
  queryOptions({
    queryKey: ["definition_kinds", kind],
    queryFn: async ({ signal }) =>
      (await api.get<{ schema: Schema }>(path("definition_kinds", kind), { signal })).schema,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const versionsQuery = (place: Place) =>
  queryOptions({
    queryKey: [...definitionKey(place), "versions"],
    queryFn: async ({ signal }) => (await api.get<Items<VersionInfo>>(address(place, "versions"), { signal })).items,
  });

export const usesQuery = (place: Place) =>
  queryOptions({
    queryKey: [...definitionKey(place), "impact"],
    queryFn: async ({ signal }) => (await api.get<Items<Use>>(address(place, "impact"), { signal })).items,
  });

export const preview = (place: Place, document: unknown) => api.post<Preview>(address(place, "preview"), document);

export function formatted(document: unknown): string {
  return `${JSON.stringify(document ?? {}, null, 2)}\n`;
}

import { queryOptions } from "@tanstack/react-query";
import { api, path } from "./api";
import type { JsonObject } from "./json";
import type { Violation } from "./problem";

export interface Place {
  readonly app: string;
  readonly kind: string;
  readonly key: string;
}

export interface DefinitionState {
  readonly version: number | null;
  readonly published_at: string | null;
  readonly document: JsonObject | null;
  readonly draft: JsonObject | null;
  readonly draft_saved_at: string | null;
  readonly draft_saved_by: { readonly id: string; readonly title: string } | null;
  /** Names this state: sent back with a change, it refuses to overwrite somebody else's. */
  readonly tag: string;
}

export interface Check {
  readonly tag: string;
  readonly violations: readonly Violation[];
}

const address = ({ app, kind, key }: Place) => path("apps", app, kind, key);

export const definitionKey = ({ app, kind, key }: Place) => ["definitions", app, kind, key] as const;

export const definitionQuery = (place: Place) =>
  queryOptions({
    queryKey: [...definitionKey(place), "state"],
    queryFn: ({ signal }) => api.get<DefinitionState>(address(place), { signal }),
    // The page holds unsaved work over it; it is read again when that work is saved or thrown away.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });

export const definitions = {
  read: (place: Place) => api.get<DefinitionState>(address(place)),
  check: (place: Place, document: JsonObject, signal?: AbortSignal) =>
    api.post<Check>(`${address(place)}/check`, document, { signal }),
  save: (place: Place, document: JsonObject, tag?: string) => api.put<Check>(address(place), document, { tag }),
  publish: (place: Place, tag?: string) => api.post<DefinitionState>(`${address(place)}/publish`, undefined, { tag }),
  discard: (place: Place) => api.delete(`${address(place)}/draft`),
  version: (place: Place, version: number, signal?: AbortSignal) =>
    api.get<DefinitionState>(address(place), { params: { version }, signal }),
};
